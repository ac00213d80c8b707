import type { PendingWindow } from '../ports/watermark-store.ts';
import { bronzeKeys, manifestKey, requestIdFor } from './bronze-keys.ts';
import { chooseStrategy } from './choose-strategy.ts';
import type { ExtractDeps } from './extract-deps.ts';
import { queryIdOf } from './extract-request.ts';
import { maxFileBytes } from './found-rows.ts';
import { atSnapshot, planRanges } from './plan-ranges.ts';
import { type Noted, type Run, readSource } from './plan-run.ts';
import type { WindowReading } from './read-window.ts';
import { removeOrphans } from './remove-orphans.ts';
import { readDocument, StatementDocument } from './run-documents.ts';
import { countRows, startStatement } from './run-query.ts';
import { startUnload } from './unload-window.ts';

/** What an earlier attempt of the same run noted; null when there was none. */
export async function readNoted(
  deps: ExtractDeps,
  { request, watermark }: Run,
): Promise<Noted | null> {
  const { pending } = watermark;
  if (pending?.runId !== request.runId) return null;
  const keys = bronzeKeys(pending.manifestKey);
  const statement = await readDocument(deps.lake, keys.statement, StatementDocument);
  return statement === null ? null : { pending, keys, statement };
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

/**
 * Notes the window as pending, starts its statement and notes that. Null when there is nothing to
 * read, or when the run came through before: its manifest must not be counted again.
 */
export async function noteStatement(deps: ExtractDeps, run: Run): Promise<Noted | null> {
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
