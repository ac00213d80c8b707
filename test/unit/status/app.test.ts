import { describe, expect, it } from 'vitest';
import { createApp } from '#functions/status-page/app.ts';
import type { WebFiles } from '#functions/status-page/web-files.ts';
import { memoryRunHistory } from '#src/adapters/memory/memory-status.ts';
import { TransientError } from '#src/errors.ts';
import { RunDetail, RunLogs, RunPage, StatusError, StatusOverview } from '#src/model/status.ts';
import { createLog } from '#src/runtime/log.ts';
import type { StatusDeps } from '#src/status/status-deps.ts';
import { definitionOf, runRecord, statusDeps } from '#test/helpers/status-fixtures.ts';

const content: Record<string, string> = {
  'index.html': '<title>Snowmelt</title>',
  'assets/index-1a2b.js': 'export {}',
  'icon.svg': '<svg/>',
};

const files: WebFiles = async (path) => {
  const text = content[path];
  return text === undefined ? null : new TextEncoder().encode(text);
};

const runs = memoryRunHistory([{ record: runRecord('medallion', 'one') }], {
  medallion: definitionOf('medallion'),
});

function open(overrides: Partial<StatusDeps> = {}, web = files) {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const app = createApp(statusDeps({ runs, ...overrides }), web, log);
  return { lines, get: (path: string) => app.request(path) };
}

const failing = (error: Error): Partial<StatusDeps> => ({
  runs: { ...runs, list: () => Promise.reject(error) },
});

describe('the documents of the status page', () => {
  it.each([
    ['/api/status/overview', StatusOverview],
    ['/api/status/runs?machine=medallion&status=SUCCEEDED&limit=1', RunPage],
    ['/api/status/runs?cursor=2026-01-02T00:00:00.000Z%20x', RunPage],
    ['/api/status/runs/medallion:one', RunDetail],
    ['/api/status/runs/medallion:one/logs?state=BuildSilver', RunLogs],
  ])('%s is what the model says, and is not cached', async (path, schema) => {
    const answer = await open().get(path);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    schema.parse(await answer.json());
  });

  it.each([
    ['/api/status/runs/medallion:gone', 404, 'NOT_FOUND'],
    ['/api/status/nothing', 404, 'NOT_FOUND'],
    ['/api/status/runs?limit=0', 400, 'EVENT_INVALID'],
    ['/api/status/runs?machine=toaster', 400, 'EVENT_INVALID'],
  ])('%s is refused with %d %s', async (path, status, code) => {
    const answer = await open().get(path);

    expect(answer.status).toBe(status);
    expect(StatusError.parse(await answer.json()).code).toBe(code);
  });

  it('says to come back when a store does not answer', async () => {
    const error = new TransientError('Cannot list: busy. Try again.', {
      code: 'STORE_UNAVAILABLE',
    });

    const answer = await open(failing(error)).get('/api/status/runs');

    expect(answer.status).toBe(503);
  });

  it('keeps what went wrong unexpectedly to the log', async () => {
    const { get, lines } = open(failing(new Error('secret detail')));

    const answer = await get('/api/status/runs');

    expect(answer.status).toBe(500);
    const body = StatusError.parse(await answer.json());
    expect(JSON.stringify(body)).not.toContain('secret detail');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      requestId: body.requestId,
      errorMessage: 'secret detail',
    });
  });
});

describe('the web application', () => {
  it.each(['/', '/runs', '/runs/medallion:one', '/index.html', '/runs/a.b'])(
    'answers %s with its index, never cached for good',
    async (path) => {
      const answer = await open().get(path);

      expect(await answer.text()).toContain('Snowmelt');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    },
  );

  it('serves files by their type; those with a hash in their name are kept', async () => {
    const script = await open().get('/assets/index-1a2b.js');
    const icon = await open().get('/icon.svg');

    expect(script.headers.get('content-type')).toContain('javascript');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(icon.headers.get('cache-control')).toBe('no-cache');
  });

  it('has no files but its own', async () => {
    expect((await open().get('/assets/gone.js')).status).toBe(404);
  });

  it('says so when it is not in the package', async () => {
    expect((await open({}, async () => null).get('/')).status).toBe(503);
  });
});
