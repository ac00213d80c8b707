import type { ScopeColumn } from '../sql/scope.ts';
import { INTEGER, TEXT, TIMESTAMP_LTZ } from '../sql/types/names.ts';
import type { ExecuteOptions, FileTransfer, ResultSet } from '../statement.ts';
import { encodeRows } from '../storage/encode-result.ts';
import { resultColumn } from '../storage/result-column.ts';
import type { SnowflakeType } from '../types.ts';
import type { TokenReader } from './parse/token-reader.ts';
import { fractionDigits } from './result-format.ts';
import type { SessionState } from './session-state.ts';

/** Snowflake's statementTypeId by family; the drivers tell kinds of statements apart by them. */
export const STATEMENT_TYPE = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  multiInsert: 0x3500,
  copy: 0x3600,
  unload: 0x3700,
  session: 0x4000,
  alterSession: 0x4100,
  use: 0x4300,
  useDatabase: 0x4301,
  useSchema: 0x4302,
  useWarehouse: 0x4303,
  show: 0x4400,
  describe: 0x4500,
  transaction: 0x5000,
  ddl: 0x6000,
} as const;

/** One statement on its way through a session. */
export interface Statement {
  /** Binds and LAST_QUERY_ID() are written into it. */
  readonly sql: string;
  readonly reader: TokenReader;
  readonly queryId: string;
  readonly now: Date;
  readonly describeOnly: boolean;
  readonly signal: AbortSignal | undefined;
  /** Runs a statement inside this one, under an id of its own. */
  readonly nested: RunNested;
}

export type RunNested = (
  sql: string,
  binds?: ExecuteOptions['binds'],
) => Promise<{ readonly answer: Answer; readonly queryId: string }>;

export interface Answer {
  readonly statementTypeId: number;
  readonly result: ResultSet;
  readonly transfer?: FileTransfer;
}

export type Handler = (session: SessionState, statement: Statement) => Promise<Answer>;

export const textColumn = (name: string): ScopeColumn => column(name, TEXT);
export const integerColumn = (name: string): ScopeColumn => column(name, INTEGER);
export const timeColumn = (name: string): ScopeColumn =>
  column(name, { ...TIMESTAMP_LTZ, scale: 3 });

function column(name: string, type: SnowflakeType): ScopeColumn {
  return { name, type, nullable: true };
}

const STATUS = [textColumn('status')];

/** Columns without rows, the answer to describeOnly. */
export function answerColumns(typeId: number, columns: readonly ScopeColumn[]): Answer {
  const result = { columns: columns.map(resultColumn), rowCount: 0, partitions: [] };
  return { statementTypeId: typeId, result };
}

export function answerRows(
  session: SessionState,
  statement: Statement,
  typeId: number,
  columns: readonly ScopeColumn[],
  rows: readonly (readonly (string | null)[])[],
): Answer {
  const { results } = session.engine;
  const result = encodeRows(results, columns, rows, statement.queryId, fractionDigits(session));
  return { statementTypeId: typeId, result };
}

/** The one row of most statements: what was done, in words. */
export function answerStatus(
  session: SessionState,
  statement: Statement,
  typeId: number,
  message: string,
): Answer {
  return answerRows(session, statement, typeId, STATUS, [[message]]);
}

/** A time as a timestamp's wire form. */
export function wireTime(at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const millis = String(at.getTime() - seconds * 1000).padStart(3, '0');
  return `${seconds}.${millis}000000`;
}
