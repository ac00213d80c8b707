import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, vi } from 'vitest';
import type { Emulator } from '#test/helpers/emulator.ts';

export const BUCKET = 'sample-artifacts';
export const DATABASE = 'sample_lake';
const ROLE = 'arn:aws:iam::123456789012:role/sample';

export const fixture = (name: string): string =>
  join(import.meta.dirname, '../../fixtures/platform', name);

/** A JSON state machine of one Task that catches one error by its name. */
export function oneTask(resource: string, parameters: object, more: object = {}): string {
  return JSON.stringify({
    StartAt: 'RunTask',
    States: {
      RunTask: { Type: 'Task', Resource: resource, Parameters: parameters, End: true, ...more },
      Caught: { Type: 'Succeed' },
    },
  });
}

export const catching = (error: string): object => ({
  Catch: [{ ErrorEquals: [error], ResultPath: '$.caught', Next: 'Caught' }],
});

const glueJob = (name: string, script: string, more: object = {}) => ({
  Type: 'AWS::Glue::Job',
  Properties: {
    Name: name,
    Role: ROLE,
    GlueVersion: '6.0',
    MaxRetries: 0,
    Timeout: 5,
    Command: { Name: 'glueetl', ScriptLocation: `s3://${BUCKET}/jobs/${script}` },
    ...more,
  },
});

const lambda = (name: string, code: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Role: ROLE,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: code },
  },
});

export const machine = (name: string, definition: string) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { StateMachineName: name, RoleArn: ROLE, DefinitionString: definition },
});

export { glueJob, lambda };

/** Deploys resources as a stack of that name and waits until it is complete. */
export async function deploy(
  { clients }: Emulator,
  name: string,
  resources: Record<string, object>,
): Promise<void> {
  await clients.cloudFormation.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify({ Resources: resources }),
    }),
  );
  await vi.waitFor(
    async () => {
      const answer = await clients.cloudFormation.send(
        new DescribeStacksCommand({ StackName: name }),
      );
      expect(answer.Stacks?.[0]).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    },
    { timeout: 20_000, interval: 100 },
  );
}

/** Puts the fixtures' scripts, and a zip and a tar of modules, into the sample bucket. */
export async function uploadFixtures({ clients }: Emulator): Promise<void> {
  const put = (Key: string, Body: Buffer | string) =>
    clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const name of ['count_rows.py', 'fail.py', 'sleep.py']) {
    await put(`jobs/${name}`, readFileSync(fixture(name)));
  }
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  const archive = join(folder, 'sourcedir.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', fixture('.'), 'train.py']);
  await put('training/sourcedir.tar.gz', readFileSync(archive));
  await put('jobs/greeting.py', readFileSync(fixture('greeting.py')));
  await put('training-data/a/one.csv', '1\n2\n');
  await put('training-data/b/two.csv', '3\n');
}

export const machineArn = (name: string): string =>
  `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`;

/** Starts an execution; answers its ARN. */
export async function start({ clients }: Emulator, name: string, input: object = {}) {
  const answer = await clients.stepFunctions.send(
    new StartExecutionCommand({ stateMachineArn: machineArn(name), input: JSON.stringify(input) }),
  );
  return answer.executionArn ?? '';
}

/** The execution once it has ended. */
export async function ended(
  { clients }: Emulator,
  executionArn: string,
): Promise<DescribeExecutionOutput> {
  return vi.waitFor(
    async () => {
      const execution = await clients.stepFunctions.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      expect(execution.status).not.toBe('RUNNING');
      return execution;
    },
    { timeout: 120_000, interval: 200 },
  );
}

/** Runs a machine to its end. */
export const run = async (emulator: Emulator, name: string, input: object = {}) =>
  ended(emulator, await start(emulator, name, input));
