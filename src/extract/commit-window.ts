import { TerminalError } from '../errors.ts';
import { Manifest } from '../model/manifest.ts';
import type { QueryId } from '../ports/watermark-store.ts';
import { sourceOf } from './apply-contract.ts';
import { type BronzeKeys, bronzeKeys } from './bronze-keys.ts';
import { profileOfParts, withStatistics } from './column-statistics.ts';
import { type ExtractDeps, findQuery, queryTag, requireOwnPending } from './extract-deps.ts';
import { type CommitAnswer, type CommitRequest, queryIdOf } from './extract-request.ts';
import { finishCommit } from './finish-commit.ts';
import { committedManifest, findDifference } from './key-difference.ts';
import { renewLease } from './lease.ts';
import {
  PartResult,
  PlanDocument,
  readDocument,
  requireDocument,
  StatementDocument,
  schemaHash,
} from './run-documents.ts';
import { verifyChecksum } from './verify-checksum.ts';

/** Results of all parts, in order, after they were found to hold the rows that the source counted. */
async function reconcileParts(
  deps: ExtractDeps,
  plan: PlanDocument,
  keys: BronzeKeys,
): Promise<PartResult[]> {
  const results = await Promise.all(
    plan.parts.map(({ part }) => requireDocument(deps.lake, keys.part(part), PartResult)),
  );
  const rows = results.reduce((total, result) => total + result.rows, 0);
  const isOfPlan = results.every(
    (result) =>
      result.nextPartition === null &&
      (plan.split === null ? result.queryId === plan.queryId : result.rows === result.sourceRows),
  );
  if (isOfPlan && rows === plan.rows && rows === plan.sourceRows) return results;
  const counts = { rowsInFiles: rows, resultRows: plan.rows, sourceRows: plan.sourceRows };
  throw new TerminalError(
    `Cannot commit run ${plan.runId} of ${plan.pipeline}.${plan.query}: ` +
      `${rows} rows in the files, ${plan.rows} in the result, ${plan.sourceRows} at the source. ` +
      'Extract again.',
    { code: 'RECONCILE_MISMATCH', details: { runId: plan.runId, isOfPlan, ...counts } },
  );
}

async function makeManifest(
  deps: ExtractDeps,
  id: QueryId,
  keys: BronzeKeys,
  committed: string | null,
): Promise<Manifest> {
  const plan = await requireDocument(deps.lake, keys.plan, PlanDocument);
  const document = await deps.pipelines.byKey(plan.pipelineKey);
  const query = findQuery(document, plan.query);
  const parts = await reconcileParts(deps, plan, keys);
  const previous = await committedManifest(deps, committed);
  const found = await findDifference({ deps, id, keys, plan, query, document, previous });
  const { keyList, deleted } = found;
  const profiles = deleted === undefined ? parts : [...parts, deleted];
  const profile = profileOfParts(plan.sourceColumns, profiles);
  const deletedRows = deleted?.file.rows ?? 0;
  const isVerified = query.verify === 'checksum' && plan.strategy.name === 'fetch';
  if (isVerified) {
    const { reading } = await requireDocument(deps.lake, keys.statement, StatementDocument);
    const warehouse = deps.openWarehouse(
      document.snowflake,
      queryTag({ ...id, runId: plan.runId, step: 'commit' }),
    );
    await verifyChecksum({ warehouse, reading, runId: plan.runId, profile });
  }
  const queryIds = plan.queryId === null ? parts.map(({ queryId }) => queryId) : [plan.queryId];
  return {
    version: 1,
    pipeline: plan.pipeline,
    pipelineKey: plan.pipelineKey,
    query: plan.query,
    source: sourceOf(query),
    sourceSystem: document.extract.source_system,
    key: query.key,
    watermarkColumn: plan.watermarkColumn,
    window: plan.window,
    watermarkAfter: plan.watermarkAfter,
    nullWatermarkRows: plan.nullWatermarkRows,
    runId: plan.runId,
    interval: plan.interval,
    queryIds,
    ...(plan.split === null
      ? {}
      : { ranges: { column: plan.split.column.name, count: plan.split.ranges.length } }),
    snapshotAt: plan.snapshotAt,
    extractedAt: plan.extractedAt,
    deletes: query.deletes,
    ...(keyList === undefined ? {} : { keyList }),
    files: [
      ...parts.flatMap(({ files }) => files),
      ...(deleted === undefined ? [] : [deleted.file]),
    ],
    rows: plan.rows + deletedRows,
    sourceRows: plan.sourceRows + deletedRows,
    checksum: profile.checksum,
    verified: isVerified ? 'checksum' : 'count',
    columns: withStatistics(plan.columns, plan.sourceColumns, profile),
    schemaHash: schemaHash(plan.columns),
    drift: plan.drift,
    strategy: plan.strategy,
    versions: { ...deps.versions },
  };
}

/** Writes the manifest, or finds the one that another attempt of the run has written meanwhile. */
async function writeManifest(
  deps: ExtractDeps,
  id: QueryId,
  keys: BronzeKeys,
  committed: string | null,
): Promise<Manifest> {
  const manifest = await makeManifest(deps, id, keys, committed);
  const text = JSON.stringify(manifest);
  const isNew = await deps.lake.putText(keys.manifest, text, { ifAbsent: true });
  return isNew ? manifest : requireDocument(deps.lake, keys.manifest, Manifest);
}

const answerOf = (manifest: Manifest, manifestKey: string): CommitAnswer => ({
  manifestKey,
  rows: manifest.rows,
  sourceRows: manifest.sourceRows,
  files: manifest.files.length,
  watermark: manifest.window,
});

/**
 * Last step: the manifest, which starts what comes next; then the watermark, the catalog, and the
 * end of `pending`. Done again, whatever was reached, it does the rest.
 *
 * @throws TerminalError RECONCILE_MISMATCH when rows are missing, WATERMARK_CONFLICT when another
 *   run came first
 */
export async function commitWindow(
  deps: ExtractDeps,
  request: CommitRequest,
): Promise<CommitAnswer> {
  const id = queryIdOf(request);
  const watermark = await renewLease(deps, id, request.runId);
  if (watermark.pending === null && watermark.runId === request.runId && watermark.manifestKey) {
    const manifest = await requireDocument(deps.lake, watermark.manifestKey, Manifest);
    await deps.watermarks.releaseLease(id, request.runId);
    return answerOf(manifest, watermark.manifestKey);
  }
  const { manifestKey } = requireOwnPending(watermark, id, request.runId);
  let manifest = await readDocument(deps.lake, manifestKey, Manifest);
  if (manifest === null) {
    const keys = bronzeKeys(manifestKey);
    manifest = await writeManifest(deps, id, keys, watermark.manifestKey);
  }
  await finishCommit(deps, { id, manifest, manifestKey, watermark, holder: request.runId });
  await deps.watermarks.releaseLease(id, request.runId);
  return answerOf(manifest, manifestKey);
}
