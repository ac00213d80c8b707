import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { profileSql, type RowProfile, readProfile } from '../../model/row-profile.ts';
import { duckdbText } from '../../model/sql-text.ts';
import type { FileContent, FileWriter } from '../../ports/file-writer.ts';
import type { KeyComparer } from '../../ports/key-comparer.ts';
import type { SourceColumn } from '../../ports/warehouse.ts';
import { addedColumns, type FileColumn, fileColumns, selectList } from './column-types.ts';
import { duckdbProfile } from './file-profile.ts';
import { keysOfFileSql, writeComparison } from './key-comparison.ts';
import { copyTo, LONG_ROW_BYTES, ROW_BYTES, readPartitions } from './parquet-sql.ts';
import { translateDuckdbError } from './translate-error.ts';

export interface DuckdbFileWriterOptions {
  /** Where DuckDB may spill. */
  readonly temporaryDirectory: string;
  readonly memoryLimitMb: number;
  readonly threads?: number;
  /** Most that may be spilled. */
  readonly temporaryLimitMb?: number;
}

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

/** Reads every cell as text, then casts by column. */
function copySql(
  columns: readonly FileColumn[],
  partitions: readonly string[],
  path: string,
  rowBytes: number,
): string {
  const reading = readPartitions(partitions, rowBytes);
  return copyTo(`SELECT ${selectList(columns)}\n FROM ${reading}`, path);
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
  const relation = `read_parquet(${duckdbText(path)}, hive_partitioning = false)`;
  const result = await connection.run(profileSql(relation, columns, duckdbProfile));
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
export function duckdbFileWriter(options: DuckdbFileWriterOptions): FileWriter & KeyComparer {
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
  const use = async <Result>(
    doing: string,
    work: (connection: DuckDBConnection) => Promise<Result>,
  ): Promise<Result> => {
    opening ??= openDuckdb(options);
    const connection = await opening;
    try {
      return await work(connection);
    } catch (error) {
      throw translateDuckdbError(error, doing);
    }
  };
  return {
    columnsOf(columns) {
      return [...fileColumns(columns), ...addedColumns('', '')].map(
        ({ name, type, nullable, parquetType }) => ({ name, type, nullable, parquetType }),
      );
    },
    async write(content, path) {
      return use(`write ${basename(path)}`, async (connection) => {
        const rows = await writeRows(connection, content, path);
        const hashing = Promise.all([stat(path), sha256Of(path)]);
        const profile = await profileOf(connection, content.columns, path);
        const [{ size }, sha256] = await hashing;
        return { rows, bytes: size, sha256, profile };
      });
    },
    async saveKeys(file, key, where, path) {
      await use(`read the keys of ${basename(file)}`, async (connection) => {
        await connection.run(keysOfFileSql(file, key, where, path));
      });
    },
    async compareKeys(comparison, paths) {
      return use('compare keys', async (connection) => {
        const rows = await writeComparison(connection, comparison, paths);
        const { size } = await stat(paths.deleted);
        const profile = await profileOf(connection, comparison.columns, paths.deleted);
        return { rows, bytes: size, sha256: await sha256Of(paths.deleted), profile };
      });
    },
  };
}
