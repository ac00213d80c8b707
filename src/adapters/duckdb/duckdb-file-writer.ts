import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { profileSql, type RowProfile, readProfile } from '../../model/row-profile.ts';
import type { FileContent, FileWriter } from '../../ports/file-writer.ts';
import type { SourceColumn } from '../../ports/warehouse.ts';
import { addedColumns, type FileColumn, fileColumns, selectList } from './column-types.ts';
import { duckdbProfile } from './file-profile.ts';
import { translateDuckdbError } from './translate-error.ts';

export interface DuckdbFileWriterOptions {
  /** Where DuckDB may spill. */
  readonly temporaryDirectory: string;
  readonly memoryLimitMb: number;
  readonly threads?: number;
  /** Most that may be spilled. */
  readonly temporaryLimitMb?: number;
}

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
const ROW_BYTES = 16 * 1024 ** 2;
const LONG_ROW_BYTES = 160 * 1024 ** 2;

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function openDuckdb(options: DuckdbFileWriterOptions): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 2),
    memory_limit: `${options.memoryLimitMb}MB`,
    temp_directory: options.temporaryDirectory,
    max_temp_directory_size: `${options.temporaryLimitMb ?? 1024}MB`,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  return instance.connect();
}

/** Reads every cell as text, then casts by column: no row becomes a JavaScript object. */
function copySql(
  columns: readonly FileColumn[],
  partitions: readonly string[],
  path: string,
  rowBytes: number,
): string {
  const files = `[${partitions.map(literal).join(', ')}]`;
  const form = `format = 'array', records = 'false', columns = {'j': 'VARCHAR[]'}`;
  const reading = `read_json(${files}, ${form}, maximum_object_size = ${rowBytes})`;
  return (
    `COPY (SELECT ${selectList(columns)}\n FROM ${reading} AS rows(j))\n` +
    `TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`
  );
}

const isRowTooLong = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('maximum_object_size');

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** The profile of a file just written, whose pages the system still has in memory. */
async function profileOf(
  connection: DuckDBConnection,
  columns: readonly SourceColumn[],
  path: string,
): Promise<RowProfile> {
  const relation = `read_parquet(${literal(path)}, hive_partitioning = false)`;
  const result = await connection.run(profileSql(relation, columns, duckdbProfile()));
  const [row = []] = await result.getRows();
  return readProfile(columns, row as (string | null)[]);
}

/**
 * Writes snappy Parquet files with DuckDB, loaded and opened at the first file: most steps of an
 * extraction write none.
 *
 * `write` throws RESULT_CORRUPT when the rows are no JSON or a value does not fit its column, and
 * TransientError STORE_UNAVAILABLE when memory or disk ran out.
 */
export function duckdbFileWriter(options: DuckdbFileWriterOptions): FileWriter {
  let opening: Promise<DuckDBConnection> | undefined;
  const writeRows = async (
    connection: DuckDBConnection,
    content: FileContent,
    path: string,
  ): Promise<number> => {
    const columns = [
      ...fileColumns(content.columns),
      ...addedColumns(content.extractedAt, content.sourceSystem),
    ];
    const copy = async (rowBytes: number) => {
      const result = await connection.run(copySql(columns, content.partitions, path, rowBytes));
      return Number((await result.getRows())[0]?.[0] ?? 0);
    };
    try {
      return await copy(ROW_BYTES);
    } catch (error) {
      if (!isRowTooLong(error)) throw error;
      return await copy(LONG_ROW_BYTES);
    }
  };
  return {
    columnsOf(columns) {
      return [...fileColumns(columns), ...addedColumns('', '')].map(
        ({ name, type, nullable, parquetType }) => ({ name, type, nullable, parquetType }),
      );
    },
    async write(content, path) {
      opening ??= openDuckdb(options);
      const connection = await opening;
      try {
        const rows = await writeRows(connection, content, path);
        const hashing = Promise.all([stat(path), sha256Of(path)]);
        const profile = await profileOf(connection, content.columns, path);
        const [{ size }, sha256] = await hashing;
        return { rows, bytes: size, sha256, profile };
      } catch (error) {
        throw translateDuckdbError(error, `write ${basename(path)}`);
      }
    },
  };
}
