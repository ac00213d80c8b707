import { mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { ZodError } from 'zod';
import { AuthError } from './auth/auth-error.ts';
import { openCredentials, type StandInCredentials } from './auth/credentials.ts';
import { createUsers } from './auth/users.ts';
import { type Engine, SnowflakeError } from './statement.ts';
import { DEFAULT_LIMITS, type Door, type Limits } from './wire/door.ts';
import { failure, statementFailure } from './wire/driver-answers.ts';
import { DriverSessions, SessionError } from './wire/driver-sessions.ts';
import {
  jsonAnswer,
  readRequest,
  sendAnswer,
  type WireAnswer,
  type WireRequest,
} from './wire/http.ts';
import { quoted } from './wire/identifier.ts';
import { queryRoutes } from './wire/query-routes.ts';
import { createFinder } from './wire/routes.ts';
import { sessionRoutes } from './wire/session-routes.ts';
import { errorAnswer } from './wire/sql-api/answers.ts';
import { statementRoutes } from './wire/sql-api/statement-routes.ts';
import { removeResults } from './wire/sql-api/submit.ts';
import { StatementLog } from './wire/statement-log.ts';
import { wireError } from './wire/wire-errors.ts';

export interface StandInOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly dataDir: string;
  /** Made by the caller, closed by the stand-in. */
  readonly engine: Engine;
  readonly limits?: Partial<Limits>;
  readonly nowMs?: () => number;
}

export interface StandIn {
  readonly accessUrl: string;
  readonly credentials: StandInCredentials;
  /** Answers what is under way, then closes sessions and engine. */
  close(): Promise<void>;
}

/** Longer than any client keeps an idle connection, so that none is closed under a request. */
const KEEP_ALIVE_MS = 65_000;
const SWEEP_MS = 60_000;
const LAST_ANSWERS_MS = 2_000;
/** Below the data directory; the engine has a folder of its own. */
const RESULTS = 'sql-api-results';

function openDoor(
  { engine, dataDir, limits: given = {}, nowMs = Date.now }: StandInOptions,
  { account, users }: Awaited<ReturnType<typeof openCredentials>>,
): Door {
  const limits = { ...DEFAULT_LIMITS, ...given };
  return {
    account,
    engine,
    users: createUsers({ account, users, nowMs }),
    sessions: new DriverSessions({ ...limits, nowMs }),
    log: new StatementLog({
      retentionMs: limits.resultHours * 3_600_000,
      nowMs,
    }),
    limits,
    resultsDir: resolve(dataDir, RESULTS),
    nowMs,
  };
}

/** Makes sure that the user's default database and schema are there. */
async function createDefaults(engine: Engine, credentials: StandInCredentials): Promise<void> {
  const { user, database, schema, warehouse, role } = credentials;
  const session = await engine.openSession({ user, warehouse, role });
  const statements = [
    `create database if not exists ${quoted(database)}`,
    `create schema if not exists ${quoted(database)}.${quoted(schema)}`,
  ];
  for (const [index, sql] of statements.entries()) {
    await session.execute(sql, { queryId: `00000000-0000-0000-0000-00000000000${index}` });
  }
  await session.close();
}

/** The answer to a request that failed before there was a statement. */
function errorOf(error: unknown, isSqlApi: boolean): WireAnswer {
  if (error instanceof SessionError) {
    const { code, message, status } = error;
    return jsonAnswer({ success: false, code, message, data: null }, status);
  }
  if (error instanceof AuthError) return failure(error.code, error.message);
  if (error instanceof ZodError || error instanceof SyntaxError) {
    const { code, message } = wireError.payload();
    return isSqlApi ? errorAnswer(400, code, message) : failure(code, message);
  }
  const known = error instanceof SnowflakeError ? error : wireError.internal(error);
  return isSqlApi ? errorAnswer(422, known.code, known.message) : statementFailure(known, '');
}

const isDriverPath = (path: string): boolean =>
  /^\/(session|queries|monitoring|telemetry|chunks)(\/|$)/.test(path);

/**
 * Names the route that is not served: HTTP 200 to drivers, which would repeat anything else, 404 to
 * all others.
 */
function unknownRoute({ method, path }: WireRequest): WireAnswer {
  const message = `Cannot answer ${method} ${path}: the stand-in does not serve this route.`;
  return isDriverPath(path) ? failure('390404', message) : errorAnswer(404, '390404', message);
}

const find = createFinder([...sessionRoutes, ...queryRoutes, ...statementRoutes]);

const createListener = (door: Door) => {
  const answer = async (request: WireRequest): Promise<{ answer: WireAnswer; zip: boolean }> => {
    const found = find(request.method, request.path);
    if (found.kind === 'unknown') return { answer: unknownRoute(request), zip: false };
    if (found.kind === 'wrong method') {
      return { answer: { status: 405, headers: {}, body: '' }, zip: false };
    }
    const { route, parameters } = found;
    try {
      return {
        answer: await route.handle(door, request, parameters),
        zip: route.mayCompress === true,
      };
    } catch (error) {
      return { answer: errorOf(error, !isDriverPath(request.path)), zip: false };
    }
  };
  return async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const request = await readRequest(message);
      const given = await answer(request);
      await sendAnswer(message, response, given.answer, given.zip);
    } catch {
      response.destroy();
    }
  };
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });

/** Stops taking requests; those under way have a moment to be answered. */
const stopListening = (server: Server): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
    server.close(() => {
      clearTimeout(timer);
      done();
    });
    server.closeIdleConnections();
  });

/**
 * Starts the stand-in on 127.0.0.1. Results of an earlier start are gone; data and credentials are
 * kept.
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  await mkdir(options.dataDir, { recursive: true });
  await rm(join(options.dataDir, RESULTS), { recursive: true, force: true });
  const opened = await openCredentials(options.dataDir);
  await createDefaults(options.engine, opened.credentials);
  const door = openDoor(options, opened);
  const server = createServer(createListener(door));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  server.requestTimeout = 0;
  const port = await listen(server, options.port);
  const sweeper = setInterval(() => {
    door.sessions.sweep();
    void removeResults(door, door.log.sweep());
  }, SWEEP_MS);
  sweeper.unref();
  return {
    accessUrl: `http://127.0.0.1:${port}`,
    credentials: opened.credentials,
    async close() {
      clearInterval(sweeper);
      const stopped = stopListening(server);
      const aborted = door.log.abortAll();
      await stopped;
      await aborted;
      await door.sessions.closeAll();
      await options.engine.close();
    },
  };
}
