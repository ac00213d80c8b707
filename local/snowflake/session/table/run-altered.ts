import type { TableObject } from '../../catalog/model.ts';
import { duckdbName, quote, quoteText } from '../../catalog/names.ts';
import {
  archiveName,
  generationOf,
  historyName,
  keepsHistory,
  ROW_ID,
} from '../../versions/layout.ts';
import { physicalName } from '../scope.ts';
import type { Work } from '../transaction.ts';
import type { Altered } from './alter-column.ts';
import { createTableSql } from './table-sql.ts';

/** Keeps the table as it was, without the defaults that would hold its sequences. */
function archiveSql(from: TableObject): string[] {
  if (!keepsHistory(from)) return [`DROP TABLE ${historyName(from)}`];
  const cells = [...from.columns.map(({ name }) => quote(name)), ROW_ID];
  const body = quoteText(JSON.stringify(from));
  return [
    `CREATE TABLE ${archiveName(from)} AS SELECT ${cells.join(', ')} FROM ${physicalName(from)}`,
    `INSERT INTO _sf.generations VALUES (${from.id}, ${generationOf(from)}, ${body})`,
  ];
}

/**
 * Writes the table anew with its rows' ids. DuckDB 1.5 cannot replay its write-ahead log after
 * ALTER TABLE on a table with a default that calls a function, as the one of the row id does (the
 * replay has no catalog to find the function in), and the file cannot be opened any more.
 */
function rebuildSql(from: TableObject, table: TableObject, sources: Altered['sources'] = {}) {
  const aside = { ...table, name: `_sf_rebuild_${table.id}_${generationOf(table)}` };
  const names = [...table.columns.map(({ name }) => quote(name)), ROW_ID];
  const cells = [...table.columns.map(({ name }) => sources[name] ?? quote(name)), ROW_ID];
  return [
    ...archiveSql(from),
    ...createTableSql(aside),
    `INSERT INTO ${duckdbName(aside)} (${names.join(', ')}) SELECT ${cells.join(', ')} FROM ${physicalName(from)}`,
    `DROP TABLE ${physicalName(from)}`,
    `ALTER TABLE ${duckdbName(aside)} RENAME TO ${quote(table.name)}`,
  ];
}

/** Runs one change of a table and answers the table after it. */
export async function runAltered(
  work: Work,
  from: TableObject,
  altered: Altered,
): Promise<TableObject> {
  const { sql, sources, before = [], after = [] } = altered;
  const isRebuilt = sql.length > 0 && from.persistence !== 'temporary';
  const generation = generationOf(from) + 1;
  const table = isRebuilt ? { ...altered.table, generation } : altered.table;
  const change = isRebuilt ? rebuildSql(from, table, sources) : sql;
  for (const each of [...before, ...change, ...after]) await work.run(each);
  return table;
}
