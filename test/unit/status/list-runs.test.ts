import { describe, expect, it } from 'vitest';
import { memoryRunHistory } from '#src/adapters/memory/memory-status.ts';
import { RunPage } from '#src/model/status.ts';
import { listRuns } from '#src/status/list-runs.ts';
import { runRecord, statusDeps } from '#test/helpers/status-fixtures.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const runs = memoryRunHistory([
  { record: runRecord('extract', 'a', { startedAt: at(1) }) },
  { record: runRecord('extract', 'b', { startedAt: at(2) }) },
  { record: runRecord('extract', 'c', { startedAt: at(2), status: 'FAILED' }) },
  { record: runRecord('medallion', 'd', { startedAt: at(2) }) },
  { record: runRecord('medallion', 'e', { startedAt: at(3), status: 'RUNNING' }) },
]);

const names = ({ runs }: RunPage) => runs.map(({ name }) => name);

describe('listRuns', () => {
  it('lists the runs of every machine, newest first', async () => {
    const page = await listRuns(statusDeps({ runs }), { limit: 10 });

    expect(names(RunPage.parse(page))).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(page.nextCursor).toBeNull();
  });

  it('lists every run once, page by page, also those that began together', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor === null ? { limit: 2 } : { limit: 2, cursor };
      const page: RunPage = await listRuns(statusDeps({ runs }), query);
      seen.push(...names(page));
      cursor = page.nextCursor;
    } while (cursor !== null);

    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('lists the runs of one machine, or of one status', async () => {
    const deps = statusDeps({ runs });

    expect(names(await listRuns(deps, { limit: 10, machine: 'extract' }))).toEqual(['c', 'b', 'a']);
    expect(names(await listRuns(deps, { limit: 10, status: 'FAILED' }))).toEqual(['c']);
  });

  it('begins at the end for a cursor without a run', async () => {
    expect(names(await listRuns(statusDeps({ runs }), { limit: 10, cursor: at(2) }))).toEqual([
      'a',
    ]);
  });
});
