import { duckdbText } from '../../model/sql-text.ts';

/**
 * Rows in one row group; DuckDB's own unit of parallel work.
 * https://duckdb.org/docs/stable/data/parquet/tips
 */
const ROW_GROUP_ROWS = 122_880;

/**
 * Longest row as JSON text, in bytes. Each thread's buffers have twice this size, so that the
 * larger one, which holds the longest value Snowflake has (128 MB), is used only for files that
 * need it.
 */
export const ROW_BYTES = 16 * 1024 ** 2;
export const LONG_ROW_BYTES = 160 * 1024 ** 2;

/** Rows of partitions, each cell a text: no row becomes a JavaScript object. */
export function readPartitions(partitions: readonly string[], rowBytes = ROW_BYTES): string {
  const files = `[${partitions.map(duckdbText).join(', ')}]`;
  const form = `format = 'array', records = 'false', columns = {'j': 'VARCHAR[]'}`;
  return `read_json(${files}, ${form}, maximum_object_size = ${rowBytes}) AS rows(j)`;
}

/** Writes what a SELECT gives as a file. */
export const copyTo = (select: string, path: string): string =>
  `COPY (${select})\n` +
  `TO ${duckdbText(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`;
