import type { TableObject } from '../catalog/model.ts';
import type { EngineParts } from '../session/session-state.ts';
import { droppedTableName, dropTableSql } from '../session/table/table-sql.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { isStale } from '../stream/read-stream.ts';
import { archiveName, generationOf, historyName, UNTIL } from './layout.ts';
import type { TableVersion } from './version-log.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The oldest version of a table that its retention and its streams still want. */
function baseByRetention(parts: EngineParts, table: TableObject): TableVersion | undefined {
  const { versions, catalog, now } = parts;
  const oldest = now().getTime() - table.retentionDays * DAY_MS;
  const kept = versions.versions(table.id);
  const byTime = kept.findLast(({ committedAt }) => committedAt <= oldest) ?? kept[0];
  const wanted = catalog.list('STREAM').flatMap((stream) => {
    const offset = versions.offset(stream.id);
    if (stream.tableId !== table.id || !offset || isStale(parts, table, offset)) return [];
    return offset.version;
  });
  const byStreams = versions.at(table.id, Math.min(...wanted, Number.MAX_SAFE_INTEGER));
  if (!byTime || !byStreams) return undefined;
  return byTime.version < byStreams.version ? byTime : byStreams;
}

async function count(connection: StoreConnection, relation: string): Promise<number> {
  const [row] = await connection.rows(`SELECT count(*) AS n FROM ${relation}`);
  return Number(row?.n);
}

/**
 * The oldest version with which no more than so many old rows are kept: those of its generation's
 * history, and the archives of the generations before.
 */
async function baseBySize(
  { versions }: EngineParts,
  connection: StoreConnection,
  table: TableObject,
  mostRows: number,
): Promise<number> {
  const rows = await connection.rows(
    `SELECT ${UNTIL} AS until, count(*) AS n FROM ${historyName(table)} GROUP BY 1 ORDER BY 1 DESC`,
  );
  let kept = 0;
  for (const { until, n } of rows) {
    kept += Number(n);
    if (kept > mostRows) return versions.at(table.id, Number(until))?.version ?? Number(until);
  }
  const archived = versions.generations.filter(({ id }) => id === table.id);
  for (const older of archived.sort((a, b) => generationOf(b) - generationOf(a))) {
    kept +=
      (await count(connection, archiveName(older))) + (await count(connection, historyName(older)));
    if (kept > mostRows) return firstAfter(versions.versions(table.id), generationOf(older));
  }
  return 0;
}

/** The first version of the generations after one. */
function firstAfter(versions: readonly TableVersion[], generation: number): number {
  return versions.find((each) => each.generation > generation)?.version ?? 0;
}

function pruneSql(table: TableObject, { version, generation }: TableVersion): string[] {
  const all = Array.from({ length: generationOf(table) + 1 }, (_, at) => ({
    id: table.id,
    generation: at,
  }));
  const gone = all.filter((each) => each.generation < generation);
  return [
    `DELETE FROM _sf.table_versions WHERE table_id = ${table.id} AND version < ${version}`,
    `DELETE FROM ${historyName(table)} WHERE ${UNTIL} <= ${version}`,
    `DELETE FROM _sf.generations WHERE table_id = ${table.id} AND generation < ${generation}`,
    ...gone.flatMap((each) => [
      `DROP TABLE IF EXISTS ${historyName(each)}`,
      `DROP TABLE IF EXISTS ${archiveName(each)}`,
    ]),
  ];
}

async function pruneTable(
  parts: EngineParts,
  connection: StoreConnection,
  table: TableObject,
  mostRows: number,
): Promise<void> {
  const byRetention = baseByRetention(parts, table);
  const bySize = await baseBySize(parts, connection, table, mostRows);
  const base = parts.versions.at(table.id, Math.max(byRetention?.version ?? 0, bySize));
  const [first] = parts.versions.versions(table.id);
  if (!base || !first || base.version <= first.version) return;
  for (const sql of pruneSql(table, base)) await connection.run(sql);
}

/** Dropped tables beyond their retention; and the oldest ones, when together they have many rows. */
async function pruneDropped(
  { versions, now }: EngineParts,
  connection: StoreConnection,
  mostRows: number,
): Promise<void> {
  let kept = 0;
  for (const [at, { table, droppedAt }] of [...versions.dropped].reverse().entries()) {
    kept += await count(connection, droppedTableName(table));
    const isInTime = now().getTime() - droppedAt <= table.retentionDays * DAY_MS;
    if (isInTime && (at === 0 || kept <= mostRows)) continue;
    for (const sql of dropTableSql(table, droppedTableName(table))) await connection.run(sql);
  }
}

/**
 * Removes what nobody may ask for any more: versions beyond the retention of their tables that no
 * stream stands at, dropped tables beyond theirs, and the oldest versions of tables and the oldest
 * dropped tables where more than `mostRows` are kept.
 */
export async function pruneVersions(
  parts: EngineParts,
  connection: StoreConnection,
  mostRows: number,
): Promise<void> {
  const { catalog, versions, lock } = parts;
  const release = await lock.acquire(60);
  try {
    await connection.run('BEGIN TRANSACTION');
    await pruneDropped(parts, connection, mostRows);
    for (const table of catalog.list('TABLE')) {
      await pruneTable(parts, connection, table, mostRows);
    }
    await connection.run('COMMIT');
    await versions.reload(connection);
  } finally {
    release();
  }
}
