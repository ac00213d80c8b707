import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { bundleFunction, startExtraction } from '#test/helpers/extract-process.ts';
import {
  connectionTo,
  loginOf,
  openSource,
  runAll,
  startSource,
} from '#test/helpers/extract-source.ts';
import {
  committedManifests,
  functionEnvironment,
  makeResources,
  NAMES,
  publish,
  queryCommitted,
} from '#test/helpers/extract-stage.ts';
import { type Hold, type PausingProxy, pausingProxy } from '#test/helpers/pausing-proxy.ts';
import type { TestStandIn } from '#test/helpers/snowflake-client.ts';

const ROWS = 30_000;

let emulator: Emulator;
let standIn: TestStandIn;
let source: Warehouse;
let aws: PausingProxy;
let snowflake: PausingProxy;
let module: string;
let env: Record<string, string>;

beforeAll(async () => {
  [emulator, standIn] = await Promise.all([startEmulator('extract-kill'), startSource()]);
  source = openSource(standIn);
  await runAll(
    source,
    'create table orders (id number(18,0), note text, updated_at timestamp_ntz)',
  );
  await addOrders(ROWS, 'dateadd(second, -60 - seq4(), current_timestamp())');
  aws = await pausingProxy(emulator.endpoint);
  snowflake = await pausingProxy(standIn.accessUrl);
  const { secretArn } = await makeResources(emulator, loginOf(standIn, snowflake.url));
  env = { ...(await functionEnvironment(emulator, aws.url, secretArn)), LEASE_SECONDS: '1' };
  module = await bundleFunction('extract-table', join(emulator.places.home, 'bundle'));
});
afterEach(() => {
  aws.release();
  snowflake.release();
});
afterAll(async () => {
  await Promise.all([aws?.close(), snowflake?.close()]);
  await Promise.all([emulator?.remove(), standIn?.dispose()]);
});

/** Adds orders whose ids follow those there are, changed some seconds ago, or now. */
async function addOrders(count: number, changedAt: string): Promise<void> {
  const first = Number(await source.scalar('select count(*) from orders'));
  await runAll(
    source,
    `insert into orders
     select ${first} + seq4() as id, 'order ' || (${first} + seq4()) as note,
       ${changedAt}::timestamp_ntz as updated_at
     from table(generator(rowcount => ${count}))`,
  );
}

/** A pipeline of its own over the orders, for each place where a process dies. */
async function makeStory(name: string) {
  const pipeline = `story_${name}`;
  const query = `orders_${name}`;
  await publish(emulator, {
    name: pipeline,
    snowflake: connectionTo(standIn),
    extract: {
      source_system: 'orders_db',
      queries: [
        {
          name: query,
          table: 'orders',
          key: ['id'],
          watermark_column: 'updated_at',
          max_file_mb: 0.1,
        },
      ],
    },
  });
  const request = (run: string) => ({
    runId: `${name}-${run}`,
    pipeline,
    query,
    interval: { id: `${name}-${run}`, group: 'default', queries: [query] },
  });
  return { id: { pipeline, query }, request };
}

const PLACES: readonly [name: string, at: 'aws' | 'snowflake', hold: Hold][] = [
  ['query_submitted', 'snowflake', { request: /^POST .*statements\?/, nth: 5, when: 'after' }],
  ['lease_taken', 'aws', { request: /DynamoDB_\d+\.UpdateItem/, nth: 1, when: 'after' }],
  ['window_noted', 'aws', { request: /DynamoDB_\d+\.UpdateItem/, nth: 2, when: 'after' }],
  ['statement_noted', 'aws', { request: /PUT .*_statement\.json/, when: 'after' }],
  ['partition_fetched', 'snowflake', { request: /partition=1$|partition=1 /, when: 'after' }],
  ['plan_written', 'aws', { request: /PUT .*_plan\.json/, when: 'after' }],
  ['first_file', 'aws', { request: /PUT .*part-0000\.parquet/, when: 'before' }],
  ['second_file', 'aws', { request: /PUT .*part-0001\.parquet/, when: 'after' }],
  ['part_result', 'aws', { request: /PUT .*_parts\/0000\.json/, when: 'after' }],
  ['before_manifest', 'aws', { request: /PUT .*_manifest\.json/, when: 'before' }],
  ['after_manifest', 'aws', { request: /PUT .*_manifest\.json/, when: 'after' }],
  ['before_watermark', 'aws', { request: /TransactWriteItems/, when: 'before' }],
  ['after_watermark', 'aws', { request: /TransactWriteItems/, when: 'after' }],
  ['partition_registered', 'aws', { request: /BatchCreatePartition/, when: 'after' }],
  ['pending_cleared', 'aws', { request: /DynamoDB_\d+\.UpdateItem/, nth: 5, when: 'before' }],
  ['lease_released', 'aws', { request: /DynamoDB_\d+\.UpdateItem/, nth: 6, when: 'before' }],
];

describe('an extractor killed', () => {
  it.each(PLACES)('at %s loses and repeats nothing when it runs again', async (name, at, hold) => {
    const story = await makeStory(name);
    const proxy = at === 'aws' ? aws : snowflake;
    const held = proxy.hold(hold);

    const first = startExtraction(module, env, story.request('first'));
    const line = await Promise.race([held, first.answer.then(() => 'it ended by itself')]);
    expect(line).toMatch(hold.request);
    expect(first.child.exitCode).toBeNull();
    first.child.kill('SIGKILL');
    expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' });
    proxy.release();
    await addOrders(7, 'current_timestamp()');
    await sleep(1100);
    await startExtraction(module, env, story.request('second')).answer;

    const [rows] = await queryCommitted(
      emulator,
      story.id,
      `select count(*)::int n, count(distinct "ID")::int ids, min("ID")::int a, max("ID")::int z,
         count(*) filter (note <> 'order ' || "ID"::bigint)::int wrong from bronze`,
    );
    const all = Number(await source.scalar('select count(*) from orders'));
    expect(rows).toEqual({ n: all, ids: all, a: 0, z: all - 1, wrong: 0 });
    await expectContiguous(story.id);
  });
});

/** Committed windows follow one another without a gap, and nothing is left pending. */
async function expectContiguous(id: { pipeline: string; query: string }): Promise<void> {
  const manifests = await committedManifests(emulator, id);
  const windows = manifests.map(({ window }) => window);
  expect(windows[0]?.from).toBeNull();
  for (const [index, window] of windows.slice(1).entries()) {
    expect(window?.from).toBe(windows[index]?.to);
  }
  for (const { rows, sourceRows, files } of manifests) {
    expect(rows).toBe(sourceRows);
    expect(files.reduce((total, file) => total + file.rows, 0)).toBe(rows);
  }
  const { dynamo } = emulator.clients;
  const watermark = await dynamoWatermarkStore({ table: NAMES.table, client: dynamo }).read(id);
  expect(watermark).toMatchObject({ value: windows.at(-1)?.to, pending: null, lease: null });
}
