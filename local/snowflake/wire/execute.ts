import type { Bind, EngineSession, ResultSet } from '../statement.ts';
import { SnowflakeError } from '../statement.ts';
import { createQueryId } from './query-id.ts';
import { outcomeOf, type RunOutcome, StatementRun } from './statement-run.ts';
import { asSnowflakeError, wireError } from './wire-errors.ts';

export interface StatementRequest {
  readonly queryId: string;
  readonly sql: string;
  readonly user: string;
  readonly binds: Readonly<Record<string, Bind>> | undefined;
  readonly describeOnly: boolean;
  /** MULTI_STATEMENT_COUNT of the request; 0 for any number. */
  readonly statementCount: number | undefined;
}

/** statementTypeId of a request with several statements. */
const MULTI_STATEMENT = 0xa000;
const SNIPPET_LENGTH = 30;

/** What a request of several statements answers itself; the rows are its children's. */
const DONE: ResultSet = (() => {
  const text = '["Multiple statements executed successfully."]';
  const partition = { rowCount: 1, byteCount: text.length, read: async () => text };
  return {
    columns: [
      {
        name: 'multiple statement execution',
        type: 'text',
        nullable: false,
        precision: null,
        scale: null,
        length: 16_777_216,
        byteLength: 16_777_216,
      },
    ],
    rowCount: 1,
    partitions: [partition],
  };
})();

/** MULTI_STATEMENT_COUNT of the request, else of the session, else 1. */
function desiredCount(session: EngineSession, request: StatementRequest): number {
  if (request.statementCount !== undefined) return request.statementCount;
  const own = session.parameters().find(({ name }) => name === 'MULTI_STATEMENT_COUNT');
  return own === undefined ? 1 : Number(own.value);
}

/**
 * The error of a request of which one statement failed, worded as
 * https://docs.snowflake.com/en/developer-guide/sql-api/submitting-multiple-statements shows it.
 */
function multiStatementError(sql: string, failed: string, offset: number, cause: SnowflakeError) {
  const at = sql.slice(0, offset);
  const line = at.split('\n').length;
  const position = offset - (at.lastIndexOf('\n') + 1);
  const isLong = failed.length > SNIPPET_LENGTH;
  const snippet = isLong ? `${failed.slice(0, SNIPPET_LENGTH)}...` : failed;
  return new SnowflakeError(
    '100132',
    'P0000',
    'JavaScript execution error: Uncaught Execution of multiple statements failed on statement ' +
      `"${snippet}" (at line ${line}, position ${position}).\n${cause.message} in SYSTEM$MULTISTMT`,
    cause,
  );
}

/**
 * Runs each statement under an id of its own; the first failure ends the request, what was done
 * before stays done.
 */
async function executeEach(
  session: EngineSession,
  request: StatementRequest,
  statements: readonly string[],
  signal: AbortSignal,
): Promise<RunOutcome> {
  const children: StatementRun[] = [];
  let offset = 0;
  for (const sql of statements) {
    offset = Math.max(request.sql.indexOf(sql, offset), offset);
    const id = createQueryId(Date.now());
    const child = new StatementRun(
      { id, sql, user: request.user, requestId: undefined, startedAtMs: Date.now() },
      async () =>
        outcomeOf(await session.execute(sql, { queryId: id, signal }), session.parameters()),
    );
    await child.ended;
    if (signal.aborted) throw asSnowflakeError(signal.reason);
    if (child.error !== undefined) throw multiStatementError(request.sql, sql, offset, child.error);
    children.push(child);
    offset += sql.length;
  }
  const { context } = session;
  const parameters = session.parameters();
  const statementTypeId = MULTI_STATEMENT;
  return { statementTypeId, result: DONE, context, parameters, bindCount: 0, children };
}

/**
 * Runs what a client sent: one statement, or several when it has said so. Throws SnowflakeError.
 */
export async function executeRequest(
  session: EngineSession,
  request: StatementRequest,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const desired = desiredCount(session, request);
  const statements = session.split(request.sql);
  if (desired !== 0 && statements.length > 0 && statements.length !== desired) {
    throw wireError.statementCount(statements.length, desired);
  }
  if (statements.length > 1) {
    if (Object.keys(request.binds ?? {}).length > 0) throw wireError.bindsInMultiStatement();
    return executeEach(session, request, statements, signal);
  }
  const result = await session.execute(statements[0] ?? request.sql, {
    queryId: request.queryId,
    describeOnly: request.describeOnly,
    signal,
    ...(request.binds === undefined ? {} : { binds: request.binds }),
  });
  return outcomeOf(result, session.parameters());
}
