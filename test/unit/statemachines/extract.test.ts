import { describe, expect, it } from 'vitest';
import { ExtractRequest } from '#src/extract/extract-request.ts';
import { failure, runScripted, type Script } from '#test/helpers/state-machine.ts';

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

const partAnswer = (n: number) => ({ part: n, resultKey: `part-${n}`, rows: 5, bytes: 50 });
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
    expect(sent[4]).toMatchObject({ parts: [partAnswer(0), partAnswer(1), partAnswer(2)] });
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

  it('tries a step again after a transient error', async () => {
    const flaky = { ...script, CommitWindow: [failure('TransientError'), { Payload: committed }] };

    const { output } = await runScripted('extract', input, flaky);

    expect(output).toEqual(committed);
  });
});
