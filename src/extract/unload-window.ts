import { TerminalError } from '../errors.ts';
import type { ManifestColumn, ManifestFile } from '../model/manifest.ts';
import { readProfile } from '../model/row-profile.ts';
import type { StatementRows, Warehouse } from '../ports/warehouse.ts';
import { type BronzeKeys, requestIdFor } from './bronze-keys.ts';
import type { WindowReading } from './read-window.ts';
import type { PartResult } from './run-documents.ts';
import { type UnloadOptions, unloadedColumns, unloadStatements } from './unload-sql.ts';

export interface UnloadRequest {
  readonly warehouse: Warehouse;
  readonly reading: WindowReading;
  /** The columns that fetched files would have. */
  readonly fetchedColumns: readonly ManifestColumn[];
  readonly runId: string;
  readonly options: UnloadOptions;
}

export interface StartedUnload {
  readonly queryId: string;
  /** The columns that the files have. */
  readonly columns: ManifestColumn[];
}

/** Starts the unload of a window; the same run starts it once only. */
export async function startUnload(request: UnloadRequest): Promise<StartedUnload> {
  const { warehouse, reading, runId, options } = request;
  const columns = unloadedColumns(reading.columns, request.fetchedColumns, options);
  const statements = unloadStatements(reading, columns, options);
  const queryId = await warehouse.submitAll(
    statements,
    requestIdFor(runId, statements.join(';\n')),
  );
  return { queryId, columns: columns.map(({ expression: _, ...column }) => column) };
}

/**
 * A file of DETAILED_OUTPUT: its name, with or without the path, its size and its rows. A path that
 * is not the run's own is nothing to go by, since Snowflake says it from the stage on.
 */
function fileOf(row: readonly (string | null)[], keys: BronzeKeys): ManifestFile {
  const [name, size, rows] = row;
  const file = name?.split('/').at(-1);
  if (row.length === 3 && file?.endsWith('.parquet')) {
    return { key: `${keys.folder}${file}`, rows: Number(rows), bytes: Number(size) };
  }
  throw new TerminalError(
    'Cannot read what COPY INTO answered: expected FILE_NAME, FILE_SIZE and ROW_COUNT. ' +
      'Use strategy fetch.',
    { code: 'RESULT_CORRUPT', details: { cells: row.length } },
  );
}

/**
 * What an unload wrote, as the one part of its window, and how many rows the source counts at the
 * same snapshot; null while it is running.
 */
export async function followUnload(
  warehouse: Warehouse,
  reading: WindowReading,
  { queryId, keys }: { readonly queryId: string; readonly keys: BronzeKeys },
  seconds: number,
): Promise<PartResult | null> {
  const answers = await warehouse.pollAll(queryId, seconds);
  if (answers === null) return null;
  const [, copied, profiled] = answers as [StatementRows, StatementRows, StatementRows];
  const files = copied.rows.map((row) => fileOf(row, keys)).filter(({ rows }) => rows > 0);
  const profile = readProfile(reading.columns, profiled.rows[0] ?? []);
  return {
    version: 1,
    part: 0,
    queryId: copied.queryId,
    files,
    nextPartition: null,
    sourceRows: profile.rows,
    rows: files.reduce((total, { rows }) => total + rows, 0),
    bytes: files.reduce((total, { bytes }) => total + bytes, 0),
    profile,
  };
}
