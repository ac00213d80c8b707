import { describe, expect, it } from 'vitest';
import { createHandler } from '#functions/orchestrate/handler.ts';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import {
  memoryExecutionStarter,
  memoryIntervalStore,
  memoryModelStore,
  memoryScheduleStore,
} from '#src/adapters/memory/memory-orchestration.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import { executionName } from '#src/model/execution-name.ts';
import { createLog } from '#src/runtime/log.ts';
import { pipelineDocument } from '#test/helpers/documents.ts';

async function open(pipeline: object = {}) {
  const artifacts = memoryObjectStore('artifacts');
  await artifacts.putText('pipelines/shop/current.json', '{}');
  await artifacts.putText('pipelines/shop/0123456789abcdef.json', '{}');
  const executions = memoryExecutionStarter();
  const schedules = memoryScheduleStore();
  const deps = {
    lake: memoryObjectStore('lake'),
    artifacts,
    executions,
    schedules,
    pipelines: memoryPipelineStore(pipelineDocument(pipeline)),
    intervals: memoryIntervalStore(),
    models: memoryModelStore(),
  };
  const handle = createHandler(deps, createLog({ write: () => {} }));
  return { executions, schedules, tick: (at: string) => handle({ kind: 'tick', at }) };
}

describe('a tick', () => {
  it('starts every query of a group that is due, for the interval that has begun', async () => {
    const { tick, executions } = await open();

    const { started } = await tick('2026-01-02T03:04:05Z');

    expect(started).toEqual([
      'shop-orders-hourly-20260102T030000Z',
      'shop-customers-hourly-20260102T030000Z',
    ]);
    expect(executions.started[0]).toMatchObject({
      machine: 'extract',
      input: {
        pipeline: 'shop',
        query: 'orders',
        interval: {
          id: 'hourly-20260102T030000Z',
          group: 'hourly',
          queries: ['orders', 'customers'],
        },
      },
    });
  });

  it('starts nothing twice within an interval, and the next one in the next', async () => {
    const { tick } = await open();
    await tick('2026-01-02T03:00:00Z');

    expect((await tick('2026-01-02T03:59:59Z')).started).toEqual([]);
    expect((await tick('2026-01-02T04:00:00Z')).started).toHaveLength(2);
  });

  it('starts what is left after a crash between two starts', async () => {
    const { tick, executions } = await open();
    await executions.start('extract', 'shop-orders-hourly-20260102T030000Z', {});

    const { started } = await tick('2026-01-02T03:04:05Z');

    expect(started).toEqual(['shop-customers-hourly-20260102T030000Z']);
  });

  it('passes over a group without queries', async () => {
    const { tick } = await open({ schedules: [{ group: 'nightly', every_minutes: 1440 }] });

    expect((await tick('2026-01-02T03:04:05Z')).started).toEqual([]);
  });
});

describe('executionName', () => {
  it('joins its parts, with characters that Step Functions takes', () => {
    expect(executionName('shop', 'orders', 'a.b')).toBe('shop-orders-a_b');
  });

  it('keeps long names apart within 80 characters', () => {
    const one = executionName('p'.repeat(60), 'q'.repeat(60), 'one');
    const two = executionName('p'.repeat(60), 'q'.repeat(60), 'two');

    expect(one).toHaveLength(80);
    expect(one).not.toBe(two);
    expect(executionName('p'.repeat(60), 'q'.repeat(60), 'one')).toBe(one);
  });
});
