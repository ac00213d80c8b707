import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { quote, quoteText } from '../catalog/names.ts';
import { SnowflakeError } from '../statement.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { type FileFormat, flagOf } from './file-format.ts';
import type { CsvShape } from './read-csv.ts';
import { readRecords } from './read-file.ts';
import { recordError } from './staged-row.ts';

/** A file that has been brought to this machine. */
export interface LocalFile {
  readonly path: string;
  /** Name it has in its stage. */
  readonly name: string;
}

export interface StagingOptions {
  readonly format: FileFormat;
  /** Columns `$1` to `$width` of the table. */
  readonly width: number;
  readonly shape: CsvShape;
  /** Folder for files on the way. */
  readonly scratch: string;
  readonly signal: AbortSignal | undefined;
}

/** The table of a file's records, on the connection that staged it. */
export const STAGED = 'temp.main._sf_staged';

const positions = (width: number): number[] => Array.from({ length: width }, (_, at) => at + 1);

/**
 * Reads a file into a temporary table: its records in order, with the line each begins at, the cells
 * as `$1`, `$2`, … (texts of CSV; one JSON text otherwise), or why it cannot be read.
 */
export async function stageRows(
  connection: StoreConnection,
  file: LocalFile,
  options: StagingOptions,
): Promise<void> {
  await mkdir(options.scratch, { recursive: true });
  if (options.format.type === 'PARQUET') return stageParquet(connection, file, options);
  const rows = join(options.scratch, 'rows.json');
  try {
    await writeRows(file, rows, options);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${STAGED} AS ${stagedSql(rows, options.width)}`,
    );
  } finally {
    await rm(rows, { force: true });
  }
}

/** Longest line of the file between reader and database. */
const LONGEST_ROW = 64 * 1024 * 1024;

function stagedSql(path: string, width: number): string {
  const cells = positions(width).map((at) => `_sf_r[${at + 2}] AS ${quote(`$${at}`)}`);
  return (
    `SELECT row_number() OVER () AS _sf_row, CAST(_sf_r[1] AS BIGINT) AS _sf_line, ` +
    `_sf_r[2] AS _sf_error, ${cells.join(', ')} FROM (` +
    `SELECT from_json(json, '["VARCHAR"]') AS _sf_r FROM read_ndjson_objects(${quoteText(path)}, ` +
    `maximum_object_size = ${LONGEST_ROW})) AS _sf_lines`
  );
}

async function writeRows(file: LocalFile, path: string, options: StagingOptions): Promise<void> {
  const { format, shape, width, signal } = options;
  const out = createWriteStream(path);
  const write = async (line: number, error: object | null, cells: readonly unknown[]) => {
    const row = [String(line), error && JSON.stringify(error), ...cells];
    if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, 'drain');
  };
  let line = 1;
  try {
    for await (const row of readRecords(file.path, file.name, format, shape)) {
      signal?.throwIfAborted();
      line = row.line;
      await write(row.line, row.error ?? null, row.error ? [] : row.cells.slice(0, width));
    }
  } catch (error) {
    await write(line, unreadable(error, file.name), []);
  }
  out.end();
  await finished(out);
}

/** Why a file cannot be read any further: its bytes are no text, or not compressed as said. */
function unreadable(error: unknown, name: string) {
  if (error instanceof SnowflakeError) throw error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return recordError('100144', `Invalid UTF8 detected in string of file '${name}'`);
  }
  if (code === 'ENOENT') throw missingFile(name);
  const why = error instanceof Error ? error.message : String(error);
  return recordError('100097', `Cannot read file '${name}' with this COMPRESSION: ${why}`);
}

/** 091016: a file that the statement names is not there. */
export function missingFile(name: string): SnowflakeError {
  return new SnowflakeError(
    '091016',
    '22000',
    `Remote file '${name}' was not found. There are several potential causes. The file might not ` +
      'exist. The required credentials may be missing or invalid. If you are running a copy command, ' +
      'please make sure files are not deleted when they are being loaded or files are not being loaded ' +
      'into two different tables concurrently with auto purge option.',
  );
}

/** A column's values as JSON: dates and times as texts, which every cast can read. */
function jsonValue(name: string, type: string, isBinaryText: boolean): string {
  const column = quote(name);
  if (/^(?:TIMESTAMP|DATE|TIME)/.test(type)) return `CAST(${column} AS VARCHAR)`;
  if (type === 'BLOB') return isBinaryText ? `decode(${column})` : `hex(${column})`;
  if (type === 'DOUBLE' || type === 'FLOAT') {
    return `CASE WHEN isfinite(${column}) THEN to_json(${column}) ELSE to_json(CAST(${column} AS VARCHAR)) END`;
  }
  return column;
}

/** Each row of a Parquet file as one JSON object, in `$1`. */
async function stageParquet(
  connection: StoreConnection,
  { path, name }: LocalFile,
  { format, width }: StagingOptions,
): Promise<void> {
  const source = `read_parquet(${quoteText(path)})`;
  const rest = positions(width).slice(1);
  const others = rest.map((at) => `CAST(NULL AS VARCHAR) AS ${quote(`$${at}`)}`);
  try {
    const columns = await connection.rows(`DESCRIBE SELECT * FROM ${source}`);
    const isBinaryText = flagOf(format, 'BINARY_AS_TEXT');
    const pairs = columns.flatMap(({ column_name, column_type }) => [
      quoteText(String(column_name)),
      jsonValue(String(column_name), String(column_type), isBinaryText),
    ]);
    const cells = [`CAST(json_object(${pairs.join(', ')}) AS VARCHAR) AS "$1"`, ...others];
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${STAGED} AS SELECT row_number() OVER () AS _sf_row, ` +
        `row_number() OVER () AS _sf_line, CAST(NULL AS VARCHAR) AS _sf_error, ${cells.join(', ')} ` +
        `FROM ${source}`,
    );
  } catch (error) {
    const why = recordError(
      '100183',
      `Invalid Parquet file '${name}': ${(error as Error).message}`,
    );
    const none = positions(width).map((at) => `CAST(NULL AS VARCHAR) AS ${quote(`$${at}`)}`);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${STAGED} AS SELECT CAST(1 AS BIGINT) AS _sf_row, ` +
        `CAST(1 AS BIGINT) AS _sf_line, ${quoteText(JSON.stringify(why))} AS _sf_error, ${none.join(', ')}`,
    );
  }
}
