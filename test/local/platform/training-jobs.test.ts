import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { BUCKET, catching, deploy, machine, oneTask, run, uploadFixtures } from './sample-stack.ts';

let emulator: Emulator;

const parameters = {
  TrainingJobName: 'name',
  RoleArn: 'arn:aws:iam::123456789012:role/sample',
  HyperParameters: {
    rounds: '7',
    label: '"is late"',
    mode: 'train',
    sagemaker_program: 'train.py',
    sagemaker_submit_directory: `s3://${BUCKET}/training/sourcedir.tar.gz`,
  },
  AlgorithmSpecification: {
    TrainingImage: 'xgboost',
    TrainingInputMode: 'File' as const,
    MetricDefinitions: [{ Name: 'validation:auc', Regex: 'validation:auc=([0-9.]+)' }],
  },
  InputDataConfig: [
    {
      ChannelName: 'train',
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix' as const,
          S3Uri: `s3://${BUCKET}/training-data/`,
          S3DataDistributionType: 'FullyReplicated' as const,
        },
      },
    },
  ],
  OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/models` },
  ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 5 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
} satisfies CreateTrainingJobRequest;

beforeAll(async () => {
  emulator = await startEmulator('training-jobs');
  await uploadFixtures(emulator);
  const { TrainingJobName: _, HyperParameters, ...others } = parameters;
  const task = {
    ...others,
    'TrainingJobName.$': '$.name',
    HyperParameters: { ...HyperParameters, 'mode.$': '$.mode' },
  };
  await deploy(emulator, 'training', {
    Train: machine(
      'train',
      oneTask(
        'arn:aws:states:::sagemaker:createTrainingJob.sync',
        task,
        catching('States.TaskFailed'),
      ),
    ),
  });
});

afterAll(() => emulator.remove());

const create = (mode: string, more: Partial<CreateTrainingJobRequest> = {}) => {
  const TrainingJobName = `${mode}-${randomUUID().slice(0, 8)}`;
  const HyperParameters = { ...parameters.HyperParameters, mode };
  const request = { ...parameters, TrainingJobName, HyperParameters, ...more };
  return emulator.clients.sageMaker
    .send(new CreateTrainingJobCommand(request))
    .then(() => TrainingJobName);
};

const describeJob = (TrainingJobName: string) =>
  emulator.clients.sageMaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));

const settled = (name: string) =>
  vi.waitFor(
    async () => {
      const job = await describeJob(name);
      expect(['Completed', 'Failed', 'Stopped']).toContain(job.TrainingJobStatus);
      return job;
    },
    { timeout: 30_000, interval: 100 },
  );

async function readModel(uri: string): Promise<unknown> {
  const key = uri.slice(`s3://${BUCKET}/`.length);
  const answer = await emulator.clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  const archive = join(emulator.places.home, 'model.tar.gz');
  writeFileSync(archive, (await answer.Body?.transformToByteArray()) ?? new Uint8Array());
  return JSON.parse(execFileSync('tar', ['-xzOf', archive, 'model.json'], { encoding: 'utf8' }));
}

describe('a training job in a state machine', () => {
  it('runs the script with its channels and answers the model and its metrics', async () => {
    const execution = await run(emulator, 'train', { name: 'first', mode: 'train' });

    expect(execution.error).toBeUndefined();
    const output = JSON.parse(execution.output ?? '{}');
    expect(output).toMatchObject({
      TrainingJobStatus: 'Completed',
      ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/models/first/output/model.tar.gz` },
      FinalMetricDataList: [{ MetricName: 'validation:auc', Value: 0.875 }],
    });
    expect(await readModel(output.ModelArtifacts.S3ModelArtifacts)).toEqual({
      sum: 6,
      rounds: 7,
      label: 'is late',
      allText: true,
      channels: ['train'],
    });
  });

  it('is caught with the reason of the failure file', async () => {
    const execution = await run(emulator, 'train', { name: 'second', mode: 'fail' });

    const { caught } = JSON.parse(execution.output ?? '{}');
    expect(JSON.parse(caught.Cause)).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: no rows with a label, exit code: 1',
    });
  });
});

describe('a training job created by an SDK call', () => {
  it('fails with the error that the script raised', async () => {
    const job = await settled(await create('raise'));

    expect(job.FailureReason).toContain('ValueError: the label has one class');
    expect(job.SecondaryStatusTransitions?.map((transition) => transition.Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Failed',
    ]);
  });

  it('is stopped by StopTrainingJob', async () => {
    const name = await create('sleep');
    await vi.waitFor(async () =>
      expect((await describeJob(name)).SecondaryStatus).toBe('Training'),
    );

    await emulator.clients.sageMaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));

    expect((await settled(name)).TrainingJobStatus).toBe('Stopped');
  });

  it('is stopped when it has had its time', async () => {
    const name = await create('sleep', { StoppingCondition: { MaxRuntimeInSeconds: 1 } });

    expect(await settled(name)).toMatchObject({
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    });
  });

  it('is refused under a name that was used, and without its data', async () => {
    const name = await create('fail');
    await settled(name);

    await expect(
      emulator.clients.sageMaker.send(
        new CreateTrainingJobCommand({ ...parameters, TrainingJobName: name }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceInUse' });
    const nothing = structuredClone(parameters.InputDataConfig);
    for (const channel of nothing) channel.DataSource.S3DataSource.S3Uri = `s3://${BUCKET}/none/`;
    const job = await settled(await create('train', { InputDataConfig: nothing }));
    expect(job.FailureReason).toContain('No S3 objects found');
  });

  it('is listed by status', async () => {
    const answer = await emulator.clients.sageMaker.send(
      new ListTrainingJobsCommand({ StatusEquals: 'Completed' }),
    );

    expect(answer.TrainingJobSummaries?.map((job) => job.TrainingJobName)).toEqual(['first']);
  });
});
