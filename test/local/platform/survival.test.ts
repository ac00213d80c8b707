import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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

/** Inodes of the sockets that a process group's members hold open. */
function socketsOf(group: number): Set<string> {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(
    numbers.flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) return [];
        return readdirSync(`/proc/${pid}/fd`).flatMap(
          (fd) => /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
        );
      } catch {
        return [];
      }
    }),
  );
}

/** Local addresses, as the kernel writes them, of the listening sockets among these. */
function listeningAddresses(inodes: ReadonlySet<string>): string[] {
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

describe.runIf(process.platform === 'linux')('every process of the platform', () => {
  it('listens on 127.0.0.1 only', async () => {
    await emulator.clients.lambda.send(new InvokeCommand({ FunctionName: 'answers' }));
    const { emulator: aws, runner } = readState(emulator.places).pieces;

    const addresses = [aws, runner].flatMap((piece) =>
      listeningAddresses(socketsOf(piece?.pid ?? 0)),
    );

    expect(addresses.length).toBeGreaterThanOrEqual(2);
    expect(new Set(addresses)).toEqual(new Set(['0100007F']));
  });
});
