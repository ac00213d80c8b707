/** Snowflake's data types, as far as they can be extracted. */
export type SourceTypeName =
  | 'NUMBER'
  | 'FLOAT'
  | 'TEXT'
  | 'BOOLEAN'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP_NTZ'
  | 'TIMESTAMP_LTZ'
  | 'TIMESTAMP_TZ'
  | 'VARIANT'
  | 'OBJECT'
  | 'ARRAY'
  | 'BINARY';

export interface SourceColumn {
  /** As the source spells it. */
  readonly name: string;
  /** In the source's words; one we do not know stays as it came. */
  readonly type: SourceTypeName | (string & {});
  /** NUMBER: digits in all. */
  readonly precision: number | null;
  /** NUMBER: digits after the point; TIME and TIMESTAMP: fractional digits, 0 to 9. */
  readonly scale: number | null;
  /** TEXT: characters; BINARY: bytes. */
  readonly length: number | null;
  readonly nullable: boolean;
}

export interface ResultPartition {
  readonly rows: number;
  /** Size of the rows as text, uncompressed. */
  readonly bytes: number;
}

export interface QueryResult {
  readonly queryId: string;
  readonly columns: readonly SourceColumn[];
  readonly rows: number;
  readonly partitions: readonly ResultPartition[];
}

/** What one statement answered. */
export interface StatementRows {
  readonly queryId: string;
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A warehouse that answers queries; sessions are in UTC. */
export interface Warehouse {
  /** Starts a statement and returns its query id; the same request id starts it once only. */
  submit(sql: string, requestId: string): Promise<string>;
  /** Waits until a statement has ended and tells what its result holds. */
  waitFor(queryId: string): Promise<QueryResult>;
  /** As `waitFor`, for some seconds at most; null when the statement is running still. */
  poll(queryId: string, seconds: number): Promise<QueryResult | null>;
  /**
   * Starts statements of one session, one after the other, and returns the query id of all; the
   * same request id starts them once only.
   */
  submitAll(statements: readonly string[], requestId: string): Promise<string>;
  /**
   * The rows of each of such statements, once all have ended; null when that takes more than some
   * seconds. For answers of a few thousand rows.
   */
  pollAll(queryId: string, seconds: number): Promise<readonly StatementRows[] | null>;
  /**
   * Saves one partition of a result to a file: a JSON array of rows, each an array of texts or
   * nulls.
   */
  savePartition(queryId: string, partition: number, path: string): Promise<void>;
  /** Stops a statement; one that has ended is left alone. */
  cancel(queryId: string): Promise<void>;
  /** Runs a statement and returns the one value it selects, as text. */
  scalar(sql: string): Promise<string | null>;
  /** The columns a SELECT would return; no rows are read. */
  describe(select: string): Promise<readonly SourceColumn[]>;
  /** The source's own clock: UTC, `YYYY-MM-DD HH:MM:SS.nnnnnnnnn`. */
  now(): Promise<string>;
}
