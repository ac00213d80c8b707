import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openTestEngine, rows, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  test = await openTestEngine();
  session = await test.session();
});
afterAll(() => test.close());
beforeEach(() => run(session, 'create or replace schema work'));

const status = async (sql: string) => (await rows(session, sql))[0]?.[0];
const described = async (table: string) =>
  (await rows(session, `desc table ${table}`)).map(([name, type, , nullable, value]) => [
    ...[name, type, nullable, value],
  ]);

describe('CREATE TABLE', () => {
  it('says what it did, and that the name was taken', async () => {
    expect(await status('create table t (a int)')).toBe('Table T successfully created.');
    expect(await status('create table if not exists t (b int)')).toBe(
      'T already exists, statement succeeded.',
    );
    await expect(run(session, 'create table t (a int)')).rejects.toMatchObject({
      code: '002002',
      sqlState: '42710',
    });
    expect(await status('create or replace table t (b varchar)')).toBe(
      'Table T successfully created.',
    );
    expect(await described('t')).toEqual([['B', 'VARCHAR(16777216)', 'Y', null]]);
  });

  it('numbers rows by IDENTITY and takes defaults, of the current time too', async () => {
    const at = new Date('2026-03-04T05:06:07.089Z');
    const clocked = await openTestEngine(() => at);
    const own = await clocked.session();
    await run(own, "alter session set timezone = 'Asia/Tokyo'");
    await run(
      own,
      `create table t (id int identity (10, 5), a varchar default 'x', n timestamp_ntz default current_timestamp(),
       l timestamp_ltz default current_timestamp, u timestamp_ntz(0) default sysdate(), d date default current_date)`,
    );
    await run(own, "insert into t (a) values ('y')");
    await run(own, 'insert into t (d) values (null)');
    const utc = at.getTime() / 1000;
    expect(await rows(own, 'select * from t order by id')).toEqual([
      ['10', 'y', `${utc + 9 * 3600}000000`, `${utc}000000`, '1772600767.000000000', '20516'],
      ['15', 'x', `${utc + 9 * 3600}000000`, `${utc}000000`, '1772600767.000000000', null],
    ]);
    await clocked.close();
  });

  it('refuses a default whose value would be fixed when the table is made', async () => {
    const create = run(session, 'create table t (a date default dateadd(day, 1, current_date()))');
    await expect(create).rejects.toMatchObject({ code: '000002' });
  });

  it('AS SELECT takes columns and rows from the query, or converts them', async () => {
    await run(
      session,
      "create table t as select 1::number(5,2) a, 'x'::varchar(3) b, current_date() c",
    );
    expect((await described('t')).map(([, type]) => type)).toEqual([
      ...['NUMBER(5,2)', 'VARCHAR(3)', 'DATE'],
    ]);
    await run(session, 'create table u (x varchar(10) not null, y float) as select a, a from t');
    expect(await rows(session, 'select * from u')).toEqual([['1.00', '1']]);
    const failing = run(session, "create table w (x number(2,0)) as select 'many'");
    await expect(failing).rejects.toMatchObject({ code: '100038' });
    await expect(run(session, 'select * from w')).rejects.toMatchObject({ code: '002003' });
  });

  it('LIKE copies the definition, CLONE the rows too', async () => {
    await run(
      session,
      "create table t (id int identity, a varchar(5) not null default 'q' comment 'c')",
    );
    await run(session, "insert into t (a) values ('1')");
    await run(session, 'create table l like t');
    await run(session, 'insert into l (a) values (default)');
    expect(await rows(session, 'select * from l')).toEqual([['1', 'q']]);
    await run(session, 'create table plain (a int)');
    await run(session, 'insert into plain values (1), (2)');
    await run(session, 'create table c clone plain');
    await run(session, 'delete from plain');
    expect(await rows(session, 'select count(*) from c')).toEqual([['2']]);
  });

  it('TEMPORARY hides a table of the same name, in its session only', async () => {
    await run(session, 'create table t (a int)');
    await run(session, 'create temporary table t (z varchar)');
    await run(session, "insert into t values ('mine')");
    expect(await rows(session, 'select z from t')).toEqual([['mine']]);
    const other = await test.session();
    expect(await rows(other, 'select count(*) from work.t')).toEqual([['0']]);
    await run(session, 'drop table t');
    expect(await rows(session, 'select count(*) from t')).toEqual([['0']]);
    await other.close();
  });

  it('refuses names that differ in case only, and names without a schema', async () => {
    await run(session, 'create table t (a int)');
    await expect(run(session, 'create table "t" (a int)')).rejects.toMatchObject({
      code: '000002',
    });
    const bare = await test.engine.openSession({ user: 'TESTER' });
    await expect(run(bare, 'create table t (a int)')).rejects.toMatchObject({ code: '090105' });
    await expect(run(bare, 'create table db.nowhere.t (a int)')).rejects.toMatchObject({
      code: '002003',
    });
    await bare.close();
  });
});

describe('CREATE OR ALTER TABLE', () => {
  it('brings a table to the definition and keeps its rows', async () => {
    await run(session, 'create or alter table t (a int, gone int, b varchar(5))');
    await run(session, "insert into t values (1, 2, 'x')");
    await run(
      session,
      'create or alter table t (a int not null, b varchar(9), c number(5,1) default 7)',
    );
    expect(await described('t')).toEqual([
      ['A', 'NUMBER(38,0)', 'N', null],
      ['B', 'VARCHAR(9)', 'Y', null],
      ['C', 'NUMBER(5,1)', 'Y', '7'],
    ]);
    expect(await rows(session, 'select * from t')).toEqual([['1', 'x', '7.0']]);
  });
});

describe('ALTER TABLE', () => {
  beforeEach(async () => {
    await run(session, 'create table t (id int identity, a int, b varchar(5), c number(4,1))');
    await run(session, "insert into t (a, b, c) values (1, 'x', 2.5)");
  });

  it.each([
    ["add column d varchar(3) default upper('q'), e int", ['1', '1', 'x', '2.5', 'Q', null]],
    ['add column if not exists a int', ['1', '1', 'x', '2.5']],
    ['drop column a, b', ['1', '2.5']],
    ['rename column a to z', ['1', '1', 'x', '2.5']],
    ['alter column c type number(10,1)', ['1', '1', 'x', '2.5']],
    ['modify (column b set data type varchar(50), column a set not null)', ['1', '1', 'x', '2.5']],
  ])('%s', async (action, row) => {
    await run(session, `alter table t ${action}`);
    expect(await rows(session, 'select * from t')).toEqual([row]);
    await run(session, 'insert into t (c) select c from t where false');
  });

  it.each([
    ['alter column b type varchar(2)', '040052'],
    ['alter column a type varchar', '040052'],
    ['alter column c type number(10,2)', '040052'],
    ['add column a int', '001430'],
    ['add column n int not null', '002109'],
    ['drop column nothing', '000904'],
    ['rename column a to b', '001430'],
    ['add search optimization', '000002'],
    ['frobnicate', '000002'],
  ])('refuses %s', async (action, code) => {
    await expect(run(session, `alter table t ${action}`)).rejects.toMatchObject({ code });
    expect(await rows(session, 'select * from t')).toEqual([['1', '1', 'x', '2.5']]);
  });

  it('renames, swaps and keeps identities going', async () => {
    await run(session, 'create table u (other int)');
    await run(session, 'alter table t swap with u');
    expect(await rows(session, 'select count(*) from t')).toEqual([['0']]);
    await run(session, 'alter table u rename to v');
    await run(session, 'insert into v (a) values (2)');
    expect(await rows(session, 'select id, a from v order by id')).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
  });
});

describe('views', () => {
  it('follow their tables, and say so when they cannot', async () => {
    await run(session, 'create table t (a number(4,0))');
    await run(session, 'create view v as select a from t');
    await run(session, 'create view w (x) as select a * 2 from v');
    await run(session, 'insert into t values (4)');
    expect(await rows(session, 'select x from w')).toEqual([['8']]);
    await run(session, 'alter table t alter column a type number(12,0)');
    const { result } = await run(session, 'select a from v');
    expect(result.columns[0]).toMatchObject({ name: 'A', precision: 12 });
    await run(session, 'create or replace table t (b int)');
    await expect(run(session, 'select * from w')).rejects.toMatchObject({ code: '000904' });
    await run(session, 'drop table t');
    await expect(run(session, 'select * from v')).rejects.toMatchObject({ code: '002003' });
  });

  it('look up names where they were made, not where they are used', async () => {
    await run(session, 'create table t (a int)');
    await run(session, 'create view v as select count(*) n from t');
    await run(session, 'use schema db.public');
    expect(await rows(session, 'select n from work.v')).toEqual([['0']]);
  });

  it('cannot be written to or dropped as tables', async () => {
    await run(session, 'create view v as select 1 a');
    await expect(run(session, 'drop table v')).rejects.toMatchObject({ code: '002203' });
    await expect(run(session, 'insert into v values (1)')).rejects.toMatchObject({
      code: '000002',
    });
  });
});

describe('databases and schemas', () => {
  it('DROP DATABASE takes everything in it, and the context', async () => {
    await run(session, 'create database other');
    expect(session.context).toMatchObject({ database: 'OTHER', schema: 'PUBLIC' });
    await run(session, 'create table t (a int identity)');
    await run(session, 'create sequence s');
    await run(session, 'create table u (a int default s.nextval)');
    await run(session, 'drop database other');
    expect(session.context).toMatchObject({ database: null, schema: null });
    await expect(run(session, 'use other')).rejects.toMatchObject({ code: '002043' });
    await run(session, 'use db');
    expect(session.context).toMatchObject({ database: 'DB', schema: 'PUBLIC' });
  });

  it('keep quoted names with dots and quotes apart', async () => {
    await run(session, 'create schema "a.b"');
    await run(session, 'create table "a.b"."t ""1""" ("x y" int)');
    await run(session, 'insert into db."a.b"."t ""1""" values (1)');
    expect(await rows(session, 'select "x y" from "t ""1"""')).toEqual([['1']]);
  });

  it('a failing DDL changes nothing', async () => {
    await run(session, 'create table t (a int)');
    await expect(
      run(session, 'create or replace table t as select error_function()'),
    ).rejects.toMatchObject({ code: '002140' });
    expect(await described('t')).toEqual([['A', 'NUMBER(38,0)', 'Y', null]]);
  });
});
