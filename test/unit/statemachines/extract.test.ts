import { describe, expect, it } from 'vitest';
import { ExtractRequest } from '#src/extract/extract-request.ts';
import { failure, readDefinition, runScripted, type Script } from '#test/helpers/state-machine.ts';

const interval = { id: 'manual-20260102T030000Z-ab12', group: 'default', queries: ['orders'] };
const input = { pipeline: 'shop', query: 'orders', interval };

const part = (n: number) => ({
  part: n,
  fromPartition: n,
  toPartition: n + 1,
  firstFile: n,
  rows: 5,
});

const plan = {
  hasWindow: true,
  runId: 'run-1',
  pipeline: 'shop',
  pipelineKey: 'pipelines/shop/1.json',
  query: 'orders',
  interval,
  window: { from: null, to: '2026' },
  parts: [part(0), part(1), part(2)],
  plannedRows: 15,
};

const partAnswer = (n: number) => ({
  part: n,
  resultKey: `part-${n}`,
  rows: 5,
  bytes: 50,
  isDone: true,
  nextPartition: null,
});
const committed = { manifestKey: 'bronze/_manifest.json', rows: 15, sourceRows: 15, files: 3 };

const script: Script = {
  PlanWindow: [{ Payload: plan }],
  ExtractPart: [0, 1, 2].map((n) => ({ Payload: partAnswer(n) })),
  CommitWindow: [{ Payload: committed }],
};

const payloads = (
  calls: readonly { state: string; input: Record<string, unknown> }[],
  state: string,
) => calls.filter((call) => call.state === state).map((call) => call.input.Payload);

describe('the extract machine', () => {
  it('plans, extracts each part, commits, and answers with the commit', async () => {
    const { output, calls } = await runScripted('extract', input, script);

    expect(output).toEqual(committed);
    expect(calls.map(({ state }) => state)).toEqual([
      'PlanWindow',
      'ExtractPart',
      'ExtractPart',
      'ExtractPart',
      'CommitWindow',
    ]);
  });

  it('sends requests that the function takes, named after the run', async () => {
    const { calls } = await runScripted('extract', input, script);

    const sent = ['PlanWindow', 'ExtractPart', 'CommitWindow'].flatMap((state) =>
      payloads(calls, state).map((payload) => ExtractRequest.parse(payload)),
    );
    expect(sent.map(({ step, runId }) => [step, runId])).toEqual([
      ['plan', 'run-1'],
      ['part', 'run-1'],
      ['part', 'run-1'],
      ['part', 'run-1'],
      ['commit', 'run-1'],
    ]);
    expect(sent[2]).toMatchObject({ part: part(1), pipelineKey: plan.pipelineKey });
    expect(sent[0]).toMatchObject({ execution: 'arn:run-1' });
  });

  it('passes a window by hand on to the plan', async () => {
    const window = { from: '2026-01-01', to: '2026-01-02' };

    const { calls } = await runScripted('extract', { ...input, window }, script);

    expect(payloads(calls, 'PlanWindow')[0]).toMatchObject({ step: 'plan', window });
  });

  it('extracts nothing in a dry run, nor when nothing can be new', async () => {
    const dry = await runScripted('extract', { ...input, dryRun: true }, script);
    const none = await runScripted('extract', input, {
      PlanWindow: [{ Payload: { ...plan, hasWindow: false, parts: [] } }],
    });

    expect(dry.calls.map(({ state }) => state)).toEqual(['PlanWindow']);
    expect(dry.output).toMatchObject({ plannedRows: 15 });
    expect(none.calls.map(({ state }) => state)).toEqual(['PlanWindow']);
    expect(none.error).toBeNull();
  });

  it('commits a window without rows', async () => {
    const empty = { ...script, PlanWindow: [{ Payload: { ...plan, parts: [] } }] };

    const { calls, error } = await runScripted('extract', input, empty);

    expect(error).toBeNull();
    expect(calls.map(({ state }) => state)).toEqual(['PlanWindow', 'CommitWindow']);
  });

  it.each(['PlanWindow', 'ExtractPart', 'CommitWindow'])(
    'records and tells what made %s fail for good, without another try',
    async (state) => {
      const failing = { ...script, [state]: [failure('TerminalError', 'refused')] };

      const { calls, error } = await runScripted('extract', input, failing);

      expect(error).toMatchObject({ name: 'TerminalError', message: 'refused' });
      expect(calls.map((call) => call.state).slice(-2)).toEqual(['RecordFailure', 'NotifyFailure']);
      expect(calls.find((call) => call.state === 'RecordFailure')?.input.Item).toMatchObject({
        pk: { S: 'FAILURE#extract' },
      });
    },
  );

  it('asks for a part again until it is done', async () => {
    const half = { ...partAnswer(0), isDone: false, nextPartition: 1 };
    const slow = {
      ...script,
      PlanWindow: [{ Payload: { ...plan, parts: [part(0)] } }],
      ExtractPart: [{ Payload: half }, { Payload: half }, { Payload: partAnswer(0) }],
    };

    const { calls, output } = await runScripted('extract', input, slow);

    expect(calls.map(({ state }) => state).slice(1)).toEqual([
      'ExtractPart',
      'ExtractPart',
      'ExtractPart',
      'CommitWindow',
    ]);
    const asked = payloads(calls, 'ExtractPart');
    expect(asked[2]).toEqual(asked[0]);
    expect(output).toEqual(committed);
  });

  it('waits for a statement that is running, without starting it again', async () => {
    const running = { Payload: { ...plan, parts: [], waitSeconds: 0 } };
    const slow = { ...script, PlanWindow: [running, running, { Payload: plan }] };

    const { calls, output } = await runScripted('extract', input, slow);

    const asked = payloads(calls, 'PlanWindow');
    expect(asked).toHaveLength(3);
    expect(asked[2]).toEqual(asked[0]);
    expect(output).toEqual(committed);
  });

  it('leaves a query that another run holds: quietly by schedule, refused by hand', async () => {
    const heldBy = { holder: 'run-0', since: '2026-01-02T03:00:00Z', expiresAt: '2026' };
    const held = { PlanWindow: [{ Payload: { ...plan, hasWindow: false, parts: [], heldBy } }] };
    const manual = { ...input, interval: { ...interval, group: 'manual' } };

    const scheduled = await runScripted('extract', input, held);
    const byHand = await runScripted('extract', manual, held);

    expect(scheduled.error).toBeNull();
    expect(scheduled.output).toMatchObject({ heldBy });
    expect(byHand.error).toMatchObject({
      name: 'LEASE_HELD',
      message: expect.stringContaining('run run-0 is at work on it since 2026-01-02T03:00:00Z'),
    });
    for (const { calls } of [scheduled, byHand]) {
      expect(calls.map(({ state }) => state)).toEqual(['PlanWindow']);
    }
  });

  it('reads the ranges of a split window from the lake, four at a time', () => {
    const { ExtractRanges } = readDefinition('extract').States;

    expect(ExtractRanges).toMatchObject({
      MaxConcurrency: 4,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        Parameters: { Bucket: 'LakeBucket', 'Key.$': '$.planned.plan.rangesKey' },
      },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' } },
    });
    expect(ExtractRanges).not.toHaveProperty('ToleratedFailurePercentage');
  });

  it('tries a step again after a transient error', async () => {
    const flaky = { ...script, CommitWindow: [failure('TransientError'), { Payload: committed }] };

    const { output } = await runScripted('extract', input, flaky);

    expect(output).toEqual(committed);
  });
});
