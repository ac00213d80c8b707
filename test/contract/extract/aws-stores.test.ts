import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateDatabaseCommand, GetPartitionsCommand, GetTableCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { glueBronzeCatalog } from '#src/adapters/aws/glue-bronze-catalog.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { secretsManagerCredentials } from '#src/adapters/aws/secrets-manager-credentials.ts';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import { memoryWatermarkStore } from '#src/adapters/memory/memory-watermark-store.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import type { WatermarkStore } from '#src/ports/watermark-store.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { pipelineDocument } from '#test/helpers/extract-fixtures.ts';

const BUCKET = 'lake';
const TABLE = 'state';
const DATABASE = 'snowmelt_test_bronze';
const folder = mkdtempSync(join(tmpdir(), 'aws-stores-'));
let emulator: Emulator;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  emulator = await startEmulator('extract-stores');
  const { s3, dynamo, glue } = emulator.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }));
  const { credentials, region } = s3.config;
  secrets = new SecretsManagerClient({ endpoint: emulator.endpoint, region, credentials });
});
afterAll(() => emulator.remove());

describe.each([
  ['memory', () => memoryObjectStore()],
  ['S3', () => s3ObjectStore({ bucket: BUCKET, client: emulator.clients.s3 })],
] as const)('the object store in %s', (name, open) => {
  const objects = (): ObjectStore => open();

  it('gives back what was stored', async () => {
    const store = objects();

    expect(await store.putText(`${name}/a.json`, '{"ä":1}')).toBe(true);

    expect(await store.getText(`${name}/a.json`)).toBe('{"ä":1}');
    expect(await store.has(`${name}/a.json`)).toBe(true);
  });

  it('says that a key holds nothing', async () => {
    const store = objects();

    expect(await store.getText(`${name}/none`)).toBeNull();
    expect(await store.has(`${name}/none`)).toBe(false);
  });

  it('stores under an unused key once only', async () => {
    const store = objects();

    expect(await store.putText(`${name}/once`, 'first', { ifAbsent: true })).toBe(true);
    expect(await store.putText(`${name}/once`, 'second', { ifAbsent: true })).toBe(false);
    expect(await store.getText(`${name}/once`)).toBe('first');
  });

  it('lists keys by prefix, in order, beyond one page', async () => {
    const store = objects();
    const count = name === 'S3' ? 1005 : 20;
    const keys = Array.from({ length: count }, (_, n) => `${name}/many/${10_000 + n}`);
    for (let start = 0; start < count; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => store.putText(key, '{}')));
    }

    expect(await store.list(`${name}/many/`)).toEqual(keys);
  });

  it('stores files', async () => {
    const path = join(folder, 'file.bin');
    writeFileSync(path, 'content of a file');
    const sha256 = createHash('sha256').update('content of a file').digest('hex');
    const store = objects();

    await store.putFile(`${name}/file.bin`, path, { sha256 });

    expect(await store.getText(`${name}/file.bin`)).toBe('content of a file');
  });
});

describe('the object store in S3', () => {
  it('keeps the checksum of a file', async () => {
    const path = join(folder, 'file.bin');
    writeFileSync(path, 'checked');
    const digest = createHash('sha256').update('checked').digest();
    const store = s3ObjectStore({ bucket: BUCKET, client: emulator.clients.s3 });

    await store.putFile('checked', path, { sha256: digest.toString('hex') });

    const head = new HeadObjectCommand({ Bucket: BUCKET, Key: 'checked', ChecksumMode: 'ENABLED' });
    const { ChecksumSHA256 } = await emulator.clients.s3.send(head);
    expect(ChecksumSHA256).toBe(digest.toString('base64'));
  });

  it('refuses a bucket that is not there with a terminal error', async () => {
    const store = s3ObjectStore({ bucket: 'nowhere', client: emulator.clients.s3 });

    await expect(store.putText('a', 'b')).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'STORE_REFUSED',
      message: expect.stringContaining('s3://nowhere/a'),
    });
  });
});

const id = { pipeline: 'shop', query: 'orders' };
const pending = (runId: string) => ({
  runId,
  intervalId: `interval-${runId}`,
  window: { from: null, to: '2024-05-01 12:00:00.000000001' },
  manifestKey: `bronze/${runId}/_manifest.json`,
  plannedAt: '2024-05-01T12:00:00.000Z',
});
const commit = (runId: string) => ({
  ...pending(runId),
  value: '2024-05-01 12:00:00.000000001',
  rows: 5,
  committedAt: '2024-05-01T12:00:01.000Z',
});

describe.each([
  ['memory', () => memoryWatermarkStore()],
  ['DynamoDB', () => dynamoWatermarkStore({ table: TABLE, client: emulator.clients.dynamo })],
] as const)('the watermark store in %s', (name, open) => {
  const query = (suffix: string) => ({ ...id, query: `orders_${name}_${suffix}` });

  it('knows nothing of a query that was never extracted', async () => {
    expect(await open().read(query('new'))).toEqual({
      value: null,
      version: 0,
      runId: null,
      intervalId: null,
      manifestKey: null,
      pending: null,
      lease: null,
    });
    expect(await open().history(query('new'))).toEqual([]);
  });

  it('goes from planned to committed to cleared', async () => {
    const store: WatermarkStore = open();
    const orders = query('whole');

    await store.plan(orders, pending('run-1'), 0);
    expect(await store.read(orders)).toMatchObject({ version: 0, pending: pending('run-1') });

    await store.commit(orders, commit('run-1'), 0, 'run-1');
    expect(await store.read(orders)).toMatchObject({
      value: '2024-05-01 12:00:00.000000001',
      version: 1,
      runId: 'run-1',
      intervalId: 'interval-run-1',
      manifestKey: 'bronze/run-1/_manifest.json',
      pending: { runId: 'run-1' },
    });

    await store.clearPending(orders, 'run-1');
    expect((await store.read(orders)).pending).toBeNull();
    await store.plan(orders, pending('run-2'), 1);
    await store.commit(orders, commit('run-2'), 1, 'run-2');
    expect(await store.history(orders)).toEqual([
      { version: 1, runId: 'run-1', manifestKey: 'bronze/run-1/_manifest.json' },
      { version: 2, runId: 'run-2', manifestKey: 'bronze/run-2/_manifest.json' },
    ]);
  });

  it('holds the watermark of a query that is read whole', async () => {
    const store: WatermarkStore = open();
    const orders = query('full');

    await store.plan(orders, { ...pending('run-1'), window: null }, 0);
    await store.commit(orders, { ...commit('run-1'), window: null, value: null }, 0, 'run-1');

    expect(await store.read(orders)).toMatchObject({ value: null, version: 1 });
  });

  it('refuses who has read an older version', async () => {
    const store: WatermarkStore = open();
    const orders = query('stale');
    await store.plan(orders, pending('run-1'), 0);
    await store.commit(orders, commit('run-1'), 0, 'run-1');

    const conflict = { name: 'TerminalError', code: 'WATERMARK_CONFLICT' };
    await expect(store.plan(orders, pending('run-2'), 0)).rejects.toMatchObject(conflict);
    await expect(store.commit(orders, commit('run-1'), 0, 'run-1')).rejects.toMatchObject(conflict);
    expect(await store.history(orders)).toHaveLength(1);
  });

  it('refuses the commit of a run that another has replaced', async () => {
    const store: WatermarkStore = open();
    const orders = query('replaced');
    await store.plan(orders, pending('run-1'), 0);
    await store.plan(orders, pending('run-2'), 0);

    await expect(store.commit(orders, commit('run-1'), 0, 'run-1')).rejects.toMatchObject({
      code: 'WATERMARK_CONFLICT',
    });
    expect((await store.read(orders)).version).toBe(0);
  });

  const lease = (holder: string, minute: number) => ({
    holder,
    execution: `arn:${holder}`,
    since: '2024-05-01T12:00:00.000Z',
    expiresAt: `2024-05-01T12:0${minute}:00.000Z`,
  });

  it('gives a lease to the one run that has seen the last one', async () => {
    const store: WatermarkStore = open();
    const orders = query('lease');

    const first = await Promise.all(
      ['run-1', 'run-2', 'run-3'].map((run) => store.replaceLease(orders, null, lease(run, 1))),
    );
    expect(first.filter(Boolean)).toHaveLength(1);
    const held = (await store.read(orders)).lease;
    expect(await store.replaceLease(orders, lease('run-9', 1), lease('run-4', 2))).toBe(false);
    expect(await store.replaceLease(orders, held, lease('run-4', 2))).toBe(true);
    expect((await store.read(orders)).lease).toEqual(lease('run-4', 2));
  });

  it('lets nobody plan or commit but the holder of the lease', async () => {
    const store: WatermarkStore = open();
    const orders = query('fenced');
    await store.replaceLease(orders, null, lease('run-1', 1));
    await store.plan(orders, pending('run-1'), 0);
    await store.replaceLease(orders, lease('run-1', 1), lease('run-2', 2));

    const conflict = { code: 'WATERMARK_CONFLICT' };
    await expect(store.commit(orders, commit('run-1'), 0, 'run-1')).rejects.toMatchObject(conflict);
    await expect(store.plan(orders, pending('run-1'), 0)).rejects.toMatchObject(conflict);
    await store.commit(orders, commit('run-1'), 0, 'run-2');
    expect(await store.read(orders)).toMatchObject({ version: 1, runId: 'run-1' });
  });

  it('ends the lease of its holder only', async () => {
    const store: WatermarkStore = open();
    const orders = query('released');
    await store.replaceLease(orders, null, lease('run-1', 1));

    await store.releaseLease(orders, 'run-2');
    expect((await store.read(orders)).lease?.holder).toBe('run-1');
    await store.releaseLease(orders, 'run-1');
    expect((await store.read(orders)).lease).toBeNull();
  });

  it('keeps a lane apart from the live watermark', async () => {
    const store: WatermarkStore = open();
    const orders = query('lane');
    const lane = { ...orders, lane: '2024-05-01_2024-05-02' };
    await store.plan(lane, pending('run-1'), 0);
    await store.commit(lane, commit('run-1'), 0, 'run-1');

    expect(await store.read(orders)).toMatchObject({ version: 0, pending: null });
    expect(await store.history(orders)).toEqual([]);
    expect(await store.history(lane)).toHaveLength(1);
  });

  it('does not clear the pending window of another run', async () => {
    const store: WatermarkStore = open();
    const orders = query('other');
    await store.plan(orders, pending('run-2'), 0);

    await store.clearPending(orders, 'run-1');

    expect((await store.read(orders)).pending?.runId).toBe('run-2');
  });
});

describe('the bronze catalog in Glue', () => {
  const column = (name: string, parquetType: string) => {
    return { name, type: 'source type', nullable: true, parquetType };
  };
  const open = () =>
    glueBronzeCatalog({ database: DATABASE, lakeBucket: BUCKET, client: emulator.clients.glue });
  const read = async (Name: string) => {
    const { glue } = emulator.clients;
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: DATABASE, Name }));
    const { Partitions } = await glue.send(
      new GetPartitionsCommand({ DatabaseName: DATABASE, TableName: Name }),
    );
    return { Table, Partitions };
  };

  it('makes a table of all types with its partition, and again nothing', async () => {
    const types = ['BIGINT', 'DECIMAL(38,0)', 'DOUBLE', 'BOOLEAN', 'DATE', 'TIMESTAMP'];
    const all = [...types, 'TIMESTAMP_NS', 'VARCHAR', 'BLOB', 'INTEGER'];
    const table = {
      query: 'orders',
      columns: all.map((type, n) => column(`C${n}`, type)),
      partition: { extractDate: '2024-05-01', runId: 'run-1' },
    };

    await open().register(table);
    await open().register(table);

    const { Table, Partitions } = await read('orders');
    expect(Table?.StorageDescriptor?.Location).toBe(`s3://${BUCKET}/bronze/orders/`);
    expect(Table?.PartitionKeys?.map(({ Name }) => Name)).toEqual(['extract_date', 'run_id']);
    expect(Table?.StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'c0 bigint',
      'c1 decimal(38,0)',
      'c2 double',
      'c3 boolean',
      'c4 date',
      'c5 timestamp',
      'c6 timestamp',
      'c7 string',
      'c8 binary',
      'c9 int',
    ]);
    expect(Partitions?.map(({ Values }) => Values)).toEqual([['2024-05-01', 'run-1']]);
    expect(Partitions?.[0]?.StorageDescriptor?.Location).toBe(
      `s3://${BUCKET}/bronze/orders/extract_date=2024-05-01/run_id=run-1/`,
    );
  });

  it('adds columns that come, and keeps those that went', async () => {
    const { register } = open();
    await register({ query: 'drifting', columns: [column('A', 'BIGINT'), column('B', 'DATE')] });
    await register({ query: 'drifting', columns: [column('A', 'BIGINT'), column('C', 'DOUBLE')] });

    const { Table, Partitions } = await read('drifting');

    expect(Table?.StorageDescriptor?.Columns?.map(({ Name }) => Name)).toEqual(['a', 'c', 'b']);
    expect(Partitions).toEqual([]);
  });
});

describe('the log-in in Secrets Manager', () => {
  it('is read once, and again when it was forgotten', async () => {
    const login = { account: 'local', user: 'me', pat: 'one' };
    const name = 'snowflake';
    const { ARN } = await secrets.send(
      new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(login) }),
    );
    const source = secretsManagerCredentials({ secretArn: ARN ?? '', client: secrets });
    expect(await source.read()).toEqual(login);
    const rotated = JSON.stringify({ ...login, pat: 'two' });
    await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: rotated }));

    expect((await source.read()).pat).toBe('one');
    source.forget();
    expect((await source.read()).pat).toBe('two');
  });

  it.each(['not JSON', '{"account":"local","pat":"hidden"}', '{"account":"local","user":""}'])(
    'is refused without telling the value of %s',
    async (SecretString) => {
      const Name = `bad-${createHash('sha256').update(SecretString).digest('hex').slice(0, 8)}`;
      const { ARN } = await secrets.send(new CreateSecretCommand({ Name, SecretString }));
      const source = secretsManagerCredentials({ secretArn: ARN ?? '', client: secrets });

      const error = await source.read().catch((caught: Error) => caught);

      expect(error).toMatchObject({ name: 'TerminalError', code: 'CONFIG_INVALID' });
      expect(String(error)).not.toContain('hidden');
    },
  );
});

describe('published pipelines', () => {
  it('are found by name and by key, and are checked', async () => {
    const objects = memoryObjectStore();
    const store = s3PipelineStore(objects);
    const key = 'pipelines/shop/0123.json';
    await objects.putText(key, JSON.stringify(pipelineDocument()));
    await objects.putText('pipelines/shop/current.json', JSON.stringify({ key }));
    await objects.putText('pipelines/shop/bad.json', '{"name":"shop"}');

    expect((await store.current('shop')).key).toBe(key);
    expect((await store.byKey(key)).name).toBe('shop');
    await expect(store.byKey('pipelines/shop/bad.json')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await expect(store.current('other')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
