/** What the wire asks of the engine, and what the engine answers: the only border between the two. */

export type WireType =
  | 'fixed'
  | 'real'
  | 'text'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp_ntz'
  | 'timestamp_ltz'
  | 'timestamp_tz'
  | 'variant'
  | 'object'
  | 'array'
  | 'binary';

/** One column of a result, as Snowflake's `rowtype` describes it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: WireType;
  readonly nullable: boolean;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
  readonly byteLength: number | null;
}

/**
 * A run of result rows. `text` is JSON: the rows without the outer brackets (`["1","a"],["2",null]`), every cell
 * a string or null in the driver's wire form (dates as days since 1970, timestamps as `seconds.nnnnnnnnn`, to drivers
 * with as many digits as the type has, TZ with ` offset+1440`, booleans `1` or `0`, binary as upper-case hex, VARIANT as JSON text).
 */
export interface ResultPartition {
  readonly rowCount: number;
  readonly byteCount: number;
  read(): Promise<string>;
  /** The rows as an Arrow IPC stream in Snowflake's encoding, where the session asked for Arrow. */
  arrow?(): Promise<Buffer>;
}

export interface ResultSet {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  readonly partitions: readonly ResultPartition[];
}

export interface SessionContext {
  readonly database: string | null;
  readonly schema: string | null;
  readonly warehouse: string | null;
  readonly role: string | null;
}

/** PUT and GET: what the driver copies between its machine and the folder of an internal stage. */
export type FileTransfer =
  | {
      readonly command: 'UPLOAD';
      /** Paths on the client's side, perhaps with wildcards. */
      readonly sources: readonly string[];
      readonly folder: string;
      readonly parallel: number;
      readonly autoCompress: boolean;
      readonly sourceCompression: string;
      readonly overwrite: boolean;
    }
  | {
      readonly command: 'DOWNLOAD';
      /** Names below the folder. */
      readonly sources: readonly string[];
      readonly folder: string;
      readonly localFolder: string;
      readonly parallel: number;
    };

export interface StatementResult {
  /** Snowflake's statementTypeId: SELECT 0x1000, INSERT 0x3100, UPDATE 0x3200, DELETE 0x3300, MERGE 0x3400 … */
  readonly statementTypeId: number;
  readonly result: ResultSet;
  /** What is left for the driver to do. */
  readonly transfer?: FileTransfer;
  /** The session's context after the statement. */
  readonly context: SessionContext;
  /** Binds of a statement that was described, or that came with some. */
  readonly bindCount?: number;
}

export interface Bind {
  readonly type: string;
  readonly value: string | null | readonly (string | null)[];
}

export interface ExecuteOptions {
  /** Query id the wire has already given the statement, 8-4-4-4-12 lower-case hex. */
  readonly queryId: string;
  /** Positional binds, keyed "1", "2", …. */
  readonly binds?: Readonly<Record<string, Bind>>;
  /** Columns only, nothing runs. */
  readonly describeOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** One log-in. Statements of a session run one after the other. */
export interface EngineSession {
  readonly context: SessionContext;
  /** Splits a text into its statements, comments and literals respected. */
  split(sql: string): readonly string[];
  /** Runs one statement. Throws SnowflakeError for everything Snowflake would refuse or we do not support. */
  execute(sql: string, options: ExecuteOptions): Promise<StatementResult>;
  /** Session parameters as the log-in answer and each query answer list them. */
  parameters(): ReadonlyArray<{ readonly name: string; readonly value: string | number | boolean }>;
  /** Rolls back an open transaction and drops temporary objects. */
  close(): Promise<void>;
}

/** Where and as whom a session starts; names are folded to upper case unless they stand in double quotes. */
export interface OpenSession {
  readonly user: string;
  /** CLIENT_APP_ID of the log-in; it decides the format of results. JSON when absent. */
  readonly client?: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly role?: string | undefined;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

export interface Engine {
  openSession(options: OpenSession): Promise<EngineSession>;
  /** Checkpoints and closes the store; everything committed survives without it, too. */
  close(): Promise<void>;
}

/** An error as Snowflake reports it: six-digit code, SQLSTATE, and its message. */
export class SnowflakeError extends Error {
  override readonly name = 'SnowflakeError';
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.sqlState = sqlState;
  }
}
