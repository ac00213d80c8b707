import { Hono } from 'hono';
import { z } from 'zod';
import { TerminalError } from '#src/errors.ts';
import { Machine, RunStatus } from '#src/model/status.ts';
import { httpError } from '#src/runtime/http-errors.ts';
import { describeError, type Log } from '#src/runtime/log.ts';
import { describeRun } from '#src/status/describe-run.ts';
import { listRuns } from '#src/status/list-runs.ts';
import { overview } from '#src/status/overview.ts';
import { readRunLogs } from '#src/status/read-run-logs.ts';
import type { StatusDeps } from '#src/status/status-deps.ts';
import { type WebFiles, webResponse } from './web-files.ts';

const RunsQuery = z.object({
  machine: Machine.optional(),
  status: RunStatus.optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

function parseQuery(query: Record<string, string>) {
  const parsed = RunsQuery.safeParse(query);
  if (parsed.success) {
    const { machine, status, cursor, limit } = parsed.data;
    return {
      limit,
      ...(machine === undefined ? {} : { machine }),
      ...(status === undefined ? {} : { status }),
      ...(cursor === undefined ? {} : { cursor }),
    };
  }
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TerminalError(
    `Cannot list the runs: ${problems.join('; ')}. Use machine, status, limit and cursor only.`,
    { code: 'EVENT_INVALID', details: { problems } },
  );
}

/** https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

function apiRoutes(deps: StatusDeps): Hono {
  const api = new Hono();
  api.get('/overview', async (c) => c.json(await overview(deps)));
  api.get('/runs', async (c) => c.json(await listRuns(deps, parseQuery(c.req.query()))));
  api.get('/runs/:id', async (c) => c.json(await describeRun(deps, c.req.param('id'))));
  api.get('/runs/:id/logs', async (c) =>
    c.json(await readRunLogs(deps, c.req.param('id'), c.req.query('state'))),
  );
  api.all('/*', (c) => {
    throw new TerminalError(
      `Cannot answer ${c.req.method} ${c.req.path}: there is no such path. Begin at /api/status/overview.`,
      { code: 'NOT_FOUND' },
    );
  });
  return api;
}

/** The status page: documents under /api/status, the web application everywhere else. */
export function createApp(deps: StatusDeps, files: WebFiles, log: Log): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    if (c.req.path.startsWith('/api/')) c.header('cache-control', 'no-store');
  });
  app.route('/api/status', apiRoutes(deps));
  app.get('/*', (c) => webResponse(files, c.req.path));
  app.onError((error, c) => {
    const requestId = c.req.header('x-amzn-trace-id') ?? crypto.randomUUID();
    log.error('failed', { requestId, path: c.req.path, ...describeError(error) });
    const { status, body } = httpError(error, requestId);
    return c.json(body, status);
  });
  return app;
}
