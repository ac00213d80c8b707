import { describe, expect, it } from 'vitest';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { extractWorld, ORDERS, ofRun, planRequest } from '#test/helpers/extract-fixtures.ts';

type World = ReturnType<typeof extractWorld>;

const moveClock = ({ clock }: World, seconds: number) => {
  clock.now = new Date(clock.now.getTime() + seconds * 1000);
};

const finish = async ({ deps }: World, runId: string) => {
  const plan = await planExtraction(deps, planRequest(runId));
  const parts = [];
  for (const part of plan.parts) {
    parts.push(await extractPart(deps, { step: 'part', ...ofRun(plan), part }));
  }
  return commitWindow(deps, { step: 'commit', ...ofRun(plan) });
};

describe('the lease of a query', () => {
  it('keeps a second run from working, and says who holds it since when', async () => {
    const { deps, warehouse } = extractWorld();
    await planExtraction(deps, planRequest('run-1'));

    const second = await planExtraction(deps, planRequest('run-2'));

    expect(second).toMatchObject({
      hasWindow: false,
      heldBy: {
        holder: 'run-1',
        since: '2024-05-01T12:00:01.000Z',
        expiresAt: '2024-05-01T12:01:01.000Z',
      },
    });
    expect(warehouse.statements).toHaveLength(1);
    expect((await deps.watermarks.read(ORDERS)).pending?.runId).toBe('run-1');
  });

  it('is given back with the commit', async () => {
    const world = extractWorld();
    await finish(world, 'run-1');

    expect((await world.deps.watermarks.read(ORDERS)).lease).toBeNull();
    expect(await planExtraction(world.deps, planRequest('run-2'))).not.toHaveProperty('heldBy');
  });

  it('is given back when there is nothing to do', async () => {
    const world = extractWorld();
    await finish(world, 'run-1');
    const { interval } = planRequest('run-1');

    const again = await planExtraction(world.deps, planRequest('run-2', { interval }));

    expect(again.hasWindow).toBe(false);
    expect((await world.deps.watermarks.read(ORDERS)).lease).toBeNull();
  });

  it('lasts longer with every step', async () => {
    const world = extractWorld();
    const plan = await planExtraction(world.deps, planRequest('run-1'));
    moveClock(world, 50);
    const part = plan.parts[0] as (typeof plan.parts)[number];
    await extractPart(world.deps, { step: 'part', ...ofRun(plan), part });
    moveClock(world, 50);

    expect(await planExtraction(world.deps, planRequest('run-2'))).toHaveProperty('heldBy');
    expect((await world.deps.watermarks.read(ORDERS)).lease).toMatchObject({
      since: '2024-05-01T12:00:01.000Z',
    });
  });

  it('passes on once the execution that holds it has ended', async () => {
    const { deps, ended } = extractWorld();
    await planExtraction(deps, planRequest('run-1', { execution: 'arn:run-1' }));
    expect(await planExtraction(deps, planRequest('run-2'))).toHaveProperty('heldBy');
    ended.add('arn:run-1');

    expect(await planExtraction(deps, planRequest('run-2'))).toMatchObject({ hasWindow: true });
  });

  it('stops the statement of the run it is taken from', async () => {
    const world = extractWorld({ warehouse: { pollsUntilDone: 9 } });
    const cancelled: string[] = [];
    const warehouse = {
      ...world.warehouse,
      cancel: async (queryId: string) => {
        cancelled.push(queryId);
      },
    };
    const deps = { ...world.deps, openWarehouse: () => warehouse };
    await planExtraction(deps, planRequest('run-1'));
    moveClock(world, 61);
    await planExtraction(deps, planRequest('run-2'));

    expect(cancelled).toEqual([`query-${world.warehouse.statements[0]?.requestId}`]);
  });

  it('is another one for a backfill, which leaves the watermark where it is', async () => {
    const world = extractWorld();
    await planExtraction(world.deps, planRequest('run-1'));
    const lane = '2024-01-01_2024-01-02';
    const window = { from: '2024-01-01', to: '2024-01-02' };

    const plan = await planExtraction(world.deps, planRequest('back-1', { lane, window }));
    expect(plan).toMatchObject({ hasWindow: true, lane });
    const again = await planExtraction(world.deps, planRequest('back-2', { lane, window }));
    expect(again.heldBy?.holder).toBe('back-1');
    const parts = [];
    for (const part of plan.parts) {
      parts.push(await extractPart(world.deps, { step: 'part', ...ofRun(plan), lane, part }));
    }
    await commitWindow(world.deps, { step: 'commit', ...ofRun(plan), lane });

    expect(await world.deps.watermarks.read(ORDERS)).toMatchObject({
      version: 0,
      value: null,
      pending: { runId: 'run-1' },
    });
    expect(await world.deps.watermarks.read({ ...ORDERS, lane })).toMatchObject({
      version: 1,
      lease: null,
    });
  });
});
