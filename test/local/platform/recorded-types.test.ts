import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetJobCommand } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { deploy, glueJob } from './sample-stack.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator('recorded-types');
  await deploy(emulator, 'recorded', {
    Trail: { Type: 'AWS::CloudTrail::Trail', Properties: { IsLogging: true, S3BucketName: 'b' } },
    Budget: { Type: 'AWS::Budgets::Budget', Properties: { Budget: { BudgetType: 'COST' } } },
    Model: { Type: 'AWS::SageMaker::Model', Properties: { ModelName: 'judge' } },
    Job: glueJob('two-at-once', 'sleep.py', { ExecutionProperty: { MaxConcurrentRuns: 2 } }),
  });
});

afterAll(() => emulator.remove());

describe('a stack with types that the emulator lacks', () => {
  it('is deployed, each such resource recorded under a name', async () => {
    const answer = await emulator.clients.cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'recorded' }),
    );

    const ids = Object.fromEntries(
      (answer.StackResources ?? []).map((resource) => [
        resource.LogicalResourceId,
        resource.PhysicalResourceId,
      ]),
    );
    expect(ids).toMatchObject({ Trail: 'recorded-Trail', Model: 'judge', Job: 'two-at-once' });
  });

  it('keeps how often a Glue job may run at once', async () => {
    const answer = await emulator.clients.glue.send(new GetJobCommand({ JobName: 'two-at-once' }));

    expect(answer.Job?.ExecutionProperty).toEqual({ MaxConcurrentRuns: 2 });
  });
});
