import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.ts';
import { cloudWatchLogReader } from '#src/adapters/aws/cloudwatch-log-reader.ts';
import { dynamoModelStore } from '#src/adapters/aws/dynamo-model-store.ts';
import { dynamoScheduleStore } from '#src/adapters/aws/dynamo-schedule-store.ts';
import { dynamoStatusStore } from '#src/adapters/aws/dynamo-status-store.ts';
import { s3ModelMetadataStore } from '#src/adapters/aws/s3-model-metadata-store.ts';
import { createStateTable, type Emulator, startEmulator } from '#test/helpers/emulator.ts';

const table = 'state';
const bucket = 'artifacts';

let emulator: Emulator;

const put = (Item: object) =>
  DynamoDBDocumentClient.from(emulator.clients.dynamo).send(
    new PutCommand({ TableName: table, Item: { ...Item } }),
  );

beforeAll(async () => {
  emulator = await startEmulator('status-sources');
  await emulator.clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await createStateTable(emulator, table);
});

afterAll(() => emulator.remove());

describe('the state table', () => {
  it('tells watermarks, and that there is none', async () => {
    const store = dynamoStatusStore({ table, client: emulator.clients.dynamo });
    const committedAt = '2026-01-02T03:00:00Z';
    await put({
      pk: 'WATERMARK#shop#orders',
      sk: 'CURRENT',
      value: '2026',
      version: 1,
      committedAt,
    });
    await put({ pk: 'WATERMARK#shop#planned', sk: 'CURRENT', version: 0 });

    expect(await store.watermark('shop', 'orders')).toEqual({ value: '2026', committedAt });
    expect(await store.watermark('shop', 'planned')).toEqual({ value: null, committedAt: null });
    expect(await store.watermark('shop', 'never')).toBeNull();
  });

  it('tells the newest failures of a machine', async () => {
    const store = dynamoStatusStore({ table, client: emulator.clients.dynamo });
    for (const at of ['2026-01-01', '2026-01-03', '2026-01-02']) {
      const item = { at, runId: at, error: 'E', cause: 'c', input: '{}' };
      await put({ pk: 'FAILURE#extract', sk: `${at}#run`, ...item });
    }

    const failures = await store.failures('extract', 2);

    expect(failures.map(({ runId }) => runId)).toEqual(['2026-01-03', '2026-01-02']);
  });

  it('tells the current model, and that there is none', async () => {
    const models = dynamoModelStore({ table, client: emulator.clients.dynamo });
    const model = { modelKey: 'k', trainingJobName: 'j', interval: 'i', trainedAt: '2026' };
    await put({ pk: 'MODEL#shop', sk: 'CURRENT', ...model, runId: 'r' });

    expect(await models.current('shop')).toEqual(model);
    expect(await models.current('other')).toBeNull();
  });

  it('remembers how far a schedule is', async () => {
    const schedules = dynamoScheduleStore({ table, client: emulator.clients.dynamo });

    expect(await schedules.lastStarted('shop', 'hourly')).toBeNull();
    await schedules.noteStarted('shop', 'hourly', 'hourly-1');
    await schedules.noteStarted('shop', 'hourly', 'hourly-2');
    expect(await schedules.lastStarted('shop', 'hourly')).toBe('hourly-2');
  });
});

describe('the log', () => {
  const group = '/aws/lambda/a-function';
  const now = Date.now();
  const span = {
    from: new Date(now - 60_000).toISOString(),
    to: new Date(now + 60_000).toISOString(),
  };

  const open = () => {
    const { region, credentials } = emulator.clients.s3.config;
    return new CloudWatchLogsClient({ endpoint: emulator.endpoint, region, credentials });
  };

  it('is read by text, by stream, by the beginning of a stream, newest lines kept', async () => {
    const client = open();
    await client.send(new CreateLogGroupCommand({ logGroupName: group }));
    for (const stream of ['job-1/algo', 'job-10/algo']) {
      const names = { logGroupName: group, logStreamName: stream };
      await client.send(new CreateLogStreamCommand(names));
      const logEvents = [1, 2, 3].map((n) => ({
        timestamp: now + n,
        message: `${stream} line-${n}`,
      }));
      await client.send(new PutLogEventsCommand({ ...names, logEvents }));
    }
    const reader = cloudWatchLogReader(client);
    const read = async (query: object, limit = 10) =>
      (await reader.read({ group, ...span, limit, ...query })).lines.map(({ message }) => message);

    expect(await read({ containing: 'line-2' })).toHaveLength(2);
    expect(await read({ stream: { name: 'job-1/algo', isPrefix: false } })).toHaveLength(3);
    expect(await read({ stream: { name: 'job-1/', isPrefix: true } }, 1)).toEqual([
      'job-1/algo line-3',
    ]);
  });

  it('is empty where there is none', async () => {
    const reader = cloudWatchLogReader(open());
    const read = (query: object) => reader.read({ group: '/none', ...span, limit: 5, ...query });

    expect(await read({})).toEqual({ lines: [], isTruncated: false });
    expect(await read({ group, stream: { name: 'no-such-stream', isPrefix: false } })).toEqual({
      lines: [],
      isTruncated: false,
    });
  });
});

describe('the metrics of a model', () => {
  const metadata = { metrics: { auc: 0.8 }, baseline: { auc: 0.7 }, seed: 7 };

  /** As SageMaker makes it of a folder: Python's tarfile, which writes extended headers. */
  function archive(): Buffer {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    writeFileSync(join(folder, 'model.json'), '{}'.repeat(1_000));
    writeFileSync(join(folder, 'metadata.json'), JSON.stringify(metadata));
    const script =
      'import sys, tarfile\n' +
      'with tarfile.open(sys.argv[2], "w:gz") as tar: tar.add(sys.argv[1], arcname=".")';
    const path = join(tmpdir(), `model-${process.pid}.tar.gz`);
    execFileSync(paths.venvPython, ['-c', script, folder, path]);
    return readFileSync(path);
  }

  it('are read out of the archive', async () => {
    const { s3 } = emulator.clients;
    const Key = 'models/shop/job/output/model.tar.gz';
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: archive() }));
    const store = s3ModelMetadataStore({ bucket, client: s3 });

    const { metrics, baseline } = metadata;
    expect(await store.read(Key)).toEqual({ metrics, baseline });
    expect(await store.read('models/none.tar.gz')).toBeNull();
  });
});
