import { z } from 'zod';
import type { Door } from './door.ts';
import {
  CHUNK_KEY_HEADER,
  chunkKey,
  failure,
  resultAnswer,
  statementFailure,
  stillRunning,
  success,
} from './driver-answers.ts';
import type { DriverSession } from './driver-sessions.ts';
import { executeRequest } from './execute.ts';
import type { WireAnswer, WireRequest } from './http.ts';
import { createQueryId } from './query-id.ts';
import type { Route } from './routes.ts';
import { StatementRun } from './statement-run.ts';
import { asSnowflakeError, wireError } from './wire-errors.ts';

export const Binds = z.record(
  z.string(),
  z.object({
    type: z.string(),
    value: z.union([z.string(), z.null(), z.array(z.union([z.string(), z.null()]))]),
  }),
);

const QueryRequest = z.object({
  sqlText: z.string().default(''),
  asyncExec: z.boolean().nullish(),
  describeOnly: z.boolean().nullish(),
  bindings: Binds.nullish(),
  bindStage: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
});
type QueryRequest = z.infer<typeof QueryRequest>;

const AbortRequest = z.object({ requestId: z.string().nullish() }).nullish();

const countOf = (parameters: QueryRequest['parameters']): number | undefined => {
  const value = parameters?.MULTI_STATEMENT_COUNT;
  return value === undefined || value === null ? undefined : Number(value);
};

/** Starts a statement in its session's queue and keeps it, and what it brings forth, in the log. */
function start(
  door: Door,
  session: DriverSession,
  body: QueryRequest,
  requestId: string | undefined,
): StatementRun {
  const id = createQueryId(door.nowMs());
  const user = session.user.name;
  const before = session.tail;
  const { promise, resolve } = Promise.withResolvers<void>();
  session.tail = promise;
  const request = {
    queryId: id,
    sql: body.sqlText,
    user,
    binds: body.bindings ?? undefined,
    describeOnly: body.describeOnly === true,
    statementCount: countOf(body.parameters),
  };
  const run = new StatementRun(
    { id, sql: body.sqlText, user, requestId, startedAtMs: door.nowMs() },
    async (signal) => {
      try {
        await before;
        signal.throwIfAborted();
        if (body.bindStage) throw wireError.bindStage(body.bindStage);
        const outcome = await executeRequest(session.engine, request, signal);
        for (const child of outcome.children) door.log.add(child);
        return outcome;
      } finally {
        resolve();
      }
    },
  );
  door.log.add(run);
  return run;
}

async function answerRun(run: StatementRun, origin: string): Promise<WireAnswer> {
  try {
    return await resultAnswer(run, origin);
  } catch (error) {
    return statementFailure(asSnowflakeError(error), run.id);
  }
}

async function query(door: Door, request: WireRequest): Promise<WireAnswer> {
  const session = door.sessions.of(request.headers.authorization);
  const body = QueryRequest.parse(await request.json());
  const requestId = request.query.get('requestId') ?? undefined;
  const isRetry = Number(request.query.get('retryCount') ?? 0) > 0;
  const earlier =
    isRetry && requestId !== undefined
      ? door.log.findByRequest(requestId, session.user.name)
      : undefined;
  const run = earlier ?? start(door, session, body, requestId);
  if (body.asyncExec === true) return stillRunning(run, true);
  if (!(await run.endsWithin(door.limits.syncSeconds * 1000))) return stillRunning(run, false);
  return answerRun(run, request.origin);
}

async function result(door: Door, request: WireRequest, id: string): Promise<WireAnswer> {
  const session = door.sessions.of(request.headers.authorization);
  try {
    const run = door.log.get(id, session.user.name);
    if (!(await run.endsWithin(door.limits.syncSeconds * 1000))) return stillRunning(run, false);
    return answerRun(run, request.origin);
  } catch (error) {
    return statementFailure(asSnowflakeError(error), id);
  }
}

async function monitor(door: Door, request: WireRequest, id: string): Promise<WireAnswer> {
  const session = door.sessions.of(request.headers.authorization);
  const run = door.log.get(id, session.user.name);
  const { error } = run;
  const status = run.isRunning ? 'RUNNING' : error === undefined ? 'SUCCESS' : 'FAILED_WITH_ERROR';
  const failed = error === undefined ? {} : { errorCode: error.code, errorMessage: error.message };
  return success({
    queries: [
      { id, status, state: status, sqlText: run.sql, startTime: run.startedAtMs, ...failed },
    ],
    ...(error === undefined ? {} : { sqlState: error.sqlState }),
  });
}

function findForAbort(
  door: Door,
  user: string,
  id: string | undefined,
  requestId: string | undefined,
): StatementRun | undefined {
  if (id !== undefined) return door.log.get(id, user);
  return requestId === undefined ? undefined : door.log.findByRequest(requestId, user);
}

/** Aborts by query id, or by the id of the request that brought the statement. */
async function abort(door: Door, request: WireRequest, id?: string): Promise<WireAnswer> {
  const session = door.sessions.of(request.headers.authorization);
  const requestId = AbortRequest.parse(await request.json())?.requestId ?? undefined;
  const run = findForAbort(door, session.user.name, id, requestId);
  if (run === undefined || !run.isRunning) {
    return failure('000605', 'Identified SQL statement is not currently executing.');
  }
  run.abort();
  await run.ended;
  return success(null);
}

/**
 * A chunk's rows as they are, an Arrow stream or JSON; not application/json, because the Node driver would parse that as a
 * whole document.
 */
async function chunk(
  door: Door,
  request: WireRequest,
  id: string,
  index: number,
): Promise<WireAnswer> {
  const run = door.log.find(id);
  const isAllowed = run !== undefined && request.headers[CHUNK_KEY_HEADER] === chunkKey(run);
  const partition = isAllowed ? run.outcome().result.partitions[index] : undefined;
  const type = { 'content-type': 'binary/octet-stream' };
  if (partition === undefined) {
    const body = `The stand-in has no chunk ${index} of ${id} for this request.`;
    return { status: 403, headers: type, body };
  }
  const body = await (partition.arrow ?? partition.read)();
  return { status: 200, headers: type, body };
}

/** Statements, their results, their state and their end in the driver protocol. */
export const queryRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/queries/v1/query-request',
    feature: 'statements: binds, array binds, several in one request, describe only, asynchronous',
    handle: query,
  },
  {
    method: 'GET',
    path: '/queries/:id/result',
    feature: 'results by query id, waited for',
    handle: (door, request, { id = '' }) => result(door, request, id),
  },
  {
    method: 'GET',
    path: '/chunks/:id/:index',
    feature:
      'results in chunks: Arrow for Python, JDBC, ODBC, Go and .NET, JSON for Node and on request',
    handle: (door, request, { id = '', index = '' }) => chunk(door, request, id, Number(index)),
  },
  {
    method: 'GET',
    path: '/monitoring/queries/:id',
    feature: 'the state of a statement',
    handle: (door, request, { id = '' }) => monitor(door, request, id),
  },
  {
    method: 'POST',
    path: '/queries/v1/abort-request',
    feature: 'cancelling by request id',
    handle: (door, request) => abort(door, request),
  },
  {
    method: 'POST',
    path: '/queries/:id/abort-request',
    feature: 'cancelling by query id',
    handle: (door, request, { id = '' }) => abort(door, request, id),
  },
];
