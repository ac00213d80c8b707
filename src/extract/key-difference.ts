import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminalError } from '../errors.ts';
import type { KeyList } from '../model/key-list.ts';
import { Manifest, type ManifestFile } from '../model/manifest.ts';
import type { ExtractQuery, PipelineDocument } from '../model/pipeline.ts';
import type { RowProfile } from '../model/row-profile.ts';
import type { SourceColumn, Warehouse } from '../ports/warehouse.ts';
import type { QueryId } from '../ports/watermark-store.ts';
import { sourceOf } from './apply-contract.ts';
import { type BronzeKeys, requestIdFor } from './bronze-keys.ts';
import { CHANGE_COLUMN } from './choose-columns.ts';
import { type ExtractDeps, queryTag } from './extract-deps.ts';
import { keysSql } from './extract-sql.ts';
import { keyColumns } from './read-deletes.ts';
import { type PlanDocument, readDocument, requireDocument } from './run-documents.ts';

/** Types of key columns whose values are the same in every file and in every result. */
const COMPARABLE: ReadonlySet<string> = new Set([
  'NUMBER',
  'TEXT',
  'BOOLEAN',
  'DATE',
  'TIME',
  'TIMESTAMP_NTZ',
  'TIMESTAMP_LTZ',
  'BINARY',
]);

const UNIT_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** "6 hours", "1 day" in milliseconds. */
function everyMs(text: string): number {
  const [count, unit = ''] = text.split(' ');
  return Number(count) * UNIT_MS[unit.startsWith('day') ? 'day' : 'hour'];
}

/** What a comparison brought to a run; the file is absent when no row went. */
export interface Difference {
  readonly keyList?: KeyList;
  readonly deleted?: { readonly file: ManifestFile; readonly profile: RowProfile };
}

interface Comparing {
  readonly deps: ExtractDeps;
  readonly id: QueryId;
  readonly keys: BronzeKeys;
  readonly plan: PlanDocument;
  readonly query: ExtractQuery;
  readonly document: PipelineDocument;
  readonly previous: Manifest | null;
}

/** The list of the last comparison, when this query has made one of the same rows. */
const lastList = ({ query, previous }: Comparing): KeyList | undefined =>
  previous?.deletes === 'key_difference' && previous.source === sourceOf(query)
    ? previous.keyList
    : undefined;

function isDue(comparing: Comparing, last: KeyList | undefined): boolean {
  if (last === undefined) return true;
  const age = Date.parse(comparing.plan.snapshotAt) - Date.parse(last.comparedAt);
  return age >= everyMs(comparing.query.key_difference_every);
}

/** Columns of the key, every one of a type whose values can be compared. */
function comparableKey({ query, plan }: Comparing): SourceColumn[] {
  const key = keyColumns(query, plan.sourceColumns);
  const strange = key.find(({ type }) => !COMPARABLE.has(type));
  if (strange === undefined) return key;
  throw new TerminalError(
    `Cannot compare the keys of ${query.name}: ${strange.name} has type ${strange.type}. ` +
      'Convert it with sql, or set deletes to changes or stream.',
    { code: 'CONFIG_INVALID', details: { query: query.name, column: strange.name } },
  );
}

/** Manifests of the runs whose rows came since a comparison: that of its own run, and later ones. */
async function manifestsSince(
  { deps, id }: Comparing,
  last: KeyList | undefined,
): Promise<Manifest[]> {
  const history = await deps.watermarks.history(id);
  const from = history.findIndex(({ manifestKey }) => manifestKey === last?.manifestKey);
  const since = last === undefined ? history : history.slice(Math.max(from, 0));
  return Promise.all(
    since.map(({ manifestKey }) => requireDocument(deps.lake, manifestKey, Manifest)),
  );
}

/** Saves the keys that bronze has, file by file, so that one file is on the disk at a time. */
async function saveKnown(
  comparing: Comparing,
  last: KeyList | undefined,
  folder: string,
): Promise<string[]> {
  const { deps, plan, query } = comparing;
  const key = keyColumns(query, plan.sourceColumns);
  const upserts = { column: CHANGE_COLUMN, value: 'upsert' };
  const files = (await manifestsSince(comparing, last)).flatMap((manifest) =>
    manifest.files.map((file) => {
      return { key: file.key, where: manifest.deletes === 'none' ? null : upserts };
    }),
  );
  const lists = last === undefined ? [] : [{ key: last.key, where: null }];
  const known: string[] = [];
  for (const file of [...lists, ...files]) {
    const copy = join(folder, 'bronze.parquet');
    if (!(await deps.lake.getFile(file.key, copy))) continue;
    const path = join(folder, `known-${known.length}.parquet`);
    await deps.keys.saveKeys(copy, key, file.where, path);
    await rm(copy);
    known.push(path);
  }
  return known;
}

/** Saves every key that the source has now. */
async function saveSource(
  { query, plan }: Comparing,
  warehouse: Warehouse,
  folder: string,
): Promise<string[]> {
  const sql = keysSql(query, keyColumns(query, plan.sourceColumns));
  const queryId = await warehouse.submit(sql, requestIdFor(plan.runId, sql));
  const { partitions } = await warehouse.waitFor(queryId);
  const paths: string[] = [];
  for (const [partition, { rows }] of partitions.entries()) {
    const path = join(folder, `keys-${partition}.json`);
    if (rows === 0) continue;
    await warehouse.savePartition(queryId, partition, path);
    paths.push(path);
  }
  return paths;
}

async function compare(
  comparing: Comparing,
  last: KeyList | undefined,
  folder: string,
): Promise<Difference> {
  const { deps, plan, keys, document } = comparing;
  const tag = queryTag({ ...plan, step: 'commit' });
  const warehouse = deps.openWarehouse(document.snowflake, tag);
  const paths = { deleted: join(folder, 'deleted.parquet'), keys: join(folder, 'all.parquet') };
  const { profile, ...written } = await deps.keys.compareKeys(
    {
      key: comparableKey(comparing),
      known: await saveKnown(comparing, last, folder),
      partitions: await saveSource(comparing, warehouse, folder),
      columns: plan.sourceColumns,
      values: { [CHANGE_COLUMN]: 'delete' },
      extractedAt: plan.extractedAt,
      sourceSystem: document.extract.source_system,
    },
    paths,
  );
  await deps.lake.putFile(keys.keyList, paths.keys);
  const { manifest: manifestKey, keyList: key } = keys;
  const keyList = { key, manifestKey, comparedAt: plan.snapshotAt };
  if (written.rows === 0) return { keyList };
  await deps.lake.putFile(keys.deleted, paths.deleted, { sha256: written.sha256 });
  return { keyList, deleted: { file: { key: keys.deleted, ...written }, profile } };
}

/**
 * Compares the keys that bronze has with those of the source, when that is due: a key that the
 * source has no more becomes a row that says so. The keys are read after the window, so that a row
 * which went in between is gone, and every row of the window is known to the next comparison.
 *
 * Known are the keys of the last comparison and of all files since; the first time, of all files.
 *
 * @throws TerminalError CONFIG_INVALID when the key has a type that cannot be compared
 */
export async function findDifference(comparing: Comparing): Promise<Difference> {
  if (comparing.query.deletes !== 'key_difference') return {};
  const last = lastList(comparing);
  if (!isDue(comparing, last)) return last === undefined ? {} : { keyList: last };
  const folder = await mkdtemp(join(comparing.deps.scratchDirectory, 'keys-'));
  try {
    return await compare(comparing, last, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The manifest of the last commit; null before the first, and when it is there no more. */
export const committedManifest = async (
  deps: Pick<ExtractDeps, 'lake'>,
  key: string | null,
): Promise<Manifest | null> => (key === null ? null : readDocument(deps.lake, key, Manifest));
