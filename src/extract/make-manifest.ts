import { TerminalError } from '../errors.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ExtractQuery, PipelineDocument } from '../model/pipeline.ts';
import type { RowProfile } from '../model/row-profile.ts';
import type { QueryId } from '../ports/watermark-store.ts';
import { sourceOf } from './apply-contract.ts';
import type { BronzeKeys } from './bronze-keys.ts';
import { profileOfParts, withStatistics } from './column-statistics.ts';
import { type ExtractDeps, findQuery, queryTag } from './extract-deps.ts';
import { committedManifest, findDifference } from './key-difference.ts';
import {
  PartResult,
  PlanDocument,
  requireDocument,
  StatementDocument,
  schemaHash,
} from './run-documents.ts';
import { verifyChecksum } from './verify-checksum.ts';

interface Committing {
  readonly id: QueryId;
  readonly keys: BronzeKeys;
  readonly plan: PlanDocument;
  readonly document: PipelineDocument;
  readonly query: ExtractQuery;
}

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

/** Compares the files with the source where the query asks for it; whether it did. */
async function verifyFiles(
  deps: ExtractDeps,
  { plan, query, keys, id, document }: Committing,
  profile: RowProfile,
): Promise<boolean> {
  if (query.verify !== 'checksum' || plan.strategy.name !== 'fetch') return false;
  const { reading } = await requireDocument(deps.lake, keys.statement, StatementDocument);
  const tag = queryTag({ ...id, runId: plan.runId, step: 'commit' });
  const warehouse = deps.openWarehouse(document.snowflake, tag);
  await verifyChecksum({ warehouse, reading, runId: plan.runId, profile });
  return true;
}

/** What a manifest says of the run as it was planned. */
function plannedPart({ plan, document, query }: Committing) {
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
    ...(plan.split === null
      ? {}
      : { ranges: { column: plan.split.column.name, count: plan.split.ranges.length } }),
    snapshotAt: plan.snapshotAt,
    extractedAt: plan.extractedAt,
    deletes: query.deletes,
    schemaHash: schemaHash(plan.columns),
    drift: plan.drift,
    strategy: plan.strategy,
  } as const;
}

/**
 * The manifest of a run whose parts are all there; `committed` is the key of the last one.
 *
 * @throws TerminalError RECONCILE_MISMATCH when the files do not hold what the source counted
 */
export async function makeManifest(
  deps: ExtractDeps,
  id: QueryId,
  keys: BronzeKeys,
  committed: string | null,
): Promise<Manifest> {
  const plan = await requireDocument(deps.lake, keys.plan, PlanDocument);
  const document = await deps.pipelines.byKey(plan.pipelineKey);
  const committing = { id, keys, plan, document, query: findQuery(document, plan.query) };
  const parts = await reconcileParts(deps, plan, keys);
  const previous = await committedManifest(deps, committed);
  const { keyList, deleted } = await findDifference({ deps, ...committing, previous });
  const deletions = deleted === undefined ? [] : [deleted];
  const profile = profileOfParts(plan.sourceColumns, [...parts, ...deletions]);
  const deletedRows = deleted?.file.rows ?? 0;
  const isVerified = await verifyFiles(deps, committing, profile);
  return {
    ...plannedPart(committing),
    queryIds: plan.queryId === null ? parts.map(({ queryId }) => queryId) : [plan.queryId],
    ...(keyList === undefined ? {} : { keyList }),
    files: [...parts.flatMap(({ files }) => files), ...deletions.map(({ file }) => file)],
    rows: plan.rows + deletedRows,
    sourceRows: plan.sourceRows + deletedRows,
    checksum: profile.checksum,
    verified: isVerified ? 'checksum' : 'count',
    columns: withStatistics(plan.columns, plan.sourceColumns, profile),
    versions: { ...deps.versions },
  };
}
