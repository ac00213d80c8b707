import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoIntervalStore } from '#src/adapters/aws/dynamo-interval-store.ts';
import { dynamoStatusStore } from '#src/adapters/aws/dynamo-status-store.ts';
import { memoryIntervalStore } from '#src/adapters/memory/memory-orchestration.ts';
import type { IntervalStore, ReadyTable } from '#src/ports/interval-store.ts';
import { createStateTable, type Emulator, startEmulator } from '#test/helpers/emulator.ts';

const table = 'state';

const ready = (query: string, overrides: Partial<ReadyTable> = {}): ReadyTable => ({
  query,
  manifestKey: `bronze/${query}/_manifest.json`,
  pipelineKey: 'pipelines/shop/1.json',
  rows: 10,
  bytes: 100,
  files: 1,
  extractedAt: '2026-01-02T03:00:00Z',
  ...overrides,
});

const intervalOf = (id: string, ...queries: string[]) => ({ id, group: 'hourly', queries });

let emulator: Emulator;
let client: DynamoDBClient;

beforeAll(async () => {
  emulator = await startEmulator('interval-store');
  client = emulator.clients.dynamo;
  await createStateTable(emulator, table);
});

afterAll(() => emulator.remove());

const stores: readonly (readonly [string, () => IntervalStore])[] = [
  ['in memory', memoryIntervalStore],
  ['in DynamoDB', () => dynamoIntervalStore({ table, client })],
];

describe.each(stores)('intervals %s', (where, open) => {
  const pipeline = `shop_${where.length}`;

  it('know nothing of an interval that was never counted for', async () => {
    expect(await open().progress(pipeline, 'unknown')).toEqual({
      ready: 0,
      expected: 1,
      tables: [],
    });
  });

  it('count a manifest once, however often it comes', async () => {
    const store = open();
    const interval = intervalOf('once', 'orders', 'customers');

    expect(await store.count(pipeline, interval, ready('orders'))).toBe('first');
    expect(await store.count(pipeline, interval, ready('orders'))).toBe('repeated');
    expect(await store.progress(pipeline, 'once')).toEqual({
      ready: 1,
      expected: 2,
      tables: [ready('orders')],
    });
  });

  it('tell another manifest of the same query apart, and keep the first', async () => {
    const store = open();
    const interval = intervalOf('other', 'orders');
    await store.count(pipeline, interval, ready('orders'));

    const counting = await store.count(pipeline, interval, ready('orders', { manifestKey: 'b' }));

    expect(counting).toBe('other');
    expect((await store.progress(pipeline, 'other')).tables).toEqual([ready('orders')]);
  });

  it('count every table of an interval whose tables end together, each delivered twice', async () => {
    const store = open();
    const queries = Array.from({ length: 20 }, (_, n) => `table_${String(n).padStart(2, '0')}`);
    const interval = intervalOf('together', ...queries);

    const countings = await Promise.all(
      [...queries, ...queries].map((query) => store.count(pipeline, interval, ready(query))),
    );

    expect(countings.filter((counting) => counting === 'first')).toHaveLength(20);
    const progress = await store.progress(pipeline, 'together');
    expect(progress).toMatchObject({ ready: 20, expected: 20 });
    expect(progress.tables.map(({ query }) => query)).toEqual(queries);
  });
});

describe('bronze totals', () => {
  it('add up what was counted, and only once', async () => {
    const store = dynamoIntervalStore({ table, client });
    const later = { extractedAt: '2026-01-02T04:00:00Z', manifestKey: 'later' };
    await store.count('totals', intervalOf('a', 'orders'), ready('orders'));
    await store.count('totals', intervalOf('a', 'orders'), ready('orders'));
    await store.count('totals', intervalOf('b', 'orders'), ready('orders', { ...later, rows: 5 }));

    expect(await dynamoStatusStore({ table, client }).bronzeTotals('totals')).toEqual([
      { query: 'orders', rows: 15, bytes: 200, updatedAt: later.extractedAt, interval: 'b' },
    ]);
  });
});
