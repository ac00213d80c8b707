import { describe, expect, it } from 'vitest';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import type { PlanAnswer } from '#src/extract/extract-request.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { extractWorld, ORDERS, ofRun, planRequest } from '#test/helpers/extract-fixtures.ts';

type Deps = ReturnType<typeof extractWorld>['deps'];

const planAndFetch = async (deps: Deps, runId: string) => {
  const plan = await planExtraction(deps, planRequest(runId));
  const parts = [];
  for (const part of plan.parts) {
    parts.push(await extractPart(deps, { step: 'part', ...ofRun(plan), part }));
  }
  return { step: 'commit' as const, ...ofRun(plan) };
};

/** Lets the lease of whoever is silent run out. */
const waitLongEnough = ({ clock }: ReturnType<typeof extractWorld>) => {
  clock.now = new Date(clock.now.getTime() + 61_000);
};

const died = () => Promise.reject(new Error('died here'));

/** Deps that fail at one call after the manifest. */
const dyingAt = (deps: Deps, place: 'commit' | 'register' | 'clearPending'): Deps => ({
  ...deps,
  watermarks: { ...deps.watermarks, ...(place === 'register' ? {} : { [place]: died }) },
  catalog: place === 'register' ? { ...deps.catalog, register: died } : deps.catalog,
});

describe('a run that died before its manifest', () => {
  it('is planned again by the next run, from the same watermark', async () => {
    const world = extractWorld();
    const { deps } = world;
    await planAndFetch(deps, 'run-1');
    waitLongEnough(world);

    const plan = await planExtraction(deps, planRequest('run-2'));

    expect(plan).toMatchObject({ hasWindow: true, window: { from: null } });
    expect((await deps.watermarks.read(ORDERS)).pending?.runId).toBe('run-2');
  });

  it('cannot go on once another run has planned', async () => {
    const world = extractWorld();
    const { deps } = world;
    const commit = await planAndFetch(deps, 'run-1');
    waitLongEnough(world);
    await planExtraction(deps, planRequest('run-2'));

    await expect(commitWindow(deps, commit)).rejects.toMatchObject({
      code: 'LEASE_HELD',
      details: { holder: 'run-2' },
    });
  });

  it('plans the same window and statement when its own plan step comes again', async () => {
    const { deps, source, warehouse } = extractWorld();
    const first = await planExtraction(deps, planRequest('run-1'));
    source.now = '2024-05-01 18:00:00.000000000';

    const again = await planExtraction(deps, planRequest('run-1'));

    expect(again).toEqual(first);
    expect(warehouse.statements).toHaveLength(1);
  });
});

describe.each(['commit', 'register', 'clearPending'] as const)(
  'a run that died after its manifest, at %s',
  (place) => {
    it('is finished by its own commit step when that comes again', async () => {
      const { deps } = extractWorld();
      const commit = await planAndFetch(deps, 'run-1');
      await expect(commitWindow(dyingAt(deps, place), commit)).rejects.toThrow('died here');

      const answer = await commitWindow(deps, commit);

      expect(answer.rows).toBe(5);
      expect(await deps.watermarks.read(ORDERS)).toMatchObject({ version: 1, pending: null });
      expect(deps.catalog.registered.length).toBeGreaterThan(0);
    });

    it('is finished by the next run, which then takes the next window', async () => {
      const world = extractWorld();
      const { deps, source } = world;
      const commit = await planAndFetch(deps, 'run-1');
      await expect(commitWindow(dyingAt(deps, place), commit)).rejects.toThrow('died here');
      waitLongEnough(world);
      source.now = '2024-05-01 13:00:00.000000000';

      const plan = await planExtraction(deps, planRequest('run-2'));

      expect(plan).toMatchObject({
        hasWindow: true,
        window: { from: '2024-05-01 12:00:00.000000000' },
      });
      expect(await deps.watermarks.history(ORDERS)).toMatchObject([{ runId: 'run-1' }]);
    });

    it('is finished by a run of the same interval, which then has nothing to do', async () => {
      const world = extractWorld();
      const { deps } = world;
      const commit = await planAndFetch(deps, 'run-1');
      await expect(commitWindow(dyingAt(deps, place), commit)).rejects.toThrow('died here');
      waitLongEnough(world);
      const { interval } = planRequest('run-1');

      const plan = await planExtraction(deps, planRequest('run-2', { interval }));

      expect(plan.hasWindow).toBe(false);
      expect(await deps.watermarks.read(ORDERS)).toMatchObject({ version: 1, pending: null });
    });
  },
);

describe('steps that come twice', () => {
  it('answer a second commit as the first', async () => {
    const { deps } = extractWorld();
    const commit = await planAndFetch(deps, 'run-1');
    const first = await commitWindow(deps, commit);

    expect(await commitWindow(deps, commit)).toEqual(first);
    expect((await deps.watermarks.read(ORDERS)).version).toBe(1);
  });

  it('leave a run that came through as it is, whatever was committed since', async () => {
    const { deps, source } = extractWorld();
    await commitWindow(deps, await planAndFetch(deps, 'run-1'));
    source.now = '2024-05-01 13:00:00.000000000';
    await commitWindow(deps, await planAndFetch(deps, 'run-2'));

    const again = await planExtraction(deps, planRequest('run-1'));

    expect(again.hasWindow).toBe(false);
    expect(await deps.watermarks.read(ORDERS)).toMatchObject({ version: 2, lease: null });
  });

  it('let one of two runs at once commit, and refuse the other', async () => {
    const world = extractWorld();
    const { deps } = world;
    const first = await planAndFetch(deps, 'run-1');
    waitLongEnough(world);
    const second = await planAndFetch(deps, 'run-2');

    const outcomes = await Promise.allSettled([
      commitWindow(deps, first),
      commitWindow(deps, second),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await deps.watermarks.history(ORDERS)).toMatchObject([{ runId: 'run-2' }]);
  });

  it('refuse a part of a run that another has replaced', async () => {
    const world = extractWorld();
    const { deps } = world;
    const plan = await planExtraction(deps, planRequest('run-1'));
    waitLongEnough(world);
    await planExtraction(deps, planRequest('run-2'));
    const part = plan.parts[0] as PlanAnswer['parts'][number];

    await expect(extractPart(deps, { step: 'part', ...ofRun(plan), part })).rejects.toMatchObject({
      code: 'LEASE_HELD',
      details: { holder: 'run-2' },
    });
  });
});
