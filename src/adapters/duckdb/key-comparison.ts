import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbText, quoteName } from '../../model/sql-text.ts';
import type { KeyComparison, KeyFilter } from '../../ports/key-comparer.ts';
import type { SourceColumn } from '../../ports/warehouse.ts';
import { addedColumns, fileColumns, selectList } from './column-types.ts';
import { copyTo, readPartitions } from './parquet-sql.ts';

/** The columns of a key in the types that files have now; older ones may be narrower. */
const typedKey = (key: readonly SourceColumn[]): string =>
  fileColumns(key)
    .map(({ name, parquetType }) => `${quoteName(name)}::${parquetType} AS ${quoteName(name)}`)
    .join(', ');

/** Writes the keys that a bronze file has. */
export function keysOfFileSql(
  file: string,
  key: readonly SourceColumn[],
  where: KeyFilter | null,
  path: string,
): string {
  const rows = `read_parquet(${duckdbText(file)}, hive_partitioning = false)`;
  const filter =
    where === null ? '' : `\nWHERE ${quoteName(where.column)} = ${duckdbText(where.value)}`;
  return copyTo(`SELECT DISTINCT ${typedKey(key)}\nFROM ${rows}${filter}`, path);
}

/** The columns of a deleted row: its key, what was given, and nulls of their types. */
function deletedColumns({ columns, key, values, ...of }: KeyComparison) {
  const keys = new Set(key.map(({ name }) => name));
  const own = fileColumns(columns).map((column) => {
    if (keys.has(column.name)) return { ...column, expression: quoteName(column.name) };
    const value = values[column.name];
    const expression = value === undefined ? `NULL::${column.parquetType}` : duckdbText(value);
    return { ...column, expression };
  });
  return [...own, ...addedColumns(of.extractedAt, of.sourceSystem)];
}

/** Writes a row for each known key that the source has no more, and every key that it has. */
export async function writeComparison(
  connection: DuckDBConnection,
  comparison: KeyComparison,
  paths: { readonly deleted: string; readonly keys: string },
): Promise<number> {
  const { key, known, partitions } = comparison;
  const nothing = fileColumns(key)
    .map(({ name, parquetType }) => `NULL::${parquetType} AS ${quoteName(name)}`)
    .join(', ');
  const source =
    partitions.length === 0
      ? `SELECT ${nothing} WHERE FALSE`
      : `SELECT DISTINCT ${selectList(fileColumns(key))} FROM ${readPartitions(partitions)}`;
  await connection.run(copyTo(source, paths.keys));
  const files = `[${known.map(duckdbText).join(', ')}]`;
  const before =
    known.length === 0
      ? `SELECT ${nothing} WHERE FALSE`
      : `SELECT ${typedKey(key)} FROM read_parquet(${files}, union_by_name = true)`;
  const gone = `${before}\nEXCEPT\nFROM read_parquet(${duckdbText(paths.keys)})`;
  const deleted = `SELECT ${selectList(deletedColumns(comparison))}\nFROM (${gone})`;
  const result = await connection.run(copyTo(deleted, paths.deleted));
  return Number((await result.getRows())[0]?.[0] ?? 0);
}
