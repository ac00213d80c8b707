import { Manifest } from '../model/manifest.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { PublishedPipeline } from '../ports/pipeline-store.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import type { PendingWindow, Watermark } from '../ports/watermark-store.ts';
import { bronzeKeys, manifestKey } from './bronze-keys.ts';
import { type ExtractDeps, findQuery } from './extract-deps.ts';
import type { PlanAnswer, PlanRequest } from './extract-request.ts';
import { finishCommit } from './finish-commit.ts';
import { planParts } from './plan-files.ts';
import { planReading, type WindowReading } from './read-window.ts';
import { type PlanDocument, readDocument } from './run-documents.ts';
import { type CountedResult, countRows, runWindowQuery } from './run-query.ts';

const BYTES_PER_MB = 1024 * 1024;

/** Finishes the commit of a run that died after its manifest; the watermark as it is afterwards. */
async function finishEarlierRun(
  deps: ExtractDeps,
  id: { pipeline: string; query: string },
): Promise<Watermark> {
  const watermark = await deps.watermarks.read(id);
  if (watermark.pending === null) return watermark;
  const key = watermark.pending.manifestKey;
  const manifest = await readDocument(deps.lake, key, Manifest);
  if (manifest === null) return watermark;
  await finishCommit(deps, manifest, key, watermark);
  return deps.watermarks.read(id);
}

const answerOf = (request: PlanRequest, pipelineKey: string): PlanAnswer => ({
  hasWindow: false,
  runId: request.runId,
  pipeline: request.pipeline,
  pipelineKey,
  query: request.query,
  interval: request.interval,
  window: null,
  parts: [],
  plannedRows: 0,
});

interface Run {
  readonly request: PlanRequest;
  readonly published: PublishedPipeline;
  readonly query: ExtractQuery;
  readonly reading: WindowReading;
  readonly watermark: Watermark;
}

/** The pending window of this run; that of an earlier attempt of the same run stays as it was. */
function pendingOf(deps: ExtractDeps, { request, query, reading, watermark }: Run): PendingWindow {
  if (watermark.pending?.runId === request.runId) return watermark.pending;
  const plannedAt = deps.clock.now().toISOString();
  return {
    runId: request.runId,
    intervalId: request.interval.id,
    window: reading.window,
    manifestKey: manifestKey(query.name, plannedAt, request.runId),
    plannedAt,
  };
}

function planOf(
  deps: ExtractDeps,
  { request, published, query, reading }: Run,
  { result, sourceRows }: CountedResult,
  plannedAt: string,
): PlanDocument {
  const maxFileBytes = query.max_file_mb * BYTES_PER_MB;
  return {
    version: 1,
    runId: request.runId,
    pipeline: request.pipeline,
    pipelineKey: published.key,
    query: query.name,
    interval: request.interval,
    window: reading.window,
    watermarkColumn: reading.watermarkColumn?.name ?? null,
    watermarkAfter: reading.watermarkAfter,
    nullWatermarkRows: reading.nullWatermarkRows,
    sql: reading.sql,
    queryId: result.queryId,
    snapshotAt: `${reading.snapshotAt.replace(' ', 'T')}Z`,
    extractedAt: plannedAt,
    maxFileBytes,
    sourceColumns: [...result.columns],
    columns: [...deps.files.columnsOf(result.columns)],
    partitions: [...result.partitions],
    parts: [...planParts(result.partitions, maxFileBytes)],
    rows: result.rows,
    sourceRows,
  };
}

/** Notes the window as pending, then runs its query and writes down the plan. */
async function startRun(deps: ExtractDeps, warehouse: Warehouse, run: Run): Promise<PlanDocument> {
  const pending = pendingOf(deps, run);
  await deps.watermarks.plan(run.request, pending, run.watermark.version);
  const counted = await runWindowQuery(warehouse, run.reading, run.request.runId);
  const plan = planOf(deps, run, counted, pending.plannedAt);
  await deps.lake.putText(bronzeKeys(pending.manifestKey).plan, JSON.stringify(plan));
  return plan;
}

/**
 * First step: finishes what an earlier run left, plans the next window, runs its query at the
 * source, and says which parts there are to fetch. Nothing that counts is written; `pending` in the
 * watermark's item names the run.
 *
 * @throws TerminalError WATERMARK_CONFLICT when another run advances the watermark meanwhile; see
 *   also chooseColumns, planReading and runWindowQuery
 */
export async function planExtraction(deps: ExtractDeps, request: PlanRequest): Promise<PlanAnswer> {
  const published = await deps.pipelines.current(request.pipeline);
  const query = findQuery(published.document, request.query);
  const nothing = answerOf(request, published.key);
  const isDryRun = request.dryRun === true;
  const watermark = isDryRun
    ? await deps.watermarks.read(request)
    : await finishEarlierRun(deps, request);
  if (watermark.intervalId === request.interval.id && !isDryRun) return nothing;

  const own = watermark.pending?.runId === request.runId ? watermark.pending : null;
  const warehouse = deps.openWarehouse(published.document.snowflake);
  const reading = await planReading(warehouse, query, {
    watermark: watermark.value,
    previous:
      watermark.manifestKey === null
        ? null
        : await readDocument(deps.lake, watermark.manifestKey, Manifest),
    requested: request.window,
    ...(own === null ? {} : { planned: own }),
  });
  if (reading === null) return nothing;
  if (isDryRun) {
    const plannedRows = await countRows(warehouse, reading);
    return { ...nothing, window: reading.window, sql: reading.sql, plannedRows };
  }

  const plan = await startRun(deps, warehouse, { request, published, query, reading, watermark });
  return {
    ...nothing,
    hasWindow: true,
    window: plan.window,
    parts: plan.parts,
    plannedRows: plan.rows,
  };
}
