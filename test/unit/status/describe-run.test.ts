import { describe, expect, it } from 'vitest';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import {
  type MemoryRun,
  memoryJobRuns,
  memoryLogReader,
  memoryRunHistory,
} from '#src/adapters/memory/memory-status.ts';
import { type Machine, RunDetail, RunLogs } from '#src/model/status.ts';
import { describeRun } from '#src/status/describe-run.ts';
import { readRunLogs } from '#src/status/read-run-logs.ts';
import { layerReport, manifestDocument } from '#test/helpers/documents.ts';
import { definitionOf, eventsOf, runRecord, statusDeps } from '#test/helpers/status-fixtures.ts';

const interval = 'hourly-20260102T030000Z';
const name = `shop-${interval}`;
const manifestKey = 'bronze/orders/_manifest.json';
const intervalKey = `intervals/shop/${interval}.json`;
const input = JSON.stringify({ pipeline: 'shop', interval, intervalKey, runId: name });

const document = {
  pipeline: 'shop',
  pipelineKey: 'pipelines/shop/1.json',
  interval: { id: interval, group: 'hourly', queries: ['orders'] },
  manifests: [{ query: 'orders', key: manifestKey, rows: 10 }],
};

const verdict = {
  pipeline: 'shop',
  interval,
  layer: 'silver',
  runId: name,
  judgedAt: '2026-01-01T00:00:30Z',
  status: 'pass',
  results: [],
};

async function open(machine: Machine, run: MemoryRun, others: readonly MemoryRun[] = []) {
  const lake = memoryObjectStore('lake');
  const artifacts = memoryObjectStore('artifacts');
  await lake.putText(manifestKey, JSON.stringify(manifestDocument({ runId: 'shop-orders-1' })));
  await artifacts.putText(intervalKey, JSON.stringify(document));
  const quality = (file: string, value: object) =>
    artifacts.putText(`quality/shop/${interval}/${file}`, JSON.stringify(value));
  await quality('silver.report.json', layerReport({ runId: name }));
  await quality('silver.verdict.json', verdict);
  await quality('gold.report.json', layerReport({ layer: 'gold', runId: 'an earlier run' }));
  await quality('gold.verdict.json', { malformed: true });
  const arn = '"arn:aws:states:us-east-1:1:stateMachine:snowmelt-dev-train-model"';
  const definition = definitionOf(machine).replaceAll('"TrainModelStateMachine"', arn);
  const runs = memoryRunHistory([run, ...others], { [machine]: definition });
  const jobs = memoryJobRuns({ [`SilverJob/${name}`]: 'jr_running' });
  return { lake, artifacts, runs, jobs };
}

const detailOf = async (machine: Machine, run: MemoryRun, others: readonly MemoryRun[] = []) =>
  RunDetail.parse(
    await describeRun(
      statusDeps(await open(machine, run, others)),
      `${machine}:${run.record.summary.name}`,
    ),
  );

describe('describeRun', () => {
  it('brings together what a medallion run read, wrote and judged', async () => {
    const detail = await detailOf('medallion', { record: runRecord('medallion', name, { input }) });

    expect(detail).toMatchObject({ pipeline: 'shop', interval, query: null });
    expect(detail.intervalDocument).toEqual(document);
    expect(detail.manifests.map(({ key }) => key)).toEqual([manifestKey]);
    expect(detail.reports.map(({ layer }) => layer)).toEqual(['silver']);
    expect(detail.verdicts).toEqual([verdict]);
    expect(detail.samples.map(({ table }) => table)).toEqual(['dim_orders']);
    expect(detail.related).toEqual([
      { id: 'extract:shop-orders-1', machine: 'extract', why: 'extracted orders' },
    ]);
    expect(detail.states).toHaveLength(detail.graph.nodes.length);
  });

  it('finds the job of a state: told by the history, or looked up while it runs', async () => {
    const record = runRecord('medallion', name, { input, status: 'RUNNING' });
    const running = await detailOf('medallion', {
      record,
      events: eventsOf(['entered', 'BuildSilver'], ['begun', null]),
    });
    const submitted = await detailOf('medallion', {
      record,
      events: eventsOf(
        ['entered', 'BuildSilver'],
        ['submitted', null, { data: '{"JobRunId":"jr_1"}' }],
        ['exited', 'BuildSilver'],
        ['entered', 'BuildGold'],
        ['exited', 'BuildGold'],
        ['entered', 'ScoreEntities'],
        ['succeeded', null, { data: '{"Id":"jr_2"}' }],
      ),
    });

    const job = (detail: RunDetail, state: string) =>
      detail.states.find((one) => one.name === state)?.job;
    expect(job(running, 'BuildSilver')).toEqual({
      kind: 'glue',
      name: 'SilverJob',
      runId: 'jr_running',
    });
    expect(job(submitted, 'BuildSilver')?.runId).toBe('jr_1');
    expect(job(submitted, 'BuildGold')).toBeNull();
    expect(job(submitted, 'ScoreEntities')?.runId).toBe('jr_2');
  });

  it('passes over a manifest that is gone', async () => {
    const stores = await open('medallion', { record: runRecord('medallion', name, { input }) });
    stores.lake.objects.clear();

    const detail = await describeRun(statusDeps(stores), `medallion:${name}`);

    expect(detail).toMatchObject({ manifests: [], related: [] });
  });

  it('gives the sentence of a failure, and no job to a task that starts none', async () => {
    const cause = '{"FailureReason":"no rows"}';
    const detail = await detailOf('medallion', {
      record: runRecord('medallion', name, { input, status: 'FAILED', error: 'E', cause }),
      events: eventsOf(['entered', 'FindModel'], ['failed', null, { error: 'E', cause }]),
    });

    expect(detail.cause).toBe('no rows');
    expect(detail.states[0]).toMatchObject({ name: 'FindModel', cause: 'no rows', job: null });
  });

  it('finds the nested run of a state', async () => {
    const arn = 'arn:aws:states:us-east-1:1:execution:snowmelt-dev-train-model:other';
    const record = runRecord('medallion', name, { input, status: 'RUNNING' });
    const told = await detailOf('medallion', {
      record,
      events: eventsOf(
        ['entered', 'TrainModel'],
        ['succeeded', null, { data: JSON.stringify({ ExecutionArn: arn }) }],
      ),
    });
    const untold = await detailOf('medallion', {
      record,
      events: eventsOf(['entered', 'TrainModel']),
    });

    const child = (detail: RunDetail) =>
      detail.states.find((state) => state.name === 'TrainModel')?.childRunId;
    expect(child(told)).toBe('train-model:other');
    expect(child(untold)).toBe(`train-model:${name}`);
  });

  it('links a training run to its job and to the run that asked for it', async () => {
    const detail = await detailOf('train-model', {
      record: runRecord('train-model', name, { input }),
      events: eventsOf(['entered', 'FitModel', { data: '{"job":{"name":"train-1"}}' }]),
    });
    const byHand = await detailOf('train-model', { record: runRecord('train-model', 'by-hand') });

    expect(detail.related.map(({ id }) => id)).toEqual([`medallion:${name}`]);
    expect(detail.states.find((state) => state.name === 'FitModel')?.job).toEqual({
      kind: 'sagemaker',
      name: 'train-1',
      runId: 'train-1',
    });
    expect(byHand.related).toEqual([]);
    expect(byHand.states.find((state) => state.name === 'FitModel')?.job).toBeNull();
  });

  it('shows the manifest an extraction committed and the run that took it in', async () => {
    const record = runRecord('extract', 'shop-orders-1', {
      input: JSON.stringify({ pipeline: 'shop', query: 'orders', interval: { id: interval } }),
      output: JSON.stringify({ manifestKey }),
    });
    const taken = [{ record: runRecord('medallion', name) }];

    const alone = await detailOf('extract', { record });
    const followed = await detailOf('extract', { record }, taken);

    expect(alone).toMatchObject({ query: 'orders', interval, related: [] });
    expect(alone.manifests.map(({ key }) => key)).toEqual([manifestKey]);
    expect(followed.related.map(({ id }) => id)).toEqual([`medallion:${name}`]);
  });

  it('shows what there is of a run that was given something else', async () => {
    const extract = await detailOf('extract', {
      record: runRecord('extract', 'odd', { input: '[]' }),
    });
    const training = await detailOf('medallion', {
      record: runRecord('medallion', 'odd', { input: '{"interval":"x"}' }),
      events: eventsOf(['entered', 'FitModel']),
    });

    expect(extract).toMatchObject({ pipeline: null, manifests: [], related: [] });
    expect(training).toMatchObject({ interval: 'x', intervalDocument: null, reports: [] });
  });

  it('shows no manifests when the interval document is gone', async () => {
    const gone = JSON.stringify({ pipeline: 'shop', interval, intervalKey: 'gone.json' });

    const detail = await detailOf('medallion', {
      record: runRecord('medallion', name, { input: gone }),
    });

    expect(detail).toMatchObject({ intervalDocument: null, manifests: [] });
  });

  it.each(['medallion:gone', 'medallion:', 'nothing:x', 'medallion:a:b', 'medallion'])(
    'refuses %s, which names no run',
    async (id) => {
      await expect(describeRun(statusDeps(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );
});

describe('readRunLogs', () => {
  const at = '2026-01-01T00:00:01.500Z';
  const line = (group: string, stream: string, message: string) => ({ group, stream, at, message });

  it('reads the lines of a function that name the run', async () => {
    const record = runRecord('medallion', name, { input });
    const events = eventsOf(['entered', 'CheckSilver'], ['begun', null], ['exited', 'CheckSilver']);
    const group = '/aws/lambda/checkQuality';
    const logs = memoryLogReader([
      line(group, 's', `{"runId":"${name}","message":"verdict"}`),
      line(group, 's', `{"runId":"${name}-1a2b"}`),
    ]);
    const stores = await open('medallion', { record, events });

    const read = await readRunLogs(statusDeps({ ...stores, logs }), `medallion:${name}`);

    expect(RunLogs.parse(read).sources).toMatchObject([
      { state: 'CheckSilver', source: 'lambda', group, lines: [{ at }] },
    ]);
  });

  it('reads both logs of a Glue job, of the asked state only', async () => {
    const record = runRecord('medallion', name, { input, status: 'RUNNING' });
    const events = eventsOf(['entered', 'BuildSilver'], ['begun', null], ['entered', 'BuildGold']);
    const logs = memoryLogReader([
      line('/aws-glue/jobs/output', 'jr_running', 'out'),
      line('/aws-glue/jobs/error', 'jr_running', 'err'),
      line('/aws-glue/jobs/error', 'jr_other', 'not ours'),
    ]);
    const deps = statusDeps({ ...(await open('medallion', { record, events })), logs });

    const all = await readRunLogs(deps, `medallion:${name}`, 'BuildSilver');
    const none = await readRunLogs(deps, `medallion:${name}`, 'BuildGold');

    expect(all.sources.map(({ lines }) => lines[0]?.message)).toEqual(['out', 'err']);
    expect(none.sources).toEqual([]);
  });

  it('reads the log of a training job by the beginning of its stream', async () => {
    const record = runRecord('train-model', name, { input });
    const events = eventsOf(['entered', 'FitModel', { data: '{"job":{"name":"train-1"}}' }]);
    const logs = memoryLogReader([
      line('/aws/sagemaker/TrainingJobs', 'train-1/algo-1', 'auc=0.8'),
      line('/aws/sagemaker/TrainingJobs', 'train-10/algo-1', 'auc=0.1'),
    ]);
    const stores = await open('train-model', { record, events });

    const { sources } = await readRunLogs(statusDeps({ ...stores, logs }), `train-model:${name}`);

    expect(sources.map(({ lines }) => lines)).toEqual([[{ at, message: 'auc=0.8' }]]);
  });
});
