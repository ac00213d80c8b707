import type { CatalogColumn, TableObject } from '../../catalog/model.ts';
import { duckdbName, quote } from '../../catalog/names.ts';
import { physicalName } from '../scope.ts';
import type { Work } from '../transaction.ts';
import type { Altered } from './alter-column.ts';
import { createTableSql, defaultValueSql } from './table-sql.ts';

/** A default that DuckDB binds without looking up a function. */
const CONSTANT =
  /^\(?(?:CAST\()?(?:\d+(?:\.\d+)?|'(?:[^']|'')*'|TRUE|FALSE|NULL)(?: AS [\w(), ]+\))?\)?$/i;

function isConstant(column: CatalogColumn): boolean {
  const value = defaultValueSql(column);
  return value === null || CONSTANT.test(value);
}

/**
 * DuckDB 1.5 cannot replay its write-ahead log after ALTER TABLE on a table with a default that
 * calls a function (the replay has no catalog to find the function in), and the file cannot be
 * opened any more. Such a table is written anew instead; temporary tables are in no log.
 */
function mustRebuild(from: TableObject, to: TableObject): boolean {
  if (from.persistence === 'temporary') return false;
  return ![...from.columns, ...to.columns].every(isConstant);
}

function rebuildSql(from: TableObject, { table, sources = {} }: Altered): string[] {
  const aside = { ...table, name: `_sf_rebuild_${table.id}_${table.columns.length}` };
  const cells = table.columns.map(({ name }) => sources[name] ?? quote(name));
  return [
    createTableSql(aside),
    `INSERT INTO ${duckdbName(aside)} SELECT ${cells.join(', ')} FROM ${physicalName(from)}`,
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
  const { table, sql, before = [], after = [] } = altered;
  const isPhysical = sql.length > 0;
  const change = isPhysical && mustRebuild(from, table) ? rebuildSql(from, altered) : sql;
  for (const each of [...before, ...change, ...after]) await work.run(each);
  return table;
}
