import { describe, expect, it } from 'vitest';
import { failure, runScripted, type Script } from '#test/helpers/state-machine.ts';

const input = {
  pipeline: 'shop',
  pipelineKey: 'pipelines/shop/1.json',
  interval: 'hourly-20260102T030000Z',
  intervalKey: 'intervals/shop/hourly-20260102T030000Z.json',
  trainDue: false,
};

const verdict = (status: string, failed: string[] = []) => ({
  Payload: { status, failed, verdictKey: 'quality/verdict.json' },
});

const passing: Script = {
  CheckSilver: [verdict('pass')],
  CheckGold: [verdict('pass')],
  FindModel: [{ Item: { modelKey: { S: 'models/shop/model.tar.gz' } } }],
};

const statesOf = ({ calls }: { calls: readonly { state: string }[] }) =>
  calls.map(({ state }) => state);

describe('the medallion machine', () => {
  it('builds and checks silver, then gold, then scores with the current model', async () => {
    const run = await runScripted('medallion', input, passing);

    expect(run.error).toBeNull();
    expect(statesOf(run)).toEqual([
      'BuildSilver',
      'CheckSilver',
      'BuildGold',
      'CheckGold',
      'FindModel',
      'ScoreEntities',
    ]);
  });

  it('gives its jobs pointers and the id of the run', async () => {
    const { calls } = await runScripted('medallion', { ...input, trainDue: true }, passing);

    const argumentsOf = (state: string) =>
      calls.find((call) => call.state === state)?.input.Arguments;
    const shared = {
      '--pipeline_key': 'pipelines/shop/1.json',
      '--interval_key': 'intervals/shop/hourly-20260102T030000Z.json',
      '--lake_bucket': 'LakeBucket',
      '--artifacts_bucket': 'ArtifactsBucket',
      '--run_id': 'run-1',
    };
    expect(argumentsOf('BuildSilver')).toMatchObject(shared);
    expect(argumentsOf('BuildGold')).toMatchObject({ ...shared, '--training_data': 'true' });
    expect(argumentsOf('ScoreEntities')).toMatchObject({
      ...shared,
      '--model_key': 'models/shop/model.tar.gz',
    });
  });

  it('trains by a run of its own name when training is due, before it scores', async () => {
    const run = await runScripted('medallion', { ...input, trainDue: true }, passing);

    expect(statesOf(run).slice(-3)).toEqual(['TrainModel', 'FindModel', 'ScoreEntities']);
    expect(run.calls.find(({ state }) => state === 'TrainModel')?.input).toMatchObject({
      Name: 'run-1',
      Input: { pipeline: 'shop', interval: input.interval, runId: 'run-1' },
    });
  });

  it('ends without scores when there is no model', async () => {
    const run = await runScripted('medallion', input, { ...passing, FindModel: [{}] });

    expect(run.error).toBeNull();
    expect(statesOf(run)).not.toContain('ScoreEntities');
  });

  it.each(['Silver', 'Gold'])('goes on after a warning of %s', async (layer) => {
    const script = { ...passing, [`Check${layer}`]: [verdict('warn', [])] };

    const run = await runScripted('medallion', input, script);

    expect(run.error).toBeNull();
    expect(statesOf(run)).toContain('ScoreEntities');
  });

  it.each([
    ['Silver', 'BuildGold'],
    ['Gold', 'FindModel'],
  ])(
    'stops when %s fails its checks: records, notifies, fails with their names',
    async (layer, next) => {
      const script = { ...passing, [`Check${layer}`]: [verdict('fail', ['has_id', 'unique_id'])] };

      const run = await runScripted('medallion', input, script);

      expect(run.error?.name).toBe('CheckFailed');
      expect(run.error?.message).toContain('["has_id","unique_id"]');
      expect(statesOf(run)).not.toContain(next);
      expect(statesOf(run).slice(-2)).toEqual(['RecordFailure', 'NotifyFailure']);
    },
  );

  it.each([
    'BuildSilver',
    'CheckSilver',
    'BuildGold',
    'CheckGold',
    'TrainModel',
    'FindModel',
    'ScoreEntities',
  ])('records and tells what made %s fail', async (state) => {
    const script = { ...passing, [state]: [failure('TerminalError', 'a bad contract')] };

    const run = await runScripted('medallion', { ...input, trainDue: true }, script);

    expect(run.error).toMatchObject({ name: 'TerminalError', message: 'a bad contract' });
    expect(statesOf(run).filter((name) => name === state)).toHaveLength(1);
    const recorded = run.calls.find((call) => call.state === 'RecordFailure')?.input;
    expect(recorded?.Item).toMatchObject({
      pk: { S: 'FAILURE#medallion' },
      sk: { S: '2026-01-02T03:04:05Z#run-1' },
      error: { S: 'TerminalError' },
      cause: { S: 'a bad contract' },
    });
    expect(run.calls.at(-1)?.input.Message).toContain('run-1');
  });

  it('asks a check again after a transient error, and then goes on', async () => {
    const script = { ...passing, CheckSilver: [failure('TransientError'), verdict('pass')] };

    const run = await runScripted('medallion', input, script);

    expect(run.error).toBeNull();
    expect(statesOf(run).filter((name) => name === 'CheckSilver')).toHaveLength(2);
  });

  it('waits for its turn when another run holds the silver job', async () => {
    const busy = failure('Glue.ConcurrentRunsExceededException');
    const script = { ...passing, BuildSilver: [...Array(12).fill(busy), {}] };

    const run = await runScripted('medallion', input, script);

    expect(run.error).toBeNull();
    expect(statesOf(run).filter((name) => name === 'BuildSilver')).toHaveLength(13);
  });

  it('still notifies and fails with the first error when the failure cannot be recorded', async () => {
    const script = {
      ...passing,
      BuildSilver: [failure('States.TaskFailed', 'spark')],
      RecordFailure: [failure('DynamoDB.ValidationException')],
      NotifyFailure: [failure('SNS.NotFoundException')],
    };

    const run = await runScripted('medallion', input, script);

    expect(run.error).toMatchObject({ name: 'States.TaskFailed', message: 'spark' });
    expect(statesOf(run)).toContain('NotifyFailure');
  });
});
