import { Manifest } from '../model/manifest.ts';
import type { ExtractQuery, PipelineDocument } from '../model/pipeline.ts';
import type { PublishedPipeline } from '../ports/pipeline-store.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import type { PendingWindow, QueryId, Watermark } from '../ports/watermark-store.ts';
import { type BronzeKeys, bronzeKeys, manifestKey, requestIdFor } from './bronze-keys.ts';
import { chooseStrategy } from './choose-strategy.ts';
import { type ExtractDeps, findQuery, queryTag } from './extract-deps.ts';
import { type PlanAnswer, type PlanRequest, queryIdOf } from './extract-request.ts';
import { finishCommit } from './finish-commit.ts';
import { type Found, foundRanges, foundResult, foundUnload, maxFileBytes } from './found-rows.ts';
import { secondsToWait, WAIT_SECONDS } from './invocation.ts';
import { claimLease } from './lease.ts';
import { outlineOf } from './outline.ts';
import { atSnapshot, planRanges } from './plan-ranges.ts';
import { planReading, type WindowReading } from './read-window.ts';
import { removeOrphans } from './remove-orphans.ts';
import { type PlanDocument, readDocument, type Split, StatementDocument } from './run-documents.ts';
import { countRows, followStatement, startStatement } from './run-query.ts';
import { followUnload, startUnload } from './unload-window.ts';

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

const answerOf = (request: PlanRequest, pipelineKey: string): PlanAnswer => ({
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

interface Run {
  readonly request: PlanRequest;
  readonly watermark: Watermark;
  readonly pipeline: PublishedPipeline;
  readonly query: ExtractQuery;
  readonly warehouse: Warehouse;
  /** Of the last commit. */
  readonly previous: Manifest | null;
}

/** What was decided for a run: noted before its statement is started, and never changed after. */
interface Noted {
  readonly pending: PendingWindow;
  readonly keys: BronzeKeys;
  readonly statement: StatementDocument;
}

function planOf(
  deps: ExtractDeps,
  { request, query }: Run,
  { pending, statement }: Noted,
  found: Found,
): PlanDocument {
  const { reading } = statement;
  return {
    version: 1,
    runId: request.runId,
    pipeline: request.pipeline,
    pipelineKey: statement.pipelineKey,
    query: query.name,
    interval: request.interval,
    window: reading.window,
    watermarkColumn: reading.watermarkColumn?.name ?? null,
    watermarkAfter: reading.watermarkAfter,
    nullWatermarkRows: reading.nullWatermarkRows,
    drift: [...reading.drift],
    strategy: statement.strategy,
    sql: reading.sql,
    split: statement.split,
    snapshotAt: `${reading.snapshotAt.replace(' ', 'T')}Z`,
    extractedAt: pending.plannedAt,
    maxFileBytes: maxFileBytes(query),
    columns: statement.unloadedColumns ?? [...deps.files.columnsOf(found.sourceColumns)],
    ...found,
  };
}

/** Asks the source what there is to read; null when a requested window lies beyond what it has. */
async function readSource(run: Run): Promise<WindowReading | null> {
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

/**
 * Stops the statement of a run that this one replaces, so that the source does not run both, and
 * removes the files it has written.
 */
async function cancelReplaced(deps: ExtractDeps, run: Run, replaced: PendingWindow): Promise<void> {
  const key = bronzeKeys(replaced.manifestKey).statement;
  const statement = await readDocument(deps.lake, key, StatementDocument);
  if (statement?.queryId) await run.warehouse.cancel(statement.queryId).catch(() => undefined);
  await removeOrphans(deps.lake, replaced.manifestKey, []);
}

/**
 * Notes the window as pending, starts its statement and notes that. Null when there is nothing to
 * read, or when the run came through before: its manifest must not be counted again.
 */
async function noteStatement(deps: ExtractDeps, run: Run): Promise<Noted | null> {
  const { request, watermark, pipeline, query } = run;
  const reading = await readSource(run);
  if (reading === null) return null;
  const plannedAt = deps.clock.now().toISOString();
  const isOwn = watermark.pending?.runId === request.runId;
  const pending: PendingWindow =
    isOwn && watermark.pending !== null
      ? watermark.pending
      : {
          runId: request.runId,
          intervalId: request.interval.id,
          window: reading.window,
          manifestKey: manifestKey(query.name, plannedAt, request.runId),
          plannedAt,
        };
  if (!isOwn && (await deps.lake.has(pending.manifestKey))) return null;
  await deps.watermarks.plan(queryIdOf(request), pending, watermark.version);
  if (!isOwn && watermark.pending !== null) await cancelReplaced(deps, run, watermark.pending);
  const statement: StatementDocument = {
    version: 1,
    pipelineKey: pipeline.key,
    ...(await startReading(deps, run, reading, pending)),
  };
  const keys = bronzeKeys(pending.manifestKey);
  await deps.lake.putText(keys.statement, JSON.stringify(statement));
  return { pending, keys, statement };
}

/**
 * Starts the one statement of a window, or its unload, or plans the ranges that have each their
 * own.
 */
async function startReading(
  deps: ExtractDeps,
  run: Run,
  asked: WindowReading,
  pending: PendingWindow,
) {
  const { request, warehouse, query, pipeline, previous } = run;
  const connection = pipeline.document.snowflake;
  const strategy = await chooseStrategy({ warehouse, connection, query, previous });
  const isVerified = query.verify === 'checksum' && query.table !== undefined;
  const reading = strategy.name === 'unload' || isVerified ? atSnapshot(asked) : asked;
  for (const sql of reading.deletes?.before ?? []) {
    await warehouse.waitFor(await warehouse.submit(sql, requestIdFor(request.runId, sql)));
  }
  const before = await countRows(warehouse, reading);
  if (strategy.name === 'unload') {
    const started = await startUnload({
      warehouse,
      reading,
      fetchedColumns: deps.files.columnsOf(reading.columns),
      runId: request.runId,
      options: {
        location: `s3://${deps.lake.bucket}/${bronzeKeys(pending.manifestKey).files}`,
        integration: connection.storage_integration as string,
        maxFileBytes: maxFileBytes(query),
        extractedAt: pending.plannedAt,
        sourceSystem: pipeline.document.extract.source_system,
      },
    });
    const { queryId, columns: unloadedColumns } = started;
    return { reading, split: null, queryId, before, strategy, unloadedColumns };
  }
  const ranges = await planRanges(warehouse, query, asked, before);
  if (ranges !== null) return { ...ranges, queryId: null, before: ranges.split.rows, strategy };
  const queryId = await startStatement(warehouse, reading, request.runId);
  return { reading, split: null, queryId, before, strategy };
}

/** What an earlier attempt of the same run noted; null when there was none. */
async function readNoted(deps: ExtractDeps, { request, watermark }: Run): Promise<Noted | null> {
  const { pending } = watermark;
  if (pending?.runId !== request.runId) return null;
  const keys = bronzeKeys(pending.manifestKey);
  const statement = await readDocument(deps.lake, keys.statement, StatementDocument);
  return statement === null ? null : { pending, keys, statement };
}

async function writePlan(
  deps: ExtractDeps,
  run: Run,
  noted: Noted,
  found: Found,
): Promise<PlanDocument> {
  const plan = planOf(deps, run, noted, found);
  await deps.lake.putText(noted.keys.plan, JSON.stringify(plan));
  return plan;
}

/** Follows the statement for as long as the invocation allows; the plan once it has ended. */
async function followPlan(deps: ExtractDeps, run: Run, noted: Noted): Promise<PlanAnswer> {
  const { request, warehouse } = run;
  const { reading, pipelineKey, split, queryId, before } = noted.statement;
  const answer = {
    ...answerOf(request, pipelineKey),
    hasWindow: true,
    window: reading.window,
    ...(reading.drift.length === 0 ? {} : { drift: reading.drift }),
  };
  if (queryId === null) {
    const ranges = split as Split;
    const plan = await writePlan(deps, run, noted, foundRanges(noted.statement, ranges));
    await deps.lake.putText(noted.keys.ranges, JSON.stringify(plan.parts));
    return { ...answer, rangesKey: noted.keys.ranges, plannedRows: plan.rows };
  }
  const seconds = secondsToWait(deps.remainingMs());
  if (noted.statement.strategy.name === 'unload') {
    const { keys } = noted;
    const part = await followUnload(warehouse, reading, { queryId, keys }, seconds);
    if (part === null) return { ...answer, waitSeconds: WAIT_SECONDS };
    await deps.lake.putText(keys.part(0), JSON.stringify({ ...part, queryId }));
    const found = foundUnload(noted.statement, queryId, part);
    return { ...answer, plannedRows: (await writePlan(deps, run, noted, found)).rows };
  }
  const counted = await followStatement(warehouse, reading, { queryId, before }, seconds);
  if (counted === null) return { ...answer, waitSeconds: WAIT_SECONDS };
  const plan = await writePlan(deps, run, noted, foundResult(run.query, noted.statement, counted));
  return { ...answer, parts: plan.parts, plannedRows: plan.rows };
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
  const nothing = answerOf(request, pipeline.key);
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
