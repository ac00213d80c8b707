import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { type DeployedMachine, deployMachine } from '#test/helpers/extract-machine.ts';
import { bundleFunction } from '#test/helpers/extract-process.ts';
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
  publish,
  queryCommitted,
} from '#test/helpers/extract-stage.ts';
import { type FaultProxy, faultProxy } from '#test/helpers/fault-proxy.ts';
import type { TestStandIn } from '#test/helpers/snowflake-client.ts';

/** The function's time-out, which the emulator enforces as Lambda does: it ends the process. */
const TIMEOUT_SECONDS = 20;
const ROWS = 60_000;

let emulator: Emulator;
let standIn: TestStandIn;
let source: Warehouse;
let snowflake: FaultProxy;
let machine: DeployedMachine;

beforeAll(async () => {
  [emulator, standIn] = await Promise.all([startEmulator('extract-machine'), startSource()]);
  source = openSource(standIn);
  snowflake = await faultProxy(standIn.accessUrl);
  const { secretArn } = await makeResources(emulator, loginOf(standIn, snowflake.url));
  const env = await functionEnvironment(emulator, emulator.endpoint, secretArn);
  const module = await bundleFunction('extract-table', join(emulator.places.home, 'bundle'));
  machine = await deployMachine(emulator, module, env, TIMEOUT_SECONDS);
  await runAll(
    source,
    'create table orders (id number(18,0), note varchar, updated_at timestamp_ntz)',
    `insert into orders select seq4(), rpad('order ' || seq4(), 120, 'x'),
       dateadd(second, -${ROWS} - 60 + seq4(), current_timestamp())::timestamp_ntz
     from table(generator(rowcount => ${ROWS}))`,
  );
});
afterEach(() => {
  snowflake.decide = () => ({ kind: 'pass' });
});
afterAll(async () => {
  await snowflake?.close();
  await Promise.all([emulator?.remove(), standIn?.dispose()]);
});

/** A pipeline of its own over the orders. */
async function makeStory(name: string, settings: object = {}) {
  const query = `orders_${name}`;
  await publish(emulator, {
    name,
    snowflake: connectionTo(standIn),
    extract: {
      source_system: 'orders_db',
      queries: [
        { name: query, table: 'orders', key: ['id'], watermark_column: 'updated_at', ...settings },
      ],
    },
  });
  const input = (run: string, group = 'default') => ({
    pipeline: name,
    query,
    interval: { id: `${name}-${run}`, group, queries: [query] },
  });
  return { id: { pipeline: name, query }, input };
}

const everyRowOnce = async (id: { pipeline: string; query: string }) => {
  const [found] = await queryCommitted(
    emulator,
    id,
    `select count(*)::int n, count(distinct id)::int ids, min(id)::int a, max(id)::int z,
       count(*) filter (note <> rpad('order ' || id::bigint, 120, 'x'))::int wrong from bronze`,
  );
  expect(found).toEqual({ n: ROWS, ids: ROWS, a: 0, z: ROWS - 1, wrong: 0 });
};

const RUNNING = JSON.stringify({ code: '333334', message: 'running', statementHandle: '' });

describe('a deployed extractor that is stopped after 20 seconds', () => {
  it('extracts what takes more than a minute, each row once, with one statement', async () => {
    const story = await makeStory('slowly', { max_file_mb: 0.05 });
    const submitted: string[] = [];
    let isAsked = false;
    let readyAt = Number.POSITIVE_INFINITY;
    snowflake.decide = (line) => {
      if (line.startsWith('POST') && isAsked === false) submitted.push(line);
      if (/_statement|partition=[1-9]/.test(line)) return { kind: 'slow', ms: 9000 };
      if (!/^GET \/api\/v2\/statements\/[^?]+ $/.test(line)) return { kind: 'pass' };
      if (submitted.length < 5) return { kind: 'pass' };
      if (readyAt === Number.POSITIVE_INFINITY) readyAt = Date.now() + 25_000;
      if (Date.now() >= readyAt) isAsked = true;
      return isAsked ? { kind: 'pass' } : { kind: 'answer', status: 202, body: RUNNING };
    };
    const startedAt = Date.now();

    const arn = await machine.start('slowly-1', story.input('1'));
    const ended = await machine.end(arn);

    expect(ended.cause ?? '').toBe('');
    expect(ended.status).toBe('SUCCEEDED');
    expect(Date.now() - startedAt).toBeGreaterThan(60_000);
    await everyRowOnce(story.id);
    const [manifest] = await committedManifests(emulator, story.id);
    expect(manifest?.files.length).toBeGreaterThan(3);
    expect(manifest?.queryIds).toHaveLength(1);
    const plans = (await machine.invocations(arn)).filter(({ state }) => state === 'PlanWindow');
    expect(plans.length).toBeGreaterThan(1);
    for (const { ms } of plans) expect(ms).toBeLessThan(TIMEOUT_SECONDS * 1000);
  });
});

/** Every statement of a run says in the source's history what it was for. */
async function expectTags(
  id: { pipeline: string; query: string },
  runId: string,
  queryIds: readonly string[],
): Promise<void> {
  const tagged = async (step: string) => {
    const tag = JSON.stringify({ app: 'snowmelt', runId, ...id, step });
    const from = 'from table(information_schema.query_history(result_limit => 10000))';
    return Number(await source.scalar(`select count(*) ${from} where query_tag = '${tag}'`));
  };
  expect(await tagged('plan')).toBeGreaterThan(2);
  expect(await tagged('part')).toBe(2 * queryIds.length);
}

describe('a split table', () => {
  it('is read as ranges of one snapshot by a distributed map, and committed as one', async () => {
    const story = await makeStory('split', { split: { column: 'id', rows: 15_000 } });
    const arn = await machine.start('split-1', story.input('1'));
    const ended = await machine.end(arn);

    expect(ended.cause ?? '').toBe('');
    expect(ended.status).toBe('SUCCEEDED');
    await everyRowOnce(story.id);
    const [manifest] = await committedManifests(emulator, story.id);
    expect(manifest).toMatchObject({ ranges: { column: 'ID', count: 4 }, sourceRows: ROWS });
    expect(new Set(manifest?.queryIds).size).toBe(4);
    const keys = manifest?.files.map(({ key }) => /part-(\d{4})-\d{4}/.exec(key)?.[1]);
    expect([...new Set(keys)]).toEqual(['0000', '0001', '0002', '0003']);
    await expectTags(story.id, 'split-1', manifest?.queryIds ?? []);
  });
});

describe('two executions of one query', () => {
  it('never work at once: a schedule leaves it, a person is told, and a stopped one is replaced', async () => {
    const story = await makeStory('contended');
    snowflake.decide = (line) =>
      /partition=[1-9]/.test(line) ? { kind: 'hang', when: 'before' } : { kind: 'pass' };
    const first = await machine.start('contended-1', story.input('1'));
    await sleep(4000);

    const scheduled = await machine.end(await machine.start('contended-2', story.input('2')));
    const manual = await machine.end(
      await machine.start('contended-3', story.input('3', 'manual')),
    );
    expect(scheduled.status).toBe('SUCCEEDED');
    expect(JSON.parse(scheduled.output ?? '')).toMatchObject({
      hasWindow: false,
      heldBy: { holder: 'contended-1' },
    });
    expect(manual).toMatchObject({ status: 'FAILED', error: 'LEASE_HELD' });
    expect(manual.cause).toMatch(/run contended-1 is at work on it since 20/);

    snowflake.decide = () => ({ kind: 'pass' });
    await machine.stop(first);
    const next = await machine.end(await machine.start('contended-4', story.input('4')));
    expect(next.status).toBe('SUCCEEDED');
    await everyRowOnce(story.id);
  });
});
