import type { ShopBatch } from './generate-shop.ts';
import { columnName, SHOP_TABLES, type ShopTable, type ShopTableName } from './shop-rows.ts';

export type Bind = string | number | boolean | null;

/** Whatever runs SQL in Snowflake's dialect; rows of binds are one statement, run for each row. */
export interface SqlConnection {
  execute(sql: string, binds?: readonly Bind[] | readonly (readonly Bind[])[]): Promise<unknown>;
}

/** snowflake-sdk sends array binds within the request up to 65,280 values and by a stage beyond. */
const MAX_BINDS = 60_000;

const TABLE_NAMES = Object.keys(SHOP_TABLES) as ShopTableName[];

const shopTable = (name: ShopTableName) => SHOP_TABLES[name] as ShopTable<object>;

const columnList = ({ columns }: ShopTable<object>): string[] =>
  columns.map(({ field }) => columnName(field));

function createTableSql(definition: ShopTable<object>, table: string, kind = 'TABLE'): string {
  const columns = definition.columns.map(({ field, type }) => `  ${columnName(field)} ${type}`);
  return `CREATE OR REPLACE ${kind} ${table} (\n${columns.join(',\n')}\n)`;
}

/** Creates the four source tables anew, in the connection's database and schema. */
export async function createShopTables(connection: SqlConnection): Promise<void> {
  for (const name of TABLE_NAMES) {
    const definition = shopTable(name);
    await connection.execute(createTableSql(definition, definition.table));
  }
}

async function insertRows(
  connection: SqlConnection,
  definition: ShopTable<object>,
  table: string,
  rows: readonly object[],
): Promise<void> {
  const fields = definition.columns.map(({ field }) => field as string);
  const places = fields.map(() => '?').join(', ');
  const sql = `INSERT INTO ${table} (${columnList(definition).join(', ')}) VALUES (${places})`;
  const batchSize = Math.floor(MAX_BINDS / fields.length);
  for (let start = 0; start < rows.length; start += batchSize) {
    const batch = rows
      .slice(start, start + batchSize)
      .map((row) => fields.map((field) => (row as Record<string, Bind>)[field] ?? null));
    await connection.execute(sql, batch);
  }
}

function mergeSql(definition: ShopTable<object>, changes: string): string {
  const values = columnList(definition).filter((name) => name !== definition.key);
  const assignments = values.map((name) => `${name} = changed.${name}`).join(', ');
  return (
    `MERGE INTO ${definition.table} USING ${changes} AS changed ` +
    `ON ${definition.table}.${definition.key} = changed.${definition.key} ` +
    `WHEN MATCHED THEN UPDATE SET ${assignments}`
  );
}

async function updateRows(
  connection: SqlConnection,
  definition: ShopTable<object>,
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return;
  const changes = `${definition.table}_CHANGED`;
  await connection.execute(createTableSql(definition, changes, 'TEMPORARY TABLE'));
  await insertRows(connection, definition, changes, rows);
  await connection.execute(mergeSql(definition, changes));
  await connection.execute(`DROP TABLE ${changes}`);
}

/**
 * Puts one batch into the source tables: new rows are inserted, changed rows take the place of
 * those with their key.
 * @returns the number of rows sent, by source table
 */
export async function loadBatch(
  connection: SqlConnection,
  batch: ShopBatch,
): Promise<Record<string, number>> {
  const sent: Record<string, number> = {};
  for (const name of TABLE_NAMES) {
    const definition = shopTable(name);
    await insertRows(connection, definition, definition.table, batch.inserts[name]);
    await updateRows(connection, definition, batch.updates[name]);
    sent[definition.table] = batch.inserts[name].length + batch.updates[name].length;
  }
  return sent;
}

/** Creates the source tables anew and fills them with the 18 months of the first load. */
export async function loadFirst(
  connection: SqlConnection,
  shop: { readonly first: ShopBatch },
): Promise<Record<string, number>> {
  await createShopTables(connection);
  return loadBatch(connection, shop.first);
}

/** Makes the changes of the second interval. */
export const loadSecond = (connection: SqlConnection, shop: { readonly second: ShopBatch }) =>
  loadBatch(connection, shop.second);
