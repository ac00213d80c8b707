import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../catalog/names.ts';
import type { StoreConnection } from '../storage/connection.ts';

/** A file that was written on its way to a stage. */
export interface WrittenFile {
  readonly path: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Size before compression. */
  readonly rawBytes: number;
}

export interface ParquetOptions {
  readonly isCompressed: boolean;
  /** Undefined for one file whatever its size. */
  readonly maxFileSize: number | undefined;
}

/** Rows that DuckDB keeps together; files end between groups, so that their sizes come near the wish. */
const GROUP_ROWS = 20_480;

/**
 * Writes the rows of a query to Parquet files of a folder, in their order. A file may be larger than
 * asked for by one group of rows, as Snowflake's may be.
 */
export async function writeParquet(
  connection: StoreConnection,
  sql: string,
  folder: string,
  { isCompressed, maxFileSize }: ParquetOptions,
): Promise<WrittenFile[]> {
  await mkdir(folder, { recursive: true });
  const isOne = maxFileSize === undefined;
  const target = isOne ? join(folder, 'data.parquet') : join(folder, 'files');
  const options = [
    'FORMAT parquet',
    `COMPRESSION ${isCompressed ? 'snappy' : 'uncompressed'}`,
    'RETURN_STATS true',
    `ROW_GROUP_SIZE ${GROUP_ROWS}`,
    ...(isOne
      ? []
      : [`FILE_SIZE_BYTES ${maxFileSize}`, "FILENAME_PATTERN '{i}'", 'PER_THREAD_OUTPUT false']),
  ];
  const written = await connection.rows(
    `COPY (${sql}) TO ${quoteText(target)} (${options.join(', ')})`,
  );
  const files: WrittenFile[] = [];
  for (const { filename, count, file_size_bytes } of written) {
    const path = String(filename);
    if (Number(count) === 0) await rm(path, { force: true });
    else files.push(await measured(connection, path, Number(count), Number(file_size_bytes)));
  }
  return files.sort((a, b) => numberOf(a.path) - numberOf(b.path));
}

const numberOf = (path: string): number => Number(/(\d+)\.parquet$/.exec(path)?.[1] ?? 0);

async function measured(
  connection: StoreConnection,
  path: string,
  rowCount: number,
  sizeBytes: number,
): Promise<WrittenFile> {
  const [row] = await connection.rows(
    `SELECT sum(total_uncompressed_size) AS raw FROM parquet_metadata(${quoteText(path)})`,
  );
  return { path, rowCount, sizeBytes, rawBytes: Number(row?.raw ?? sizeBytes) };
}
