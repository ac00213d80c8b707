import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'test', 'fixtures', 'status');

const RUNS = ['run-succeeded', 'run-running', 'run-failed', 'run-extract'] as const;

const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

export interface FixtureAnswer {
  readonly status: number;
  readonly body: unknown;
}

const problem = (status: number, code: string, message: string): FixtureAnswer => ({
  status,
  body: { code, message, requestId: '00000000-0000-4000-8000-000000000000' },
});

function runPage(query: URLSearchParams): FixtureAnswer {
  const page = read('runs') as { runs: { machine: string; status: string }[] };
  const wanted = (name: 'machine' | 'status', value: string) =>
    !query.get(name) || query.get(name) === value;
  const runs = page.runs.filter(
    (run) => wanted('machine', run.machine) && wanted('status', run.status),
  );
  return { status: 200, body: { ...page, runs } };
}

function runDetail(id: string): FixtureAnswer {
  for (const name of RUNS) {
    const document = read(name) as { run: { id: string } };
    if (document.run.id === id) return { status: 200, body: document };
  }
  return problem(404, 'NOT_FOUND', `Cannot show the run ${id}: there is none. Look at /runs.`);
}

/** What the status function answers to a path below /api/status, from recorded documents. */
export function fixtureAnswer(path: string, query: URLSearchParams): FixtureAnswer {
  const [kind, id = '', part] = path.replace('/api/status/', '').split('/').map(decodeURIComponent);
  if (kind === 'overview') return { status: 200, body: read('overview') };
  if (kind === 'runs' && id === '') return runPage(query);
  if (kind === 'runs' && part === 'logs') return { status: 200, body: { ...read('logs'), id } };
  if (kind === 'runs') return runDetail(id);
  return problem(404, 'NOT_FOUND', `Cannot answer ${path}: there is no such document.`);
}
