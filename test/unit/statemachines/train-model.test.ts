import { describe, expect, it } from 'vitest';
import { failure, runScripted } from '#test/helpers/state-machine.ts';

const input = {
  pipeline: 'my_shop',
  pipelineKey: 'pipelines/my_shop/1.json',
  interval: 'hourly-20260102T030000Z',
  intervalKey: 'intervals/my_shop/hourly-20260102T030000Z.json',
  runId: 'my_shop-hourly-20260102T030000Z',
};

describe('the train-model machine', () => {
  it('trains on the training set of the interval and makes the model current', async () => {
    const { calls, error } = await runScripted('train-model', input, {});

    expect(error).toBeNull();
    expect(calls.map(({ state }) => state)).toEqual(['FitModel', 'RecordModel']);
    const [fit, record] = calls;
    const job = String(fit?.input.TrainingJobName);
    expect(JSON.stringify(fit?.input.InputDataConfig)).toContain(
      'training-data/my_shop/hourly-20260102T030000Z/',
    );
    expect(record?.input).toMatchObject({
      Key: { pk: { S: 'MODEL#my_shop' }, sk: { S: 'CURRENT' } },
      ExpressionAttributeValues: {
        ':modelKey': { S: `models/my_shop/${job}/output/model.tar.gz` },
        ':trainingJobName': { S: job },
        ':interval': { S: 'hourly-20260102T030000Z' },
        ':trainedAt': { S: '2026-01-02T03:04:05Z' },
      },
    });
  });

  it('gives the script hyperparameters that are all text', async () => {
    const { calls } = await runScripted('train-model', input, {});

    const parameters = Object.values(calls[0]?.input.HyperParameters ?? {});
    expect(parameters.every((value) => typeof value === 'string')).toBe(true);
  });

  it('names the job in characters that SageMaker takes', async () => {
    const { calls } = await runScripted('train-model', input, {});

    const job = String(calls[0]?.input.TrainingJobName).replace(/^\$\{[^}]+\}/, 'prefix');
    expect(job).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  it('leaves the current model alone when training fails, and tells it', async () => {
    const script = { FitModel: [failure('States.TaskFailed', 'AlgorithmError: no rows')] };

    const { calls, error } = await runScripted('train-model', input, script);

    expect(error).toMatchObject({ name: 'States.TaskFailed', message: 'AlgorithmError: no rows' });
    expect(calls.map(({ state }) => state)).toEqual(['FitModel', 'RecordFailure', 'NotifyFailure']);
  });
});
