import { z } from 'zod';
import type { Drift } from '../model/drift.ts';
import { Interval } from '../model/interval.ts';
import type { Window } from '../model/window.ts';
import type { QueryId } from '../ports/watermark-store.ts';
import type { Outline } from './outline.ts';
import { PartDocument } from './run-documents.ts';

/** Run ids become key segments and partition values. */
const RunId = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/);

/** A backfill works beside the live watermark, in a lane named after its window. */
const Lane = z.string().regex(/^[A-Za-z0-9:.+_-]{1,120}$/);

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
  execution: z.string().nullish().describe('ARN of the execution that the run is'),
  pipeline: z.string(),
  query: z.string(),
  lane: Lane.nullish().describe('absent: the live watermark'),
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
  lane: Lane.nullish(),
};

export const PartRequest = z.object({ step: z.literal('part'), ...ofRun, part: PartDocument });
export type PartRequest = z.infer<typeof PartRequest>;

export const PartAnswer = z.object({
  part: z.int().min(0),
  resultKey: z.string(),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  isDone: z.boolean().describe('false: ask for the part again, it goes on'),
  nextPartition: z.int().nullable().describe('where it goes on'),
  waitSeconds: z.int().optional().describe('its statement is running still: ask after so long'),
});
export type PartAnswer = z.infer<typeof PartAnswer>;

export const CommitRequest = z.object({ step: z.literal('commit'), ...ofRun });
export type CommitRequest = z.infer<typeof CommitRequest>;

/** One step of one query's extraction, as the state machine `extract` asks for it. */
export const ExtractRequest = z.discriminatedUnion('step', [
  PlanRequest,
  PartRequest,
  CommitRequest,
]);
export type ExtractRequest = z.infer<typeof ExtractRequest>;

/** The state that a request is about. */
export const queryIdOf = (request: {
  readonly pipeline: string;
  readonly query: string;
  readonly lane?: string | null | undefined;
}): QueryId => ({
  pipeline: request.pipeline,
  query: request.query,
  ...(request.lane ? { lane: request.lane } : {}),
});

export interface PlanAnswer {
  /** False: there is nothing to extract, and no commit follows. */
  readonly hasWindow: boolean;
  readonly runId: string;
  readonly pipeline: string;
  readonly pipelineKey: string;
  readonly query: string;
  readonly lane?: string;
  /** The run that is at work on the query, which this one leaves it to. */
  readonly heldBy?: { readonly holder: string; readonly since: string; readonly expiresAt: string };
  /** The statement is running still: ask again after so many seconds. */
  readonly waitSeconds?: number;
  readonly interval: Interval;
  readonly window: Window | null;
  readonly parts: readonly PartDocument[];
  /** Object that lists the ranges of a split window, which then has no parts here. */
  readonly rangesKey?: string;
  readonly plannedRows: number;
  /** How the source's columns have changed; absent when they have not. */
  readonly drift?: readonly Drift[];
  /** Dry run: the statement that would run. */
  readonly sql?: string;
  /** Dry run: what would be written. */
  readonly outline?: Outline;
}

export interface CommitAnswer {
  readonly manifestKey: string;
  readonly rows: number;
  readonly sourceRows: number;
  readonly files: number;
  readonly watermark: Window | null;
}
