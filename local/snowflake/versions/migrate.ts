import type { Catalog } from '../catalog/catalog.ts';
import type { TableObject } from '../catalog/model.ts';
import { duckdbName, duckdbSchema, quote } from '../catalog/names.ts';
import { createTableSql } from '../session/table/table-sql.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { generationOf } from './layout.ts';
import type { VersionLog } from './version-log.ts';

/** DuckDB names of the tables that have row ids. */
async function numberedTables(connection: StoreConnection): Promise<Set<string>> {
  const rows = await connection.rows(
    "SELECT schema_name, table_name FROM duckdb_columns() WHERE column_name = '_sf_rid'",
  );
  return new Set(
    rows.map((row) => `${quote(String(row.schema_name))}.${quote(String(row.table_name))}`),
  );
}

/** Writes a table anew with row ids and an empty history, which begins now. */
function numberRowsSql(table: TableObject, version: number, now: Date): string[] {
  const aside = { ...table, name: `_sf_number_${table.id}` };
  const names = table.columns.map(({ name }) => quote(name)).join(', ');
  return [
    ...createTableSql(aside),
    `INSERT INTO ${duckdbName(aside)} (${names}) SELECT ${names} FROM ${duckdbName(table)}`,
    `DROP TABLE ${duckdbName(table)}`,
    `ALTER TABLE ${duckdbName(aside)} RENAME TO ${quote(table.name)}`,
    'INSERT INTO _sf.table_versions ' +
      `SELECT ${version}, ${table.id}, ${generationOf(table)}, '', nextval('_sf.row_ids'), TRUE, ${now.getTime()}`,
  ];
}

/** Gives row ids to the tables of a store that was written before there were any. */
export async function numberRows(
  connection: StoreConnection,
  catalog: Catalog,
  log: VersionLog,
  now: Date,
): Promise<void> {
  const numbered = await numberedTables(connection);
  const isNumbered = (table: TableObject) =>
    numbered.has(`${duckdbSchema(table.database ?? '', table.schema ?? '')}.${quote(table.name)}`);
  const tables = catalog.list('TABLE').filter((table) => !isNumbered(table));
  if (tables.length === 0) return;
  await connection.run('BEGIN TRANSACTION');
  for (const table of tables) {
    for (const sql of numberRowsSql(table, log.next(), now)) await connection.run(sql);
  }
  await connection.run('COMMIT');
  await log.reload(connection);
}
