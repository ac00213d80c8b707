import { readFileSync } from 'node:fs';
import {
  CreateTableCommand as CreateDynamoTable,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetJobRunCommand,
  GetTableCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { identify } from '#local/platform/processes.ts';
import { readState } from '#local/platform/state.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { BUCKET, deploy, glueJob, lambda, uploadFixtures } from './sample-stack.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator('survival');
  await uploadFixtures(emulator);
  await deploy(emulator, 'survivor', {
    Answers: lambda('answers', 'exports.handler = async () => 42;'),
    Sleeping: glueJob('sleeping', 'sleep.py'),
  });
});

afterAll(() => emulator.remove());

async function fill(): Promise<void> {
  const { s3, dynamo, glue } = emulator.clients;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'kept', Body: 'object' }));
  await dynamo.send(
    new CreateDynamoTable({
      TableName: 'state',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await dynamo.send(new PutItemCommand({ TableName: 'state', Item: { pk: { S: 'kept' } } }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'kept' } }));
  await glue.send(new CreateTableCommand({ DatabaseName: 'kept', TableInput: { Name: 'rows' } }));
}

const kill = (piece: 'emulator' | 'runner'): number => {
  const pid = readState(emulator.places).pieces[piece]?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  return pid;
};

/** Longer than the interval between checkpoints. */
const nextCheckpoint = () => new Promise((resolve) => setTimeout(resolve, 7000));

describe('a killed AWS emulator', () => {
  it('comes up again with objects, tables, items and functions', async () => {
    await fill();
    await nextCheckpoint();
    const killed = kill('emulator');

    await emulator.ensure();

    const { s3, dynamo, glue, lambda: functions } = emulator.clients;
    expect(readState(emulator.places).pieces.emulator?.pid).not.toBe(killed);
    const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
    expect(await object.Body?.transformToString()).toBe('object');
    const item = await dynamo.send(
      new GetItemCommand({ TableName: 'state', Key: { pk: { S: 'kept' } } }),
    );
    expect(item.Item).toBeDefined();
    const table = await glue.send(new GetTableCommand({ DatabaseName: 'kept', Name: 'rows' }));
    expect(table.Table?.Name).toBe('rows');
    const answer = await functions.send(new InvokeCommand({ FunctionName: 'answers' }));
    expect(Buffer.from(answer.Payload ?? []).toString()).toBe('42');
  });
});

describe('a killed jobs runner', () => {
  it('comes up again with its runs, those that were active failed and their processes ended', async () => {
    const marker = `${emulator.places.home}/marker`;
    const { JobRunId } = await emulator.clients.glue.send(
      new StartJobRunCommand({ JobName: 'sleeping', Arguments: { '--marker': marker } }),
    );
    const pid = await vi.waitFor(() => Number(readFileSync(marker, 'utf8')), { timeout: 20_000 });
    kill('runner');

    await emulator.ensure();

    const { JobRun } = await emulator.clients.glue.send(
      new GetJobRunCommand({ JobName: 'sleeping', RunId: JobRunId }),
    );
    expect(JobRun?.JobRunState).toBe('FAILED');
    await vi.waitFor(() => expect(identify(pid)).toBeUndefined(), { timeout: 5000 });
  });
});
