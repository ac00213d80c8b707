import type { CatalogTable } from '#src/discover/catalog-table.ts';
import { quoteName } from '#src/model/sql-text.ts';
import type { SnowflakeSession } from './snowflake-connection.ts';

type Row = Record<string, unknown>;

const text = (row: Row, name: string): string => String(row[name] ?? row[name.toLowerCase()] ?? '');
const number = (row: Row, name: string): number | null => {
  const value = row[name] ?? row[name.toLowerCase()];
  return value === null || value === undefined ? null : Number(value);
};

/**
 * The tables of a schema, by three statements however many they are.
 * https://docs.snowflake.com/en/sql-reference/info-schema/columns
 * https://docs.snowflake.com/en/sql-reference/sql/show-primary-keys
 *
 * @param schema as Snowflake keeps it: upper case unless it was quoted
 */
export async function readCatalog(
  session: SnowflakeSession,
  schema: string,
): Promise<CatalogTable[]> {
  const tables = await session.execute(
    `SELECT TABLE_NAME, ROW_COUNT FROM INFORMATION_SCHEMA.TABLES
     WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
    [schema],
  );
  const columns = await session.execute(
    `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE
     FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [schema],
  );
  const keys = await session.execute(`SHOW PRIMARY KEYS IN SCHEMA ${quoteName(schema)}`);
  const ofTable = (rows: Row[], field: string) => Map.groupBy(rows, (row) => text(row, field));
  const [columnsOf, keysOf] = [ofTable(columns, 'TABLE_NAME'), ofTable(keys, 'table_name')];
  return tables.map((table) => {
    const name = text(table, 'TABLE_NAME');
    const key = (keysOf.get(name) ?? []).toSorted(
      (a, b) => Number(number(a, 'key_sequence')) - Number(number(b, 'key_sequence')),
    );
    return {
      schema,
      name,
      rows: number(table, 'ROW_COUNT'),
      primaryKey: key.map((row) => text(row, 'column_name')),
      columns: (columnsOf.get(name) ?? []).map((row) => ({
        name: text(row, 'COLUMN_NAME'),
        type: text(row, 'DATA_TYPE'),
        precision: number(row, 'NUMERIC_PRECISION'),
        scale: number(row, 'NUMERIC_SCALE'),
        nullable: text(row, 'IS_NULLABLE') !== 'NO',
      })),
    };
  });
}

/** A schema's name as Snowflake keeps it. */
export const storedName = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase();
