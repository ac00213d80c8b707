import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { glueBronzeCatalog } from '#src/adapters/aws/glue-bronze-catalog.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { duckdbProfile } from '#src/adapters/duckdb/file-profile.ts';
import { snowflakeWarehouse } from '#src/adapters/snowflake/snowflake-warehouse.ts';
import { commitWindow } from '#src/extract/commit-window.ts';
import type { ExtractDeps } from '#src/extract/extract-deps.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { comparedColumns, newestRowsSql, sourceRowsSql } from '#src/extract/newest-rows.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { sourceProfile } from '#src/extract/source-profile.ts';
import type { Manifest } from '#src/model/manifest.ts';
import { profileSql, readProfile } from '#src/model/row-profile.ts';
import { systemClock } from '#src/ports/clock.ts';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import {
  connectionTo,
  loginOf,
  openSource,
  runAll,
  startSource,
} from '#test/helpers/extract-source.ts';
import {
  committedManifests,
  countThroughCatalog,
  fetchCommitted,
  makeResources,
  NAMES,
  publish,
  queryCommitted,
} from '#test/helpers/extract-stage.ts';
import { readWithSpark } from '#test/helpers/parquet-readers.ts';
import type { TestStandIn } from '#test/helpers/snowflake-client.ts';
import { emulatorAccess } from '#test/helpers/stage-bucket.ts';

let emulator: Emulator;
let standIn: TestStandIn;
let source: Warehouse;
let deps: ExtractDeps;
let lake: ReturnType<typeof s3ObjectStore>;

beforeAll(async () => {
  emulator = await startEmulator('extract-two-ways');
  standIn = await startSource({ objectStore: emulatorAccess(emulator.endpoint) });
  source = openSource(standIn);
  await makeResources(emulator, loginOf(standIn));
  await runAll(
    source,
    `create storage integration lake_writer type = external_stage storage_provider = 'S3'
       enabled = true storage_aws_role_arn = 'arn:aws:iam::123456789012:role/lake'
       storage_allowed_locations = ('s3://${NAMES.lake}/bronze/')`,
    `create table things (
       id number(9,0), big number(38,0), cents number(12,2), ratio float, name varchar(50),
       flag boolean, day date, at_time time(9), ntz timestamp_ntz(9), micros timestamp_ntz(6),
       ltz timestamp_ltz(9), tz timestamp_tz(9), v variant, o object, a array, b binary(8))`,
    `insert into things
     select 1, 99999999999999999999999999999999999999, -1.5, 0.30000000000000004::float, 'ä|"b"',
       true, '2024-02-29'::date, '23:59:59.123456789'::time(9),
       '2024-02-29 01:02:03.123456789'::timestamp_ntz(9),
       '1969-12-31 23:59:59.999999'::timestamp_ntz(6),
       '2024-02-29 01:02:03.123456789 +00:00'::timestamp_ltz(9),
       '2024-02-29 01:02:03.123456789 +05:30'::timestamp_tz(9),
       parse_json('{"k": [1, null, "x"]}'), object_construct('a', 1), array_construct(1, 'y'),
       to_binary('00FFA1', 'HEX')`,
    `insert into things (id, name, v) select 2, '', parse_json('null')`,
    `insert into things (id) select 3 + seq4() from table(generator(rowcount => 1000))`,
  );
  const { s3, dynamo, glue } = emulator.clients;
  lake = s3ObjectStore({ bucket: NAMES.lake, client: s3 });
  const credentials = { read: async () => loginOf(standIn), forget: () => undefined };
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'two-ways-'));
  const files = duckdbFileWriter({ temporaryDirectory: scratchDirectory, memoryLimitMb: 512 });
  deps = {
    openWarehouse: (connection) => snowflakeWarehouse({ connection, credentials }),
    lake,
    pipelines: s3PipelineStore(s3ObjectStore({ bucket: NAMES.artifacts, client: s3 })),
    watermarks: dynamoWatermarkStore({ table: NAMES.table, client: dynamo }),
    catalog: glueBronzeCatalog({
      database: NAMES.database,
      lakeBucket: NAMES.lake,
      client: glue,
    }),
    files,
    keys: files,
    clock: systemClock,
    scratchDirectory,
    versions: {},
    executions: { hasEnded: async () => false },
    leaseSeconds: 60,
    remainingMs: () => Number.POSITIVE_INFINITY,
  };
});
afterAll(async () => {
  await Promise.all([emulator?.remove(), standIn?.dispose()]);
});

let runs = 0;

async function openQuery(name: string, query: Record<string, unknown>, integration = true) {
  const id = { pipeline: `p_${name}`, query: name };
  const snowflake = {
    ...connectionTo(standIn),
    ...(integration ? { storage_integration: 'lake_writer' } : {}),
  };
  await publish(emulator, {
    name: id.pipeline,
    snowflake,
    extract: { source_system: 'shop', queries: [{ name, key: ['id'], ...query }] },
  });
  const plan = async (runId = `run-${++runs}`) => {
    const interval = { id: runId, group: 'default', queries: [name] };
    const request = { step: 'plan' as const, runId, ...id, interval };
    let planned = await planExtraction(deps, request);
    while (planned.waitSeconds !== undefined) planned = await planExtraction(deps, request);
    return planned;
  };
  const extract = async (runId?: string) => {
    const planned = await plan(runId);
    for (const part of planned.parts) {
      await extractPart(deps, { ...planned, step: 'part', part });
    }
    return commitWindow(deps, { ...planned, step: 'commit' });
  };
  const manifest = async () => (await committedManifests(emulator, id)).at(-1);
  const rows = (sql: string) => queryCommitted(emulator, id, sql);
  return { id, plan, extract, manifest, rows };
}

const ALL = `select columns(c -> c not in ('extraction_timestamp', 'extract_date', 'run_id'))::varchar
             from bronze order by id::int`;

describe('a table that is fetched and unloaded', () => {
  it('has the same values, types, checksum and statistics in bronze', async () => {
    const fetched = await openQuery('fetched', { table: 'things', strategy: 'fetch' });
    const unloaded = await openQuery('unloaded', { table: 'things', strategy: 'unload' });

    expect(await fetched.extract()).toMatchObject({ rows: 1002, sourceRows: 1002 });
    expect(await unloaded.extract()).toMatchObject({ rows: 1002, sourceRows: 1002 });

    expect(await unloaded.rows(ALL)).toEqual(await fetched.rows(ALL));
    const types = `select column_name, column_type from (describe from bronze)`;
    expect(await unloaded.rows(types)).toEqual(await fetched.rows(types));
    const [one, other] = [await fetched.manifest(), await unloaded.manifest()];
    expect(other?.checksum).toBe(one?.checksum);
    expect(other?.schemaHash).toBe(one?.schemaHash);
    const statistics = (manifest: typeof one) =>
      manifest?.columns.map(({ name, nulls, min, max }) => ({ name, nulls, min, max }));
    expect(statistics(other)).toEqual(statistics(one));
    expect(one?.columns.find(({ name }) => name === 'NTZ')).toMatchObject({
      nulls: 1001,
      min: '2024-02-29 01:02:03.123456789',
    });

    const sets = [fetched.id, unloaded.id].map((id) => fetchCommitted(emulator, id));
    const [asFetched, asUnloaded] = readWithSpark((await Promise.all(sets)).flat());
    expect(asUnloaded).toEqual(asFetched);
    expect(asFetched?.rows).toHaveLength(1002);
    expect(asFetched?.checksum).toBe(one?.checksum);
  });
});

describe('an unload', () => {
  it('is counted alike by its manifest and through the catalog, in files of the size asked for', async () => {
    const query = await openQuery('counted', {
      table: 'things',
      strategy: 'unload',
      max_file_mb: 0.02,
    });
    const other = await openQuery('counted_fetch', { table: 'things', strategy: 'fetch' });

    await query.extract();
    await other.extract();

    const manifest = await query.manifest();
    expect(manifest?.files.length).toBeGreaterThan(0);
    expect(manifest?.files.reduce((total, { rows }) => total + rows, 0)).toBe(1002);
    for (const { key, bytes, sha256 } of manifest?.files ?? []) {
      expect(await lake.has(key)).toBe(true);
      expect(bytes).toBeGreaterThan(0);
      expect(sha256).toBeUndefined();
    }
    expect(await countThroughCatalog(emulator, 'counted')).toBe(manifest?.rows);
    expect(await countThroughCatalog(emulator, 'counted_fetch')).toBe(1002);
  });

  it('holds what the window held when it was planned, whatever changes meanwhile', async () => {
    await runAll(
      source,
      'create table moving as select seq4() as id from table(generator(rowcount => 50))',
    );
    const query = await openQuery('moving', { table: 'moving', strategy: 'unload' });
    const planned = await query.plan('run-moving');
    await runAll(source, 'delete from moving where id < 10');

    const answer = await commitWindow(deps, { ...planned, step: 'commit' });

    expect(answer).toMatchObject({ rows: 50, sourceRows: 50 });
  });

  it('leaves no file behind that an attempt before it wrote', async () => {
    const query = await openQuery('orphaned', { table: 'things', strategy: 'unload' });
    const planned = await query.plan('run-dead');
    const before = await lake.list('bronze/orphaned/');
    const orphan = (before.find((key) => key.endsWith('.parquet')) ?? '').replace('part', 'part_9');
    await lake.putText(orphan, 'of an attempt that nobody heard of again');

    await commitWindow(deps, { ...planned, step: 'commit' });

    expect(await lake.has(orphan)).toBe(false);
    expect(await countThroughCatalog(emulator, 'orphaned')).toBe(1002);
  });

  it('that died before its plan is taken up by the same run, and replaced by another', async () => {
    const query = await openQuery('died', { table: 'things', strategy: 'unload' });
    const first = await query.plan('run-first');
    expect(await query.plan('run-first')).toEqual(first);
    await deps.watermarks.releaseLease(query.id, 'run-first');

    await query.extract('run-second');

    const files = (await lake.list('bronze/died/')).filter((key) => key.endsWith('.parquet'));
    expect(files.every((key) => key.includes('run_id=run-second/'))).toBe(true);
    expect(files.length).toBeGreaterThan(0);
    expect(await countThroughCatalog(emulator, 'died')).toBe(1002);
  });

  it('of no rows commits a manifest without files', async () => {
    await runAll(source, 'create table nothing (id number(9,0))');
    const query = await openQuery('nothing', { table: 'nothing', strategy: 'unload' });

    expect(await query.extract()).toMatchObject({ rows: 0, files: 0 });
    expect((await query.manifest())?.checksum).toBe('md5-sum-1:0:0');
  });

  it('is refused by name where there is no integration, or no table', async () => {
    const bare = await openQuery('bare', { table: 'things', strategy: 'unload' }, false);
    const sql = await openQuery('by_sql', { sql: 'select id from things', strategy: 'unload' });

    await expect(bare.plan()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('there is no storage integration'),
    });
    await expect(sql.plan()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('a query by sql has no snapshot'),
    });
  });
});

describe('strategy auto', () => {
  it('fetches a small table, and says why in the manifest', async () => {
    const query = await openQuery('small', { table: 'things' });
    const bare = await openQuery('small_bare', { table: 'things' }, false);

    await query.extract();
    await bare.extract();

    expect((await query.manifest())?.strategy).toMatchObject({
      name: 'fetch',
      reason: expect.stringContaining('less than 1.00 GiB'),
    });
    expect((await bare.manifest())?.strategy).toEqual({
      name: 'fetch',
      reason: 'there is no storage integration',
    });
  });
});

describe('verify: checksum', () => {
  it('takes rows whose checksum the source has too, at the snapshot of the window', async () => {
    const query = await openQuery('verified', { table: 'things', verify: 'checksum' });
    const sql = await openQuery('verified_sql', {
      sql: 'select id, ratio, v from things',
      verify: 'checksum',
    });

    await query.extract();
    await sql.extract();

    expect(await query.manifest()).toMatchObject({ verified: 'checksum', rows: 1002 });
    expect(await sql.manifest()).toMatchObject({ verified: 'checksum', rows: 1002 });
  });

  it('refuses files that hold another value than the source', async () => {
    const query = await openQuery('damaged', { table: 'things', verify: 'checksum' });
    const planned = await query.plan('run-damaged');
    for (const part of planned.parts) await extractPart(deps, { ...planned, step: 'part', part });
    const [key = ''] = (await lake.list('bronze/damaged/')).filter((one) => /_parts/.test(one));
    const result = JSON.parse((await lake.getText(key)) ?? '');
    const profile = { ...result.profile, checksum: 'md5-sum-1:1:2' };
    await lake.putText(key, JSON.stringify({ ...result, profile }));

    await expect(commitWindow(deps, { ...planned, step: 'commit' })).rejects.toMatchObject({
      code: 'RECONCILE_MISMATCH',
      message: expect.stringContaining('another checksum'),
    });
  });
});

describe('what bronze should have of the source', () => {
  it('is counted and summed up alike, after changes, copies and rows without a key included, by watermark and whole', async () => {
    await runAll(
      source,
      `create table changing as select seq4() as id, seq4() / 4::float as x,
         dateadd(day, -1, current_timestamp())::timestamp_ntz(9) as changed
       from table(generator(rowcount => 20))`,
      'insert into changing select * from changing where id = 3 or id = 7',
      'insert into changing select null, x, changed from changing where id in (1, 9, 9)',
    );
    const windows = await openQuery('changing', { table: 'changing', watermark_column: 'changed' });
    const whole = await openQuery('changing_whole', { table: 'changing' });
    await windows.extract();
    await whole.extract();
    await runAll(
      source,
      `update changing set x = -1, changed = current_timestamp()::timestamp_ntz(9) where id < 5`,
      `insert into changing select null, x, current_timestamp()::timestamp_ntz(9) from changing where id = 9`,
    );

    for (const query of [windows, whole]) {
      await query.extract();

      const last = (await query.manifest()) as Manifest;
      const columns = comparedColumns(last);
      const [row = {}] = await query.rows(
        profileSql(newestRowsSql('bronze', last), columns, duckdbProfile),
      );
      const bronze = readProfile(columns, Object.values(row) as string[]);
      const sql = profileSql(sourceRowsSql({ table: 'changing' }, last), columns, sourceProfile);
      const queryId = await source.submitAll([sql], crypto.randomUUID());
      const answers = await source.pollAll(queryId, 30);
      expect(readProfile(columns, answers?.[0]?.rows[0] ?? [])).toEqual(bronze);
      expect(bronze.rows).toBe(25);
    }
  });
});
