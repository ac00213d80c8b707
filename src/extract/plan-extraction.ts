import { Manifest } from '../model/manifest.ts';
import type { PipelineDocument } from '../model/pipeline.ts';
import type { QueryId, Watermark } from '../ports/watermark-store.ts';
import { type ExtractDeps, findQuery, queryTag } from './extract-deps.ts';
import { type PlanAnswer, type PlanRequest, queryIdOf } from './extract-request.ts';
import { finishCommit } from './finish-commit.ts';
import { followPlan } from './follow-plan.ts';
import { claimLease } from './lease.ts';
import { noteStatement, readNoted } from './note-statement.ts';
import { outlineOf } from './outline.ts';
import { nothingOf, type Run, readSource } from './plan-run.ts';
import { readDocument } from './run-documents.ts';
import { countRows } from './run-query.ts';

/** Finishes the commit of a run that died after its manifest; the watermark as it is afterwards. */
async function finishEarlierRun(
  deps: ExtractDeps,
  id: QueryId,
  watermark: Watermark,
  holder: string,
): Promise<Watermark> {
  if (watermark.pending === null) return watermark;
  const key = watermark.pending.manifestKey;
  const manifest = await readDocument(deps.lake, key, Manifest);
  if (manifest === null) return watermark;
  await finishCommit(deps, { id, manifest, manifestKey: key, watermark, holder });
  return deps.watermarks.read(id);
}

const readPrevious = async (deps: ExtractDeps, { manifestKey: key }: Watermark) =>
  key === null ? null : readDocument(deps.lake, key, Manifest);

async function planDry(run: Run, nothing: PlanAnswer): Promise<PlanAnswer> {
  const reading = await readSource(run);
  if (reading === null) return nothing;
  const plannedRows = await countRows(run.warehouse, reading);
  const outline = await outlineOf(run.warehouse, run.query, reading, plannedRows);
  return { ...nothing, window: reading.window, sql: reading.sql, plannedRows, outline };
}

const openWarehouse = (deps: ExtractDeps, document: PipelineDocument, request: PlanRequest) =>
  deps.openWarehouse(document.snowflake, queryTag(request));

/**
 * First step: takes the query's lease, finishes what an earlier run left, plans the next window,
 * runs its query at the source, and says which parts there are to fetch. Done again, it goes on
 * where it was: a statement that outlasts an invocation is followed by the next one. Nothing that
 * counts is written; `pending` in the watermark's item names the run.
 *
 * @throws TerminalError WATERMARK_CONFLICT when another run advances the watermark meanwhile; see
 *   also chooseColumns, planReading and followStatement
 */
export async function planExtraction(deps: ExtractDeps, request: PlanRequest): Promise<PlanAnswer> {
  const pipeline = await deps.pipelines.current(request.pipeline);
  const query = findQuery(pipeline.document, request.query);
  const nothing = nothingOf(request, pipeline.key);
  const warehouse = openWarehouse(deps, pipeline.document, request);
  const id = queryIdOf(request);
  if (request.dryRun === true) {
    const watermark = await deps.watermarks.read(id);
    const previous = await readPrevious(deps, watermark);
    return planDry({ request, watermark, pipeline, query, warehouse, previous }, nothing);
  }
  const claimed = await claimLease(deps, id, request);
  if (claimed.heldBy !== null) {
    const { holder, since, expiresAt } = claimed.heldBy;
    return { ...nothing, heldBy: { holder, since, expiresAt } };
  }
  const watermark = await finishEarlierRun(deps, id, claimed.watermark, request.runId);
  const previous = await readPrevious(deps, watermark);
  const run = { request, watermark, pipeline, query, warehouse, previous };
  const isDone = watermark.intervalId === request.interval.id;
  const noted = isDone ? null : ((await readNoted(deps, run)) ?? (await noteStatement(deps, run)));
  if (noted !== null) return followPlan(deps, run, noted);
  await deps.watermarks.releaseLease(id, request.runId);
  return nothing;
}
