import type { FileOutcome } from '../../copy/load-history.ts';
import {
  type Answer,
  answerRows,
  answerStatus,
  integerColumn,
  STATEMENT_TYPE,
  type Statement,
  textColumn,
} from '../answer.ts';
import type { SessionState } from '../session-state.ts';

/** https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#output */
export const LOAD_COLUMNS = [
  textColumn('file'),
  textColumn('status'),
  ...['rows_parsed', 'rows_loaded', 'error_limit', 'errors_seen'].map(integerColumn),
  textColumn('first_error'),
  ...['first_error_line', 'first_error_character'].map(integerColumn),
  textColumn('first_error_column_name'),
];

const text = (value: number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

/** What COPY answers: a row for each file, or that there was none. */
export function answerLoads(
  session: SessionState,
  statement: Statement,
  label: string,
  outcomes: readonly FileOutcome[],
): Answer {
  if (outcomes.length === 0) {
    const message = 'Copy executed with 0 files processed.';
    return answerStatus(session, statement, STATEMENT_TYPE.copy, message);
  }
  const rows = outcomes.map((each) => [
    label + each.name,
    each.status,
    String(each.rowsParsed),
    String(each.rowsLoaded),
    String(each.errorLimit),
    String(each.errorsSeen),
    each.firstError?.message ?? null,
    text(each.firstError?.line),
    text(each.firstError?.character),
    each.firstError?.column ?? null,
  ]);
  return answerRows(session, statement, STATEMENT_TYPE.copy, LOAD_COLUMNS, rows);
}

/** A record that VALIDATION_MODE found wanting. */
export interface Problem {
  readonly message: string;
  readonly file: string;
  readonly line: number | null;
  readonly character: number | null;
  readonly code: string;
  readonly sqlState: string;
  readonly column: string | null;
  readonly row: number;
}

/** https://docs.snowflake.com/en/sql-reference/functions/validate */
const PROBLEM_COLUMNS = [
  textColumn('ERROR'),
  textColumn('FILE'),
  ...['LINE', 'CHARACTER', 'BYTE_OFFSET'].map(integerColumn),
  textColumn('CATEGORY'),
  integerColumn('CODE'),
  textColumn('SQL_STATE'),
  textColumn('COLUMN_NAME'),
  ...['ROW_NUMBER', 'ROW_START_LINE'].map(integerColumn),
  textColumn('REJECTED_RECORD'),
];

export function answerProblems(
  session: SessionState,
  statement: Statement,
  problems: readonly Problem[],
): Answer {
  const rows = problems.map((each) => [
    each.message,
    each.file,
    text(each.line),
    text(each.character),
    null,
    each.column === null ? 'parsing' : 'conversion',
    String(Number(each.code)),
    each.sqlState,
    each.column,
    String(each.row),
    text(each.line),
    null,
  ]);
  return answerRows(session, statement, STATEMENT_TYPE.select, PROBLEM_COLUMNS, rows);
}
