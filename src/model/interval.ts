import { z } from 'zod';

/** One turn of a schedule group: the queries whose manifests belong together. */
export const Interval = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/),
  group: z.string(),
  queries: z.array(z.string()).min(1),
});
export type Interval = z.infer<typeof Interval>;

/** What the medallion state machine and its jobs are given: pointers, never rows. */
export const IntervalDocument = z.strictObject({
  pipeline: z.string(),
  pipelineKey: z.string().describe('key of the pipeline document in the artifacts bucket'),
  interval: Interval,
  manifests: z.array(z.strictObject({ query: z.string(), key: z.string(), rows: z.int().min(0) })),
});
export type IntervalDocument = z.infer<typeof IntervalDocument>;
