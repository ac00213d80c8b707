import { describe, expect, it } from 'vitest';
import { AwsFault } from '#local/jobs/aws-fault.ts';
import { readMetrics, readTrainingRequest } from '#local/jobs/training-job.ts';
import { programName, scriptArguments } from '#local/jobs/training-layout.ts';

const request = {
  TrainingJobName: 'churn-1',
  RoleArn: 'arn:aws:iam::123456789012:role/training',
  AlgorithmSpecification: {
    MetricDefinitions: [{ Name: 'auc', Regex: 'auc=([0-9.]+)' }],
  },
  HyperParameters: {
    max_depth: '6',
    e: '0.1',
    label: '"is late"',
    sagemaker_program: '"train.py"',
  },
  OutputDataConfig: { S3OutputPath: 's3://artifacts/models' },
  ResourceConfig: {},
  StoppingCondition: {},
};

describe('a training request', () => {
  it('becomes the command line of script mode, decoded, without the toolkit’s own parameters', () => {
    const read = readTrainingRequest(request);

    expect(scriptArguments(read)).toEqual(['-e', '0.1', '--label', 'is late', '--max_depth', '6']);
    expect(programName(read)).toBe('train.py');
  });

  it('is refused with every problem when a hyperparameter is no text', () => {
    const wrong = { ...request, TrainingJobName: 'a b', HyperParameters: { max_depth: 6 } };

    const refuse = () => readTrainingRequest(wrong);

    expect(refuse).toThrow(AwsFault);
    expect(refuse).toThrow(/2 validation errors.*TrainingJobName.*HyperParameters\.max_depth/);
  });

  it('finds the last value of each metric', () => {
    const metrics = readMetrics(readTrainingRequest(request), 'auc=0.5\nauc=0.75\nloss=1\n');

    expect(metrics).toMatchObject([{ MetricName: 'auc', Value: 0.75 }]);
  });
});
