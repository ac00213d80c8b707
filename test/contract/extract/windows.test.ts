import { setTimeout as sleep } from 'node:timers/promises';
import { GetTableCommand } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExtractDeps } from '#src/extract/extract-deps.ts';
import type { Warehouse } from '#src/ports/warehouse.ts';
import type { Emulator } from '#test/helpers/emulator.ts';
import { type ExtractLab, openExtractLab } from '#test/helpers/extract-lab.ts';
import { runAll } from '#test/helpers/extract-source.ts';
import { committedManifests, NAMES } from '#test/helpers/extract-stage.ts';

/** Windows over a real source and real stores: what the stage decides, the source must understand. */
let lab: ExtractLab;
let emulator: Emulator;
let source: Warehouse;
let deps: ExtractDeps;
let openQuery: ExtractLab['openQuery'];

beforeAll(async () => {
  lab = await openExtractLab('extract-windows');
  ({ emulator, source, deps, openQuery } = lab);
});
afterAll(() => lab?.remove());

describe.each([
  ['timestamp_ntz(9)', 'ntz'],
  ['timestamp_ntz(3)', 'millis'],
  ['timestamp_ltz(9)', 'ltz'],
  ['timestamp_tz(9)', 'tz'],
])('a watermark column of type %s', (type, name) => {
  it('gives every row once, window after window, and rows without a watermark every time', async () => {
    const cast = type.startsWith('timestamp_ntz') ? '::timestamp_ntz' : '';
    const insert = (ids: string, at: string) =>
      runAll(source, `insert into ${name} select column1, ${at} from values ${ids}`);
    await runAll(source, `create table ${name} (id number(9,0), changed ${type})`);
    await insert('(1), (2)', `dateadd(day, -1, current_timestamp())${cast}`);
    await insert('(3)', 'null');
    const query = await openQuery(name, { table: name, watermark_column: 'changed' });

    expect(await query.extract()).toMatchObject({ rows: 3, sourceRows: 3 });
    await insert('(4), (5)', `current_timestamp()${cast}`);
    await sleep(5);
    expect(await query.extract()).toMatchObject({ rows: 3, files: 1 });
    expect(await query.extract()).toMatchObject({ rows: 1, files: 1 });

    expect(await query.ids()).toEqual([1, 2, 3, 3, 3, 4, 5]);
  });
});

describe('a watermark column of type DATE', () => {
  it('leaves the day that is not over to the next window', async () => {
    await runAll(
      source,
      `create table days as select column1 as id, dateadd(day, column2, current_date()) as d
       from values (1, -2), (2, -1), (3, 0)`,
    );
    const query = await openQuery('days', { table: 'days', watermark_column: 'd' });

    expect(await query.extract()).toMatchObject({ rows: 2 });
    expect(await query.ids()).toEqual([1, 2]);
  });
});

describe.each([
  [
    'number(38,0)',
    'numbers',
    (n: number) => `${n}::number(38,0) + 12345678901234567890123456789000000000`,
  ],
  ['number(12,3)', 'decimals', (n: number) => `${n}.125`],
  ['varchar(40)', 'codes', (n: number) => `'it''s \\\\ ${String(n).padStart(4, '0')}'`],
])('a watermark column of type %s', (type, name, literal) => {
  it('gives every row, rows of the newest value again, and those without one every time', async () => {
    await runAll(source, `create table ${name} (id number(9,0), v ${type})`);
    const insert = (id: number, value: string) =>
      runAll(source, `insert into ${name} select ${id}, ${value}`);
    const query = await openQuery(name, { table: name, watermark_column: 'v' });

    expect(await query.extract()).toMatchObject({ rows: 0, watermark: null });
    await insert(1, literal(9));
    await insert(2, literal(10));
    await insert(3, 'null');
    expect(await query.extract()).toMatchObject({ rows: 3 });
    await insert(4, literal(10));
    await insert(5, literal(11));
    expect(await query.extract()).toMatchObject({ rows: 4 });
    expect(await query.extract()).toMatchObject({ rows: 2, watermark: { closed: true } });

    expect(await query.ids()).toEqual([1, 2, 2, 3, 3, 3, 4, 5, 5]);
    const manifests = await committedManifests(emulator, query.id);
    expect(manifests.map(({ nullWatermarkRows }) => nullWatermarkRows)).toEqual([0, 1, 1, 1]);
  });
});

describe('a lag of numbers', () => {
  it('catches a row that was committed late', async () => {
    await runAll(source, 'create table serials as select 100 as id, 100 as serial');
    const lagging = { table: 'serials', watermark_column: 'serial', lag: 10 };
    const query = await openQuery('serials', lagging);
    await query.extract();
    await runAll(source, 'insert into serials values (95, 95), (101, 101), (80, 80)');

    expect(await query.extract()).toMatchObject({ rows: 3, watermark: { from: '90', to: '101' } });
    expect(await query.ids()).toEqual([95, 100, 100, 101]);
  });
});

describe('a settle delay', () => {
  it('leaves rows younger than it to a later window', async () => {
    await runAll(
      source,
      `create table settling as select column1 as id,
         dateadd(second, column2, current_timestamp())::timestamp_ntz as changed
       from values (1, -7200), (2, -60)`,
    );
    const table = { table: 'settling', watermark_column: 'changed', settle_seconds: 3600 };
    const query = await openQuery('settling', table);

    expect(await query.extract()).toMatchObject({ rows: 1 });
    expect(await query.ids()).toEqual([1]);
  });
});

describe('a lag', () => {
  it('catches a row that was committed late, and reads the lag again', async () => {
    await runAll(
      source,
      'create table lagging (id number(9,0), changed timestamp_ntz)',
      'insert into lagging select 1, dateadd(second, -10, current_timestamp())::timestamp_ntz',
    );
    const table = { table: 'lagging', watermark_column: 'changed', lag_seconds: 3600 };
    const query = await openQuery('lagging', table);
    await query.extract();
    await runAll(
      source,
      'insert into lagging select 2, dateadd(second, -5, current_timestamp())::timestamp_ntz',
    );

    expect(await query.extract()).toMatchObject({ rows: 2 });
    expect(await query.ids()).toEqual([1, 1, 2]);
  });
});

describe('a query without a watermark column', () => {
  it('is read whole every time, by SQL as well, with the columns that are named', async () => {
    await runAll(
      source,
      `create table goods as select column1 as id, column2 as name, 'x' as secret
       from values (1, 'a'), (2, 'b')`,
    );
    const sql = "select id, name, secret, id * 2 as twice from goods where name <> 'z' -- all";
    const query = await openQuery('goods', { sql, columns: ['id', 'twice'] });

    expect(await query.extract()).toMatchObject({ rows: 2, watermark: null });
    expect(await query.extract()).toMatchObject({ rows: 2 });

    const [manifest] = await committedManifests(emulator, query.id);
    expect(manifest?.columns.map(({ name }) => name)).toEqual([
      'ID',
      'TWICE',
      'extraction_timestamp',
      'source_system',
    ]);
    expect(manifest).toMatchObject({ source: sql, window: null, watermarkColumn: null });
  });
});

describe('a window by hand', () => {
  it('takes its rows again, and moves the watermark only where it leaves no gap', async () => {
    await runAll(
      source,
      `create table history as select column1 as id, column2::timestamp_ntz as changed
       from values (1, '2024-01-15'), (2, '2024-02-15'), (3, '2024-03-15')`,
    );
    const query = await openQuery('history', { table: 'history', watermark_column: 'changed' });
    const month = (from: string | null, to: string) => ({ window: { from, to } });
    const value = async () => (await deps.watermarks.read(query.id)).value;

    await query.extract(month('2024-02-01', '2024-03-01'));
    expect(await value()).toBeNull();
    await query.extract(month(null, '2024-02-01'));
    expect(await value()).toBe('2024-02-01 00:00:00.000000000');
    await query.extract(month('2024-02-01', '2024-03-01'));
    expect(await value()).toBe('2024-03-01 00:00:00.000000000');
    await query.extract(month('2024-01-01', '2024-02-01'));
    expect(await value()).toBe('2024-03-01 00:00:00.000000000');
    await query.extract();

    expect(await query.ids()).toEqual([1, 1, 2, 2, 3]);
  });

  it('is only told in a dry run', async () => {
    const query = await openQuery('history', { table: 'history', watermark_column: 'changed' });
    const before = await deps.watermarks.read(query.id);

    const window = { from: '2024-02-01', to: '2024-03-01' };
    const plan = await query.plan({ window, dryRun: true });

    expect(plan).toMatchObject({ hasWindow: false, plannedRows: 1 });
    expect(plan.sql).toContain('FROM history');
    expect(await deps.watermarks.read(query.id)).toEqual(before);
  });
});

describe('columns at the source that change', () => {
  const columnsOf = async (id: { pipeline: string; query: string }) => {
    const manifests = await committedManifests(emulator, id);
    return manifests.map(({ columns }) =>
      columns.slice(0, -2).map(({ name, type }) => `${name} ${type}`),
    );
  };

  it('are followed: new ones come, lost ones are null, wider ones are widened', async () => {
    await runAll(source, 'create table drifting as select 1::number(5,0) as id, 2::int as gone');
    const query = await openQuery('drifting', { table: 'drifting' });
    await query.extract();
    await runAll(
      source,
      'alter table drifting drop column gone',
      'alter table drifting add column came varchar(10)',
      'alter table drifting alter column id set data type number(9,0)',
    );

    await query.extract();
    await runAll(source, "insert into drifting values (3, 'x')");
    await query.extract();

    const gone = 'GONE NUMBER(38,0)';
    expect(await columnsOf(query.id)).toEqual([
      ['ID NUMBER(5,0)', gone],
      ['ID NUMBER(9,0)', 'CAME VARCHAR(10)', gone],
      ['ID NUMBER(9,0)', 'CAME VARCHAR(10)', gone],
    ]);
    const [first, second, third] = await committedManifests(emulator, query.id);
    expect(first?.drift).toEqual([]);
    expect(second?.drift.map(({ column, change }) => `${column} ${change}`)).toEqual([
      'ID widened',
      'GONE dropped',
      'CAME added',
    ]);
    expect(third?.drift).toMatchObject([{ column: 'GONE', change: 'dropped' }]);
    const { Table } = await emulator.clients.glue.send(
      new GetTableCommand({ DatabaseName: NAMES.database, Name: 'drifting' }),
    );
    expect(Table?.StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'id bigint',
      'came string',
      'gone decimal(38,0)',
      'extraction_timestamp timestamp',
      'source_system string',
    ]);
  });

  it('stop a frozen query before anything is read, and pass a discarding one by', async () => {
    await runAll(source, 'create table kept as select 1 as id');
    const frozen = await openQuery('frozen', { table: 'kept', contract: 'freeze' });
    const discarding = await openQuery('discarding', { table: 'kept', contract: 'discard' });
    await frozen.extract();
    await discarding.extract();
    await runAll(source, 'alter table kept add column came varchar(10)');

    await expect(frozen.extract()).rejects.toMatchObject({
      code: 'SCHEMA_DRIFT',
      message: expect.stringContaining('CAME was added'),
    });
    await discarding.extract();

    expect((await columnsOf(discarding.id)).at(-1)).toEqual(['ID NUMBER(1,0)']);
    const { drift } = (await committedManifests(emulator, discarding.id))[1] ?? {};
    expect(drift).toMatchObject([{ column: 'CAME', decision: 'discarded' }]);
    expect((await deps.watermarks.read(frozen.id)).pending).toBeNull();
  });
});
