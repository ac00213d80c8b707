import { quoteText } from '../catalog/names.ts';
import { unsupported } from '../sql/errors.ts';
import type { ScopeColumn } from '../sql/scope.ts';
import { INTEGER, TEXT, TIMESTAMP_LTZ } from '../sql/types/names.ts';
import { duckdbType, type SnowflakeType } from '../types.ts';

/** A relation over the history: DuckDB SQL and its columns. */
export interface HistoryRelation {
  readonly sql: string;
  readonly columns: readonly ScopeColumn[];
}

export type TableArguments = Readonly<Record<string, string>>;

const TIME: SnowflakeType = { ...TIMESTAMP_LTZ, scale: 3 };
const DURATION = "date_diff('millisecond', start_time, end_time)";

/** Columns with their DuckDB expressions; `failed` is how the view writes a failure. */
const columnsOf = (failed: string): readonly (readonly [string, SnowflakeType, string])[] => [
  ['QUERY_ID', TEXT, 'query_id'],
  ['QUERY_TEXT', TEXT, 'query_text'],
  ['DATABASE_NAME', TEXT, 'database_name'],
  ['SCHEMA_NAME', TEXT, 'schema_name'],
  ['QUERY_TYPE', TEXT, 'query_type'],
  ['SESSION_ID', INTEGER, 'session_id'],
  ['USER_NAME', TEXT, 'user_name'],
  ['ROLE_NAME', TEXT, 'role_name'],
  ['WAREHOUSE_NAME', TEXT, 'warehouse_name'],
  ['QUERY_TAG', TEXT, 'query_tag'],
  ['EXECUTION_STATUS', TEXT, `CASE WHEN error_code IS NULL THEN 'SUCCESS' ELSE '${failed}' END`],
  ['ERROR_CODE', TEXT, 'error_code'],
  ['ERROR_MESSAGE', TEXT, 'error_message'],
  ['START_TIME', TIME, 'CAST(start_time AS TIMESTAMP_NS)'],
  ['END_TIME', TIME, 'CAST(end_time AS TIMESTAMP_NS)'],
  ['TOTAL_ELAPSED_TIME', INTEGER, DURATION],
  ['BYTES_SCANNED', INTEGER, 'NULL'],
  ['ROWS_PRODUCED', INTEGER, 'rows_produced'],
  ['COMPILATION_TIME', INTEGER, 'NULL'],
  ['EXECUTION_TIME', INTEGER, DURATION],
];

function relation(failed: string, tail: string): HistoryRelation {
  const columns = columnsOf(failed);
  const cells = columns.map(
    ([name, type, sql]) => `CAST(${sql} AS ${duckdbType(type)}) AS "${name}"`,
  );
  return {
    sql: `SELECT ${cells.join(', ')} FROM _sf.query_history${tail}`,
    columns: columns.map(([name, type]) => ({ name, type, nullable: true })),
  };
}

/** A number of rows that a caller asks for; https://docs.snowflake.com/en/sql-reference/functions/query_history */
function limitOf(text = '100'): number {
  const rows = Number(text);
  if (!Number.isInteger(rows) || rows < 1 || rows > 10_000) {
    throw unsupported(`RESULT_LIMIT => ${text}; it is from 1 to 10000`);
  }
  return rows;
}

/** A time as an argument comes: the text of a literal, or DuckDB SQL. */
const timeSql = (text: string): string =>
  /^\d{4}-/.test(text) ? `CAST(${quoteText(text)} AS TIMESTAMP)` : `CAST(${text} AS TIMESTAMP)`;

const textSql = (text: string): string => (text.startsWith("'") ? text : quoteText(text));

type Filter = (value: string) => string;

const TIMES: Readonly<Record<string, Filter>> = {
  END_TIME_RANGE_START: (value) => `end_time >= ${timeSql(value)}`,
  END_TIME_RANGE_END: (value) => `end_time <= ${timeSql(value)}`,
};

const SUBJECTS: Readonly<Record<string, readonly [argument: string, filter: Filter] | undefined>> =
  {
    QUERY_HISTORY: undefined,
    QUERY_HISTORY_BY_SESSION: ['SESSION_ID', (value) => `session_id = CAST(${value} AS BIGINT)`],
    QUERY_HISTORY_BY_USER: ['USER_NAME', (value) => `user_name = ${textSql(value)}`],
    QUERY_HISTORY_BY_WAREHOUSE: ['WAREHOUSE_NAME', (value) => `warehouse_name = ${textSql(value)}`],
  };

/** Names of the table functions of INFORMATION_SCHEMA that this file answers. */
export const HISTORY_FUNCTIONS = Object.keys(SUBJECTS);

/**
 * QUERY_HISTORY and its kin as a relation, newest first. `own` is what BY_SESSION, BY_USER and
 * BY_WAREHOUSE mean without an argument.
 */
export function historyFunction(
  name: string,
  args: TableArguments,
  own: TableArguments,
): HistoryRelation | undefined {
  if (!Object.hasOwn(SUBJECTS, name)) return undefined;
  const subject = SUBJECTS[name];
  const known = new Set([...Object.keys(TIMES), 'RESULT_LIMIT', ...(subject ? [subject[0]] : [])]);
  const wrong = Object.keys(args).find((key) => !known.has(key));
  if (wrong !== undefined) throw unsupported(`argument ${wrong} of ${name}`);
  const filters = Object.entries(TIMES).flatMap(([key, filter]) =>
    args[key] === undefined ? [] : [filter(args[key])],
  );
  if (subject) filters.push(subject[1](args[subject[0]] ?? own[subject[0]] ?? ''));
  const where = filters.length > 0 ? ` WHERE ${filters.join(' AND ')}` : '';
  const tail = `${where} ORDER BY end_time DESC, rowid DESC LIMIT ${limitOf(args.RESULT_LIMIT)}`;
  return relation('FAILED_WITH_ERROR', tail);
}

/** https://docs.snowflake.com/en/sql-reference/account-usage/query_history, without its delay. */
const ACCOUNT_USAGE: Readonly<Record<string, HistoryRelation>> = {
  QUERY_HISTORY: relation('FAIL', ''),
};

/** Views of SNOWFLAKE.ACCOUNT_USAGE. */
export const ACCOUNT_USAGE_VIEWS = Object.keys(ACCOUNT_USAGE);

/** A view of SNOWFLAKE.ACCOUNT_USAGE by its name in full. */
export function accountUsageView([database, schema, name = '']: readonly string[]):
  | HistoryRelation
  | undefined {
  if (database !== 'SNOWFLAKE' || schema !== 'ACCOUNT_USAGE') return undefined;
  return Object.hasOwn(ACCOUNT_USAGE, name) ? ACCOUNT_USAGE[name] : undefined;
}
