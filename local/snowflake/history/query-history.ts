import { quoteText } from '../catalog/names.ts';
import type { StoreConnection } from '../storage/connection.ts';

/** One statement that has ended. */
export interface QueryRecord {
  readonly queryId: string;
  readonly text: string;
  readonly type: string;
  readonly sessionId: number;
  readonly user: string;
  readonly database: string | null;
  readonly schema: string | null;
  readonly role: string | null;
  readonly warehouse: string | null;
  readonly tag: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly rowsProduced: number | null;
}

const TABLE = `
CREATE SCHEMA IF NOT EXISTS _sf;
CREATE TABLE IF NOT EXISTS _sf.query_history (
  query_id VARCHAR, query_text VARCHAR, query_type VARCHAR, session_id BIGINT, user_name VARCHAR,
  database_name VARCHAR, schema_name VARCHAR, role_name VARCHAR, warehouse_name VARCHAR,
  query_tag VARCHAR, error_code VARCHAR, error_message VARCHAR, start_time TIMESTAMP_MS,
  end_time TIMESTAMP_MS, rows_produced BIGINT
)`;

/** https://docs.snowflake.com/en/sql-reference/functions/query_history */
const KEPT_DAYS = 7;
const MAX_ROWS = 100_000;
const MAX_TEXT = 100_000;

const FLUSH_MS = 1000;

/** Keys of a bucket in a statement are not kept, as Snowflake does not show them. */
const SECRET = /\b(AWS_KEY_ID|AWS_SECRET_KEY|AWS_TOKEN)(\s*=\s*)'[^']*'/gi;

const cell = (value: string | number | null): string => {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : quoteText(value);
};

function rowSql(record: QueryRecord): string {
  const text = record.text.slice(0, MAX_TEXT).replace(SECRET, "$1$2'****'");
  const cells = [
    ...[record.queryId, text, record.type, record.sessionId, record.user, record.database],
    ...[record.schema, record.role, record.warehouse, record.tag, record.errorCode],
    record.errorMessage,
  ].map(cell);
  const times = [record.startedAt, record.endedAt].map(
    (at) => `make_timestamp_ms(${at.getTime()})`,
  );
  return `(${[...cells, ...times, cell(record.rowsProduced)].join(', ')})`;
}

/**
 * The statements of the last days, in a table of the store. They are written together once a
 * second, so that no statement waits for it; a process that is killed loses that second.
 */
export class QueryHistory {
  readonly #connection: StoreConnection;
  readonly #now: () => Date;
  #waiting: QueryRecord[] = [];
  #writing: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  private constructor(connection: StoreConnection, now: () => Date) {
    this.#connection = connection;
    this.#now = now;
  }

  /** Opens the history over a connection of its own, and drops what is too old. */
  static async open(connection: StoreConnection, now: () => Date): Promise<QueryHistory> {
    await connection.run(TABLE);
    const history = new QueryHistory(connection, now);
    await history.sweep();
    return history;
  }

  add(record: QueryRecord): void {
    this.#waiting.push(record);
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), FLUSH_MS).unref();
  }

  /** Writes what waits, so that a query sees every statement before it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const records = this.#waiting;
    this.#waiting = [];
    if (records.length > 0) {
      const rows = records.map(rowSql).join(', ');
      this.#inTurn(`INSERT INTO _sf.query_history VALUES ${rows}`);
    }
    await this.#writing;
  }

  /** Drops statements that are older than seven days, and the oldest beyond a number of rows. */
  async sweep(): Promise<void> {
    const oldest = this.#now().getTime() - KEPT_DAYS * 86_400_000;
    this.#inTurn(`DELETE FROM _sf.query_history WHERE end_time < make_timestamp_ms(${oldest})`);
    this.#inTurn(
      `DELETE FROM _sf.query_history WHERE rowid IN
         (SELECT rowid FROM _sf.query_history ORDER BY end_time DESC OFFSET ${MAX_ROWS})`,
    );
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#connection.close();
  }

  #inTurn(sql: string): void {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#connection.run(sql));
  }
}
