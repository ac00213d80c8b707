import { z } from 'zod';

/** A change of the source's columns since the last commit, and what was made of it. */
export const Drift = z.strictObject({
  column: z.string(),
  change: z
    .enum(['added', 'dropped', 'widened', 'renamed', 'retyped'])
    .describe('renamed is a hint: one column went, another of its type came in its place'),
  from: z.string().nullable().describe('type before; renamed: name before'),
  to: z.string().nullable().describe('type from now on; renamed: name now'),
  decision: z.enum(['evolved', 'discarded', 'refused']),
});
export type Drift = z.infer<typeof Drift>;
