import { z } from 'zod';
import { Interval } from '../model/interval.ts';
import type { Window } from '../model/window.ts';
import { PartDocument } from './run-documents.ts';

/** Run ids become key segments and partition values. */
const RunId = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/);

const WindowByHand = z.object({
  from: z
    .string()
    .nullish()
    .transform((from) => from ?? null),
  to: z.string(),
});

export const PlanRequest = z.object({
  step: z.literal('plan'),
  runId: RunId,
  pipeline: z.string(),
  query: z.string(),
  interval: Interval,
  window: WindowByHand.nullish().describe('absent: from the watermark to now'),
  dryRun: z.boolean().nullish(),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

const ofRun = {
  runId: RunId,
  pipeline: z.string(),
  pipelineKey: z.string(),
  query: z.string(),
};

export const PartRequest = z.object({ step: z.literal('part'), ...ofRun, part: PartDocument });
export type PartRequest = z.infer<typeof PartRequest>;

export const PartAnswer = z.object({
  part: z.int().min(0),
  resultKey: z.string(),
  rows: z.int().min(0),
  bytes: z.int().min(0),
});
export type PartAnswer = z.infer<typeof PartAnswer>;

export const CommitRequest = z.object({
  step: z.literal('commit'),
  ...ofRun,
  parts: z.array(PartAnswer),
});
export type CommitRequest = z.infer<typeof CommitRequest>;

/** One step of one query's extraction, as the state machine `extract` asks for it. */
export const ExtractRequest = z.discriminatedUnion('step', [
  PlanRequest,
  PartRequest,
  CommitRequest,
]);
export type ExtractRequest = z.infer<typeof ExtractRequest>;

export interface PlanAnswer {
  /** False: there is nothing to extract, and no commit follows. */
  readonly hasWindow: boolean;
  readonly runId: string;
  readonly pipeline: string;
  readonly pipelineKey: string;
  readonly query: string;
  readonly interval: Interval;
  readonly window: Window | null;
  readonly parts: readonly PartDocument[];
  readonly plannedRows: number;
  /** Dry run: the statement that would run. */
  readonly sql?: string;
}

export interface CommitAnswer {
  readonly manifestKey: string;
  readonly rows: number;
  readonly sourceRows: number;
  readonly files: number;
  readonly watermark: Window | null;
}
