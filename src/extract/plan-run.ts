import type { Manifest } from '../model/manifest.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { PublishedPipeline } from '../ports/pipeline-store.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import type { PendingWindow, Watermark } from '../ports/watermark-store.ts';
import type { BronzeKeys } from './bronze-keys.ts';
import type { PlanAnswer, PlanRequest } from './extract-request.ts';
import { planReading, type WindowReading } from './read-window.ts';
import type { StatementDocument } from './run-documents.ts';

/** A run while it is planned. */
export interface Run {
  readonly request: PlanRequest;
  readonly watermark: Watermark;
  readonly pipeline: PublishedPipeline;
  readonly query: ExtractQuery;
  readonly warehouse: Warehouse;
  /** Of the last commit. */
  readonly previous: Manifest | null;
}

/** What was decided for a run: noted before its statement is started, and never changed after. */
export interface Noted {
  readonly pending: PendingWindow;
  readonly keys: BronzeKeys;
  readonly statement: StatementDocument;
}

/** The answer of a plan that has nothing to read. */
export const nothingOf = (request: PlanRequest, pipelineKey: string): PlanAnswer => ({
  hasWindow: false,
  runId: request.runId,
  pipeline: request.pipeline,
  pipelineKey,
  query: request.query,
  ...(request.lane ? { lane: request.lane } : {}),
  interval: request.interval,
  window: null,
  parts: [],
  plannedRows: 0,
});

/** Asks the source what there is to read; null when a requested window lies beyond what it has. */
export async function readSource(run: Run): Promise<WindowReading | null> {
  const { request, watermark, warehouse, query, previous } = run;
  const isOwn = watermark.pending?.runId === request.runId;
  return planReading(warehouse, query, {
    watermark: watermark.value,
    previous,
    requested: request.window,
    runId: request.runId,
    committed: watermark.runId,
    ...(isOwn ? { planned: { window: watermark.pending?.window ?? null } } : {}),
  });
}
