import { AuthError } from '../../auth/auth-error.ts';
import type { StoredUser } from '../../auth/users.ts';
import type { Door } from '../door.ts';
import type { WireAnswer, WireRequest } from '../http.ts';
import type { Handler, Route } from '../routes.ts';
import type { StatementRun } from '../statement-run.ts';
import { asSnowflakeError } from '../wire-errors.ts';
import {
  canceledAnswer,
  errorAnswer,
  failureAnswer,
  partitionAnswer,
  runningAnswer,
  STATEMENTS,
} from './answers.ts';
import { authorize } from './authorize.ts';
import { SubmitRequest, submit } from './submit.ts';

/** What the codes of https://docs.snowflake.com/en/developer-guide/sql-api/reference mean here. */
const TIMED_OUT = '000630';

const isTrue = (value: string | null): boolean => value?.toLowerCase() === 'true';

const acceptsJson = (accept: string | undefined): boolean =>
  /application\/(json|\*)|\*\/\*/.test(accept ?? '');

/** The refusal of a request whose media types Snowflake does not take. */
function mediaTypeRefusal({ headers, method }: WireRequest): WireAnswer | undefined {
  if (!acceptsJson(headers.accept)) {
    const accept = headers.accept ?? 'null';
    return errorAnswer(400, '391902', `Unsupported Accept header ${accept} is specified.`);
  }
  const type = headers['content-type'];
  if (method === 'POST' && type !== undefined && !type.startsWith('application/json')) {
    return errorAnswer(415, '390142', `Unsupported Content-Type header ${type} is specified.`);
  }
  return undefined;
}

type UserHandler = (
  door: Door,
  user: StoredUser,
  request: WireRequest,
  parameters: Readonly<Record<string, string>>,
) => Promise<WireAnswer>;

/** Lets a request in that has a valid token and acceptable media types. */
const guarded =
  (handle: UserHandler): Handler =>
  async (door, request, parameters) => {
    try {
      const user = authorize(door.users, request);
      return mediaTypeRefusal(request) ?? (await handle(door, user, request, parameters));
    } catch (error) {
      if (error instanceof AuthError) return errorAnswer(401, error.code, error.message);
      throw error;
    }
  };

/**
 * The answer for a statement as it stands; `timedOutStatus` is 408 where the request waited for the
 * statement.
 */
async function answerRun(
  run: StatementRun,
  partition: number,
  timedOutStatus: number,
): Promise<WireAnswer> {
  if (run.isRunning) return runningAnswer(run);
  try {
    return await partitionAnswer(run, partition);
  } catch (thrown) {
    const error = asSnowflakeError(thrown);
    const status = error.code === TIMED_OUT ? timedOutStatus : 422;
    return failureAnswer(error, run.id, run.startedAtMs, status);
  }
}

/**
 * With `retry=true`, the statement that an earlier request of the same id has started, unless that
 * one failed.
 */
function earlierRun(
  door: Door,
  user: StoredUser,
  request: WireRequest,
  sql: string,
): StatementRun | undefined {
  const requestId = request.query.get('requestId');
  if (requestId === null || !isTrue(request.query.get('retry'))) return undefined;
  const run = door.log.findByRequest(requestId, user.name);
  return run === undefined || run.error !== undefined || run.sql !== sql ? undefined : run;
}

async function readBody(request: WireRequest): Promise<SubmitRequest | undefined> {
  try {
    return SubmitRequest.parse(await request.json());
  } catch {
    return undefined;
  }
}

const postStatement: UserHandler = async (door, user, request) => {
  const body = await readBody(request);
  if (body === undefined) {
    return errorAnswer(400, '390142', 'Incoming request does not contain a valid payload.');
  }
  const { query } = request;
  const earlier = earlierRun(door, user, request, body.statement);
  if (earlier === undefined && door.log.running.length >= door.limits.maxConcurrentStatements) {
    return errorAnswer(429, '390505', 'Too many requests.');
  }
  const nullAsText = query.get('nullable')?.toLowerCase() === 'false';
  const requestId = query.get('requestId') ?? undefined;
  const run = earlier ?? submit(door, { user, body, requestId, nullAsText });
  if (isTrue(query.get('async'))) return runningAnswer(run);
  await run.endsWithin(door.limits.syncSeconds * 1000);
  return answerRun(run, 0, 408);
};

/** Looks a statement up and hands it on; one that is not there is answered 422. */
const withRun =
  (handle: (run: StatementRun, request: WireRequest) => Promise<WireAnswer>): UserHandler =>
  async (door, user, request, { handle: id = '' }) => {
    let run: StatementRun;
    try {
      run = door.log.get(id, user.name);
    } catch (error) {
      return failureAnswer(asSnowflakeError(error), id, undefined);
    }
    return handle(run, request);
  };

async function getStatement(run: StatementRun, request: WireRequest): Promise<WireAnswer> {
  const partition = Number(request.query.get('partition') ?? 0);
  if (!Number.isInteger(partition) || partition < 0) {
    return errorAnswer(400, '390142', 'The partition of a request is a number from 0 on.');
  }
  return answerRun(run, partition, 422);
}

async function cancelStatement(run: StatementRun): Promise<WireAnswer> {
  if (!run.isRunning) {
    return errorAnswer(422, '000605', 'Identified SQL statement is not currently executing.');
  }
  run.abort();
  await run.ended;
  return canceledAnswer(run);
}

/** The SQL API v2. */
export const statementRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: STATEMENTS,
    feature:
      'statements: synchronous, asynchronous, bindings, several in one request, timeout, retry',
    mayCompress: true,
    handle: guarded(postStatement),
  },
  {
    method: 'GET',
    path: `${STATEMENTS}/:handle`,
    feature: 'results in gzip partitions (jsonv2), by any number of clients, for a day',
    mayCompress: true,
    handle: guarded(withRun(getStatement)),
  },
  {
    method: 'POST',
    path: `${STATEMENTS}/:handle/cancel`,
    feature: 'cancelling',
    handle: guarded(withRun(cancelStatement)),
  },
];
