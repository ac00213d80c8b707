import { z } from 'zod';
import type { VerdictStatus } from '../model/quality.ts';

/** Judge one layer of an interval, as the medallion state machine asks for it. */
export const CheckRequest = z.object({
  pipeline: z.string(),
  pipelineKey: z.string(),
  interval: z.string(),
  intervalKey: z.string(),
  layer: z.enum(['silver', 'gold']),
  runId: z.string(),
});
export type CheckRequest = z.infer<typeof CheckRequest>;

export interface CheckAnswer {
  readonly status: VerdictStatus;
  readonly verdictKey: string;
  /** Names of the checks that failed, not of those that only warn. */
  readonly failed: readonly string[];
}
