import { quoteText } from '../catalog/names.ts';
import type { StoreConnection } from '../storage/connection.ts';

/**
 * What COPY has done with each file, for 64 days; COPY_HISTORY reads it. `is_loaded` is what keeps a
 * file from being loaded again: TRUNCATE takes it back.
 */
export const LOAD_HISTORY_TABLE = `
CREATE SCHEMA IF NOT EXISTS _sf;
CREATE TABLE IF NOT EXISTS _sf.load_history (
  table_id BIGINT NOT NULL, stage_location VARCHAR NOT NULL, file_name VARCHAR NOT NULL,
  content_key VARCHAR NOT NULL, file_size BIGINT NOT NULL, last_load_time TIMESTAMP_MS NOT NULL,
  status VARCHAR NOT NULL, row_count BIGINT NOT NULL, row_parsed BIGINT NOT NULL, error_count BIGINT NOT NULL,
  error_limit BIGINT, first_error_message VARCHAR, first_error_line BIGINT, first_error_character BIGINT,
  first_error_column VARCHAR, pipe_name VARCHAR, is_loaded BOOLEAN NOT NULL
)`;

export type LoadStatus = 'LOADED' | 'PARTIALLY_LOADED' | 'LOAD_FAILED';

/** What COPY did with one file. */
export interface FileOutcome {
  readonly name: string;
  readonly contentKey: string;
  readonly sizeBytes: number;
  readonly status: LoadStatus;
  readonly rowsParsed: number;
  readonly rowsLoaded: number;
  readonly errorLimit: number;
  readonly errorsSeen: number;
  readonly firstError: FirstError | null;
}

export interface FirstError {
  readonly message: string;
  readonly line: number | null;
  readonly character: number | null;
  /** `"T"["AMOUNT":2]` */
  readonly column: string | null;
}

export interface LoadPlace {
  readonly tableId: number;
  /** Where the files are, as LIST shows it. */
  readonly location: string;
}

const HISTORY_DAYS = 64;

const text = (value: string | null): string => (value === null ? 'NULL' : quoteText(value));

/** SQL that notes what was done with files. */
export function noteLoadsSql(
  { tableId, location }: LoadPlace,
  outcomes: readonly FileOutcome[],
  at: Date,
): string {
  const rows = outcomes.map((each) => {
    const { firstError: error } = each;
    const cells = [
      tableId,
      quoteText(location),
      quoteText(each.name),
      quoteText(each.contentKey),
      each.sizeBytes,
      `epoch_ms(${at.getTime()})`,
      quoteText(each.status),
      each.rowsLoaded,
      each.rowsParsed,
      each.errorsSeen,
      each.errorLimit,
      text(error?.message ?? null),
      error?.line ?? 'NULL',
      error?.character ?? 'NULL',
      text(error?.column ?? null),
      'NULL',
      each.status !== 'LOAD_FAILED',
    ];
    return `(${cells.join(', ')})`;
  });
  return `INSERT INTO _sf.load_history VALUES ${rows.join(', ')}`;
}

/** SQL that drops what is older than 64 days. */
export const forgetOldLoadsSql = (now: Date): string =>
  `DELETE FROM _sf.load_history WHERE last_load_time < epoch_ms(${now.getTime() - HISTORY_DAYS * 86_400_000})`;

/** SQL after which the files of a table may be loaded again; what was done stays noted. */
export const forgetLoadsSql = (tableId: number): string =>
  `UPDATE _sf.load_history SET is_loaded = FALSE WHERE table_id = ${tableId} AND is_loaded`;

/**
 * Which files a table has taken in the last 64 days: `name`, then `contentKey`, of each.
 * https://docs.snowflake.com/en/user-guide/data-load-considerations-load#load-metadata
 */
export async function loadedFiles(
  read: Pick<StoreConnection, 'rows'>,
  { tableId, location }: LoadPlace,
  now: Date,
): Promise<ReadonlySet<string>> {
  const since = now.getTime() - HISTORY_DAYS * 86_400_000;
  const rows = await read.rows(
    `SELECT file_name, content_key FROM _sf.load_history WHERE table_id = ${tableId} AND is_loaded ` +
      `AND stage_location = ${quoteText(location)} AND last_load_time >= epoch_ms(${since})`,
  );
  return new Set(rows.map(({ file_name, content_key }) => historyKey(file_name, content_key)));
}

export const historyKey = (name: unknown, contentKey: unknown): string =>
  JSON.stringify([name, contentKey]);
