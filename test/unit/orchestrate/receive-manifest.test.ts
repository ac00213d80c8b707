import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandler } from '#functions/orchestrate/handler.ts';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import {
  memoryExecutionStarter,
  memoryIntervalStore,
  memoryModelStore,
  memoryScheduleStore,
  type StartedExecution,
} from '#src/adapters/memory/memory-orchestration.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import { IntervalDocument } from '#src/model/interval.ts';
import type { Manifest } from '#src/model/manifest.ts';
import type { CurrentModel } from '#src/ports/model-store.ts';
import { createLog } from '#src/runtime/log.ts';
import { churnModel, manifestDocument, pipelineDocument } from '#test/helpers/documents.ts';

const event = (key: string, bucket = 'lake') => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key } },
});

const keyOf = (query: string, run = 'run-1') => `bronze/${query}/run_id=${run}/_manifest.json`;

function open(options: { pipeline?: object; model?: CurrentModel } = {}) {
  const lake = memoryObjectStore('lake');
  const artifacts = memoryObjectStore('artifacts');
  const executions = memoryExecutionStarter();
  const deps = {
    lake,
    artifacts,
    executions,
    pipelines: memoryPipelineStore(pipelineDocument(options.pipeline)),
    intervals: memoryIntervalStore(),
    models: memoryModelStore(options.model === undefined ? {} : { shop: options.model }),
    schedules: memoryScheduleStore(),
  };
  const handle = createHandler(deps, createLog({ write: () => {} }));
  const arrive = async (query: string, run = 'run-1', overrides: Partial<Manifest> = {}) => {
    const key = keyOf(query, run);
    await lake.putText(key, JSON.stringify(manifestDocument({ query, runId: run, ...overrides })));
    return handle(event(key));
  };
  return { lake, artifacts, executions, handle, arrive };
}

const inputOf = (execution: StartedExecution | undefined) =>
  execution?.input as { intervalKey: string; trainDue: boolean };

const model: CurrentModel = {
  modelKey: 'models/shop/job/output/model.tar.gz',
  trainingJobName: 'job',
  interval: 'hourly-20260101T000000Z',
  trainedAt: '2026-01-01T00:10:00Z',
};

describe('a manifest that arrives', () => {
  it('starts nothing while another table of its interval is missing', async () => {
    const { arrive } = open();

    expect(await arrive('orders')).toEqual({ started: [] });
  });

  it('starts the medallion when it is the last of its interval', async () => {
    const { arrive, executions, artifacts } = open();
    await arrive('orders');

    const result = await arrive('customers', 'run-2', {
      rows: 0,
      files: [],
      extractedAt: '2026-01-02T03:00:09Z',
      pipelineKey: 'pipelines/shop/memory.json',
    });

    expect(result.started).toEqual(['shop-hourly-20260102T030000Z']);
    expect(executions.started).toEqual([
      {
        machine: 'medallion',
        name: 'shop-hourly-20260102T030000Z',
        input: {
          pipeline: 'shop',
          pipelineKey: 'pipelines/shop/memory.json',
          interval: 'hourly-20260102T030000Z',
          intervalKey: 'intervals/shop/hourly-20260102T030000Z.json',
          trainDue: false,
        },
      },
    ]);
    const text = await artifacts.getText('intervals/shop/hourly-20260102T030000Z.json');
    expect(IntervalDocument.parse(JSON.parse(text ?? '')).manifests).toEqual([
      { query: 'customers', key: keyOf('customers', 'run-2'), rows: 0 },
      { query: 'orders', key: keyOf('orders'), rows: 10 },
    ]);
  });

  it('runs the pipeline as the newest of its extractions knew it', async () => {
    const { arrive, executions } = open();
    await arrive('customers', 'run-2', { pipelineKey: 'pipelines/shop/older.json' });

    await arrive('orders', 'run-1', { extractedAt: '2026-01-02T03:00:09Z' });

    expect(executions.started[0]?.input).toMatchObject({
      pipelineKey: 'pipelines/shop/memory.json',
    });
  });

  it('starts one execution, whatever the order and number of deliveries', async () => {
    const deliveries = fc
      .shuffledSubarray(['orders', 'customers'], { minLength: 2 })
      .chain((order) =>
        fc
          .array(fc.constantFrom('orders', 'customers'), { maxLength: 6 })
          .map((again) => [...order, ...again]),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, async (order) => {
        const { arrive, executions } = open();
        for (const query of order) await arrive(query);
        expect(executions.started.map(({ name }) => name)).toEqual([
          'shop-hourly-20260102T030000Z',
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('does not lose the rows of a second manifest of the same query: they get an interval of their own', async () => {
    const { arrive, executions, artifacts } = open();
    await arrive('orders');

    const late = await arrive('orders', 'run-3');
    const again = await arrive('orders', 'run-3');

    expect(late.started).toHaveLength(1);
    expect(again.started).toEqual([]);
    const { intervalKey } = inputOf(executions.started[0]);
    const document = IntervalDocument.parse(
      JSON.parse((await artifacts.getText(intervalKey)) ?? ''),
    );
    expect(document.interval.id).toMatch(/^hourly-20260102T030000Z-late-[0-9a-f]{8}$/);
    expect(document.manifests).toEqual([
      { query: 'orders', key: keyOf('orders', 'run-3'), rows: 10 },
    ]);
  });

  it('ignores a second manifest that brings no rows', async () => {
    const { arrive } = open();
    await arrive('orders');

    expect((await arrive('orders', 'run-3', { rows: 0, files: [] })).started).toEqual([]);
  });

  it.each([
    ['of another bucket', event(keyOf('orders'), 'elsewhere')],
    ['that is no manifest', event('bronze/orders/part-0000.parquet')],
    ['outside bronze', event('silver/orders/_manifest.json')],
  ])('ignores an object %s', async (_what, created) => {
    expect(await open().handle(created)).toEqual({ started: [] });
  });

  it('is refused for good when it is gone or malformed, or when the event is neither kind', async () => {
    const { handle, lake } = open();
    await lake.putText(keyOf('broken'), '{}');

    await expect(handle(event(keyOf('gone')))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(handle(event(keyOf('broken')))).rejects.toMatchObject({ code: 'EVENT_INVALID' });
    await expect(handle({ hello: 1 })).rejects.toMatchObject({ code: 'EVENT_INVALID' });
  });
});

describe('training is due', () => {
  const alone = (id: string) => ({ interval: { id, group: 'hourly', queries: ['orders'] } });
  const trainDue = async (options: { pipeline?: object; model?: CurrentModel }, id: string) => {
    const { arrive, executions } = open(options);
    await arrive('orders', 'run-1', alone(id));
    return inputOf(executions.started[0]).trainDue;
  };
  const pipeline = { model: churnModel };

  it.each([
    ['no model in the pipeline', {}, 'hourly-20260102T030000Z', false],
    ['no model trained yet', { pipeline }, 'hourly-20260102T030000Z', true],
    ['six days after', { pipeline, model }, 'hourly-20260107T235900Z', false],
    ['seven days after', { pipeline, model }, 'manual-20260108T000000Z-ab12', true],
    ['an interval without a time', { pipeline, model }, 'first', false],
    [
      'a model of an interval without a time',
      { pipeline, model: { ...model, interval: 'first' } },
      'hourly-20260109T000000Z',
      true,
    ],
    ['an impossible time', { pipeline, model }, 'hourly-20261399T000000Z', false],
  ])('%s: %j', async (_when, options, id, due) => {
    expect(await trainDue(options, id)).toBe(due);
  });
});
