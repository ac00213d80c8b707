import { describe, expect, it } from 'vitest';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import { memoryModelStore } from '#src/adapters/memory/memory-orchestration.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import {
  memoryModelMetadata,
  memoryRunHistory,
  memoryStatusStore,
} from '#src/adapters/memory/memory-status.ts';
import type { LayerReport } from '#src/model/quality.ts';
import { StatusOverview } from '#src/model/status.ts';
import { overview } from '#src/status/overview.ts';
import { churnModel, layerReport, pipelineDocument, tableReport } from '#test/helpers/documents.ts';
import { runRecord, statusDeps } from '#test/helpers/status-fixtures.ts';

const older = 'hourly-20260102T030000Z';
const newer = 'hourly-20260102T040000Z';
const key = 'models/shop/job/output/model.tar.gz';

const verdict = (interval: string) => ({
  pipeline: 'shop',
  interval,
  layer: 'silver',
  runId: `shop-${interval}`,
  judgedAt: '2026-01-02T03:06:00Z',
  status: 'fail',
  results: [
    { check: 'a', table: 't', status: 'fail', failing: 1, total: 2, message: '' },
    { check: 'b', table: 't', status: 'warn', failing: 1, total: 2, message: '' },
    { check: 'c', table: 't', status: 'pass', failing: 0, total: 2, message: '' },
  ],
});

async function open(pipeline: object, reports: readonly LayerReport[]) {
  const artifacts = memoryObjectStore('artifacts');
  await artifacts.putText('pipelines/shop/current.json', '{}');
  for (const report of reports) {
    const file = `quality/shop/${report.interval}/${report.layer}`;
    await artifacts.putText(`${file}.report.json`, JSON.stringify(report));
  }
  await artifacts.putText(
    `quality/shop/${older}/silver.verdict.json`,
    JSON.stringify(verdict(older)),
  );
  const medallion = (interval: string, startedAt: string) => ({
    record: runRecord('medallion', `shop-${interval}`, {
      startedAt,
      input: JSON.stringify({ pipeline: 'shop', interval }),
    }),
  });
  return statusDeps({
    artifacts,
    pipelines: memoryPipelineStore(pipelineDocument(pipeline)),
    runs: memoryRunHistory([
      medallion(older, '2026-01-02T03:01:00.000Z'),
      medallion(newer, '2026-01-02T04:01:00.000Z'),
      { record: runRecord('medallion', 'odd', { startedAt: '2026-01-02T05:01:00.000Z' }) },
    ]),
    models: memoryModelStore({
      shop: { modelKey: key, trainingJobName: 'job', interval: older, trainedAt: '2026' },
    }),
    modelMetadata: memoryModelMetadata({
      [key]: { metrics: { auc: 0.8 }, baseline: { auc: 0.7 } },
    }),
    store: memoryStatusStore({
      totals: {
        shop: [
          {
            query: 'orders',
            rows: 5,
            bytes: 50,
            updatedAt: '2026-01-02T04:00:00Z',
            interval: newer,
          },
          {
            query: 'customers',
            rows: 1,
            bytes: 10,
            updatedAt: '2026-01-02T03:00:00Z',
            interval: older,
          },
        ],
      },
      watermarks: { 'shop/orders': { value: '2026-01-02', committedAt: '2026-01-02T04:00:00Z' } },
      failures: [
        { machine: 'extract', runId: 'x', at: '2026-01-01T00:00:00Z', error: 'E', cause: 'c' },
        { machine: 'medallion', runId: 'y', at: '2026-01-02T00:00:00Z', error: 'E', cause: 'c' },
      ],
    }),
  });
}

const reports = [
  layerReport({
    interval: older,
    tables: [
      tableReport({ rows: 90 }),
      tableReport({ table: 'dim_customers', rows: 7, bytes: 70, rejects: {} }),
    ],
  }),
  layerReport({
    interval: newer,
    writtenAt: '2026-01-02T04:05:00Z',
    tables: [tableReport({ rows: 95, rejects: { missing_id: 0, late: 2 } })],
  }),
  layerReport({
    interval: newer,
    layer: 'gold',
    tables: [tableReport({ table: 'sales', rows: 3, rejects: {} })],
  }),
];

describe('overview', () => {
  it('is the documented document', async () => {
    const document = await overview(await open({ model: churnModel }, reports));

    expect(StatusOverview.parse(document)).toEqual(document);
  });

  it('tells how far each query of each pipeline is', async () => {
    const { pipelines } = await overview(await open({}, []));

    expect(pipelines).toMatchObject([{ name: 'shop', newestInterval: newer }]);
    expect(pipelines[0]?.queries[0]).toEqual({
      name: 'orders',
      group: 'hourly',
      watermark: '2026-01-02',
      committedAt: '2026-01-02T04:00:00Z',
    });
    expect(pipelines[0]?.queries[1]).toMatchObject({ watermark: null });
  });

  it('adds up each layer, from the newest report that names a table', async () => {
    const { layers } = await overview(await open({}, reports));

    expect(layers.map(({ layer, rows }) => [layer, rows])).toEqual([
      ['bronze', 6],
      ['silver', 102],
      ['gold', 3],
    ]);
    expect(layers[1]?.tables.map(({ table, rows, interval }) => [table, rows, interval])).toEqual([
      ['dim_customers', 7, older],
      ['dim_orders', 95, newer],
    ]);
  });

  it('tells rejects of the newest interval by reason, and the verdicts with what failed and warned', async () => {
    const { rejects, verdicts } = await overview(await open({}, reports));

    expect(rejects).toEqual([
      { pipeline: 'shop', table: 'dim_orders', reason: 'late', rows: 2, interval: newer },
    ]);
    expect(verdicts).toMatchObject([
      { interval: older, status: 'fail', checks: 3, failed: ['a'], warned: ['b'] },
    ]);
  });

  it('holds the model against its baseline, where the pipeline has one', async () => {
    const withModel = await overview(await open({ model: churnModel }, []));
    const without = await overview(await open({}, []));

    expect(withModel.models).toMatchObject([
      { name: 'churn', interval: older, metrics: { auc: 0.8 }, baseline: { auc: 0.7 } },
    ]);
    expect(without.models).toEqual([]);
  });

  it('shows a model whose metrics are not there, and no model before the first training', async () => {
    const deps = await open({ model: churnModel }, []);
    const noMetrics = await overview({ ...deps, modelMetadata: memoryModelMetadata() });
    const untrained = await overview({ ...deps, models: memoryModelStore() });

    expect(noMetrics.models).toMatchObject([{ metrics: {}, baseline: {} }]);
    expect(untrained.models).toEqual([]);
  });

  it('tells the newest failures and runs of every machine', async () => {
    const { failures, machines } = await overview(await open({}, []));

    expect(failures.map(({ runId }) => runId)).toEqual(['y', 'x']);
    expect(machines.map(({ machine, runs }) => [machine, runs.length])).toEqual([
      ['extract', 0],
      ['medallion', 3],
      ['train-model', 0],
    ]);
  });

  it('passes over a run that is forgotten while it is read', async () => {
    const deps = await open({}, reports);

    const { verdicts } = await overview({
      ...deps,
      runs: { ...deps.runs, find: async () => null },
    });

    expect(verdicts).toEqual([]);
  });

  it('knows no interval of a pipeline that has not run', async () => {
    const { pipelines } = await overview({ ...(await open({}, [])), store: memoryStatusStore() });

    expect(pipelines).toMatchObject([{ newestInterval: null }]);
  });

  it('is empty for an empty stack', async () => {
    const document = await overview(statusDeps());

    expect(document).toMatchObject({ pipelines: [], verdicts: [], rejects: [], models: [] });
  });
});
