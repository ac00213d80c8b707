import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { type MovingClock, movingClock } from '#test/helpers/moving-clock.ts';
import {
  openTestEngine,
  records,
  rows,
  run,
  type TestEngine,
} from '#test/helpers/stand-in-engine.ts';

const NOT_AVAILABLE = {
  code: '000707',
  sqlState: '02000',
  message: expect.stringContaining('Time travel data is not available for table'),
};
const DAY = 24 * 60 * 60;

let clock: MovingClock;
let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  clock = movingClock();
  test = await openTestEngine(clock);
  session = await test.session();
});
afterAll(() => test.close());

/** Runs a statement a minute after the one before; answers its query id. */
async function step(sql: string): Promise<string> {
  clock.advance(60);
  const queryId = randomUUID();
  await run(session, sql, { queryId });
  return queryId;
}

const all = (from: string) => rows(session, `select id, name from ${from} order by id, name`);

let created: string;
let inserted: string;
let updated: string;
let merged: string;
let deleted: string;
/** Times between the statements, as literals. */
let times: string[];

/** Makes a store what it was before it had versions. */
async function forgetVersions(dataDir: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(dataDir, 'snowflake.duckdb'));
  const connection = await instance.connect();
  for (const sql of [
    'CREATE TABLE "DB.PUBLIC".old AS SELECT * EXCLUDE (_sf_rid) FROM "DB.PUBLIC"."T"',
    'DROP TABLE "DB.PUBLIC"."T"',
    'ALTER TABLE "DB.PUBLIC".old RENAME TO "T"',
    'DROP SCHEMA _sf_history CASCADE',
    ...['table_versions', 'generations', 'dropped_tables', 'stream_offsets'].map(
      (name) => `DROP TABLE _sf.${name}`,
    ),
    'DROP SEQUENCE _sf.row_ids',
    'CHECKPOINT',
  ]) {
    await connection.run(sql);
  }
  connection.closeSync();
  instance.closeSync();
}

beforeEach(async () => {
  times = [];
  const timed = async (sql: string) => {
    const queryId = await step(sql);
    times.push(clock.advance(30));
    return queryId;
  };
  created = await timed('create or replace table t (id int, name varchar)');
  inserted = await timed("insert into t values (1, 'a'), (2, 'b'), (3, 'c')");
  updated = await timed("update t set name = 'z' where id = 2");
  merged = await timed(
    `merge into t using (select column1 as id from values (3), (4)) s on t.id = s.id
     when matched then update set name = 'm' when not matched then insert values (s.id, 'n')`,
  );
  deleted = await timed('delete from t where id in (1, 4)');
});

const STATES = [
  [],
  [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ],
  [
    ['1', 'a'],
    ['2', 'z'],
    ['3', 'c'],
  ],
  [
    ['1', 'a'],
    ['2', 'z'],
    ['3', 'm'],
    ['4', 'n'],
  ],
  [
    ['2', 'z'],
    ['3', 'm'],
  ],
];

describe('AT and BEFORE', () => {
  it('give a table as it was at a time, whatever changed it since', async () => {
    for (const [index, time] of times.entries()) {
      expect(await all(`t at (timestamp => ${time})`)).toEqual(STATES[index]);
    }
  });

  it('take OFFSET as seconds before now, an expression too', async () => {
    expect(await all('t at (offset => 0)')).toEqual(STATES[4]);
    expect(await all('t at (offset => -90)')).toEqual(STATES[3]);
    expect(await all('t at (offset => -3 * 60 - 1)')).toEqual(STATES[2]);
  });

  it('give the table before and after a statement by its query id', async () => {
    const ids = [created, inserted, updated, merged, deleted];
    for (const [index, id] of ids.entries()) {
      expect(await all(`t at (statement => '${id}')`)).toEqual(STATES[index]);
      if (index > 0)
        expect(await all(`t before (statement => '${id}')`)).toEqual(STATES[index - 1]);
    }
  });

  it('include a change of exactly that time with AT, not with BEFORE', async () => {
    await step("insert into t values (9, 'x')");
    const time = clock.literal();
    expect(await all(`t at (timestamp => ${time})`)).toHaveLength(3);
    expect(await all(`t before (timestamp => ${time})`)).toHaveLength(2);
  });

  it('name the place of a SELECT or a statement on another table, too', async () => {
    const select = await step('select 1');
    const other = await step('create or replace table other (x int)');
    await step('delete from t');
    expect(await all(`t at (statement => '${select}')`)).toEqual(STATES[4]);
    expect(await all(`t before (statement => '${other}')`)).toEqual(STATES[4]);
    expect(await all(`t at (statement => last_query_id())`)).toEqual([]);
  });

  it('stand in joins, subqueries, common tables and inserts, with aliases', async () => {
    const [, first = ''] = times;
    const joined = await rows(
      session,
      `select n.id, o.name, n.name from t n join t at (timestamp => ${first}) as o on o.id = n.id order by 1`,
    );
    expect(joined).toEqual([
      ['2', 'b', 'z'],
      ['3', 'c', 'm'],
    ]);
    expect(
      await rows(
        session,
        `with o as (select * from t at(timestamp => ${first}) x where x.id = 1) select * from o`,
      ),
    ).toEqual([['1', 'a']]);
    expect(
      await rows(
        session,
        `select count(*) from t at (timestamp => ${first}) where id not in (select t.id from db.public.t)`,
      ),
    ).toEqual([['1']]);
    await step(`insert into t select * from t before (statement => '${deleted}') where id = 1`);
    expect(await all('t')).toHaveLength(3);
  });

  it('take session variables, binds and times without a zone as UTC', async () => {
    const [, first = ''] = times;
    const bare = first.slice(1, 24).replace('T', ' ');
    await run(session, "alter session set timezone = 'Asia/Tokyo'");
    expect(await all(`t at (timestamp => '${bare}'::timestamp_ntz)`)).toEqual(STATES[1]);
    expect(await all(`t at (timestamp => '${bare}')`)).toEqual(STATES[1]);
    await run(session, `set moment = '${bare}'`);
    expect(await all('t at (timestamp => $moment::timestamp_ntz)')).toEqual(STATES[1]);
    const bound = await run(session, 'select count(*) from t at (timestamp => ?::timestamp_ntz)', {
      binds: { '1': { type: 'TEXT', value: bare } },
    });
    expect(await bound.result.partitions[0]?.read()).toBe('["3"]');
    await run(session, 'alter session unset timezone');
  });

  it('see the statements of a transaction at its commit', async () => {
    await run(session, 'begin');
    const first = await step("insert into t values (7, 'p')");
    await step("update t set name = 'q' where id = 7");
    const open = clock.advance(10);
    await step('commit');
    const after = clock.advance(10);
    expect(await all(`t at (timestamp => ${open})`)).toEqual(STATES[4]);
    expect(await all(`t at (timestamp => ${after})`)).toContainEqual(['7', 'q']);
    expect(await all(`t at (statement => '${first}')`)).toContainEqual(['7', 'p']);
  });

  it('do not see what was rolled back, and statements of a failed one', async () => {
    await run(session, 'begin');
    await step("insert into t values (7, 'p')");
    await expect(step("insert into t select 'x'::int, 'y' from t")).rejects.toMatchObject({
      code: '100038',
    });
    await step('delete from t where id = 2');
    await step('rollback');
    expect(await all('t at (offset => 0)')).toEqual(STATES[4]);
    await run(session, 'begin');
    await step('delete from t where id = 2');
    await expect(
      step("insert into t select column1::int, 'y' from values ('x')"),
    ).rejects.toThrow();
    await step("insert into t values (8, 'r')");
    await step('commit');
    expect(await all('t at (offset => 0)')).toEqual([
      ['3', 'm'],
      ['8', 'r'],
    ]);
    expect(await all(`t at (statement => '${deleted}')`)).toEqual(STATES[4]);
  });

  it.each([
    ['truncate table t', []],
    ["insert overwrite into t select 9, 'o'", [['9', 'o']]],
    ["insert overwrite into t values (9, 'o')", [['9', 'o']]],
    [
      "update t set name = s.v from (select 2 as i, 'u' as v) s where t.id = s.i",
      [
        ['2', 'u'],
        ['3', 'm'],
      ],
    ],
    ['delete from t using (select 3 as i) s where t.id = s.i', [['2', 'z']]],
    ['delete from t where random() is not null', []],
  ])('keep what %s removed', async (sql, now) => {
    await step(sql);
    expect(await all('t')).toEqual(now);
    expect(await all('t at (offset => -30)')).toEqual(STATES[4]);
    expect(await all(`t at (statement => '${inserted}')`)).toEqual(STATES[1]);
  });
});

describe('a time that has nothing to show', () => {
  it('is before the table was made', async () => {
    await expect(all('t at (offset => -100000)')).rejects.toMatchObject(NOT_AVAILABLE);
    await expect(all(`t before (statement => '${created}')`)).rejects.toMatchObject(NOT_AVAILABLE);
  });

  it('is beyond DATA_RETENTION_TIME_IN_DAYS', async () => {
    await run(
      session,
      'create or replace table r (id int, name varchar) data_retention_time_in_days = 2',
    );
    await step("insert into r values (1, 'a')");
    clock.advance(DAY + 10);
    expect(await all(`r at (offset => -${DAY})`)).toHaveLength(1);
    clock.advance(2 * DAY);
    await expect(all(`r at (offset => -${3 * DAY})`)).rejects.toMatchObject(NOT_AVAILABLE);
    expect(await all(`r at (offset => -${2 * DAY - 1})`)).toHaveLength(1);
  });

  it('is any with a retention of 0', async () => {
    await step('create or replace table r (id int, name varchar) data_retention_time_in_days = 0');
    await step("insert into r values (1, 'a')");
    await step('delete from r');
    await expect(all('r at (offset => -30)')).rejects.toMatchObject(NOT_AVAILABLE);
    expect(await all('r at (offset => 0)')).toEqual([]);
  });

  it.each([
    ["t at (statement => '00000000-0000-0000-0000-000000000000')", '000709'],
    ['t at (timestamp => null::timestamp_ntz)', '002084'],
    ['t at (timestamp => 5)', '002084'],
    ['nothing at (offset => -1)', '002003'],
  ])('%s is %s', async (from, code) => {
    await expect(all(from)).rejects.toMatchObject({ code });
  });

  it('is refused of views and temporary tables by name', async () => {
    await run(session, 'create or replace view v as select * from t');
    await run(session, 'create or replace temporary table tmp (id int, name varchar)');
    for (const name of ['v', 'tmp']) {
      await expect(all(`${name} at (offset => 0)`)).rejects.toMatchObject({
        code: '000002',
        message: expect.stringContaining(`DB.PUBLIC.${name.toUpperCase()}`),
      });
    }
  });
});

describe('DATA_RETENTION_TIME_IN_DAYS', () => {
  const daysOf = async (name: string) =>
    (await records(session, `show tables like '${name}'`))[0]?.retention_time;

  it('comes from the schema, and the schema has it from the database', async () => {
    await run(session, 'create or replace database kept data_retention_time_in_days = 7');
    await run(session, 'create schema kept.brief data_retention_time_in_days = 0');
    await run(session, 'create schema kept.long');
    await run(session, 'create table kept.long.seven (a int)');
    await run(session, 'create table kept.long.two (a int) data_retention_time_in_days = 2');
    await run(session, 'create transient table kept.long.one (a int)');
    await run(session, 'create table kept.brief.none (a int)');
    await run(session, 'use schema kept.long');
    expect(await daysOf('seven')).toBe('7');
    expect(await daysOf('two')).toBe('2');
    expect(await daysOf('one')).toBe('1');
    await run(session, 'alter table two unset data_retention_time_in_days');
    expect(await daysOf('two')).toBe('7');
    await run(session, 'use schema kept.brief');
    expect(await daysOf('none')).toBe('0');
    await run(session, 'use schema db.public');
  });

  it.each([
    'create table x (a int) data_retention_time_in_days = 91',
    'create transient table x (a int) data_retention_time_in_days = 2',
    'alter table t set data_retention_time_in_days = -1',
  ])('is refused in "%s"', async (sql) => {
    await expect(run(session, sql)).rejects.toMatchObject({ code: '001008' });
  });
});

describe('columns of the past', () => {
  it('are those the table had, a dropped one too', async () => {
    const before = clock.literal();
    await step('alter table t add column extra int default 5');
    await step('alter table t drop column name');
    await step('insert into t values (10, 6)');
    expect(await rows(session, 'select * from t order by id')).toEqual([
      ['2', '5'],
      ['3', '5'],
      ['10', '6'],
    ]);
    expect(await rows(session, `select * from t at (timestamp => ${before}) order by id`)).toEqual(
      STATES[4],
    );
    expect(
      await rows(session, `select * from t at (statement => '${inserted}') order by 1`),
    ).toEqual(STATES[1]);
  });

  it('never show the id of a row', async () => {
    await step('create or replace table c clone t');
    await step('create or replace table ctas as select * from t');
    await step('alter table c rename column name to label');
    await step('alter table c add column more int');
    await step("insert into c values (5, 'five', 1)");
    expect(await rows(session, 'select * from c order by id')).toHaveLength(3);
    expect(await rows(session, 'select * from ctas order by id')).toEqual(STATES[4]);
    const described = await records(session, 'describe table c');
    expect(described.map(({ name }) => name)).toEqual(['ID', 'LABEL', 'MORE']);
    const listed = await rows(
      session,
      "select column_name from information_schema.columns where table_name = 'C' order by ordinal_position",
    );
    expect(listed).toEqual([['ID'], ['LABEL'], ['MORE']]);
    expect(await rows(session, 'select object_construct(*) from ctas where id = 2')).toEqual([
      [expect.not.stringContaining('_sf_rid')],
    ]);
    await expect(rows(session, 'select _sf_rid from c')).rejects.toMatchObject({ code: '000904' });
  });

  it('stay with a table that is renamed or swapped', async () => {
    await step('create or replace table u (id int, name varchar)');
    await step('alter table t swap with u');
    expect(await all('u at (offset => -150)')).toEqual(STATES[4]);
    await step('drop table if exists renamed');
    await step('alter table u rename to renamed');
    expect(await all(`renamed at (statement => '${inserted}')`)).toEqual(STATES[1]);
  });
});

describe('CLONE and UNDROP', () => {
  it('clone a table as it was, also over itself', async () => {
    const [, first = ''] = times;
    await step(`create or replace table c clone t at (timestamp => ${first})`);
    expect(await all('c')).toEqual(STATES[1]);
    await step(`create or replace table t clone t before (statement => '${deleted}')`);
    expect(await all('t')).toEqual(STATES[3]);
    await expect(
      run(session, `create table d clone t at (offset => -100000)`),
    ).rejects.toMatchObject(NOT_AVAILABLE);
  });

  it('replace a table by a query of itself', async () => {
    await step('create or replace table t as select id + 1 as id, name from t');
    expect(await all('t')).toEqual([
      ['3', 'z'],
      ['4', 'm'],
    ]);
  });

  it('bring back a dropped table with its past', async () => {
    await step('drop table t');
    await expect(all('t')).rejects.toMatchObject({ code: '002003' });
    expect(await rows(session, 'undrop table t')).toEqual([['Table T successfully restored.']]);
    expect(await all('t')).toEqual(STATES[4]);
    expect(await all(`t at (statement => '${inserted}')`)).toEqual(STATES[1]);
    await step("insert into t values (5, 'e')");
    expect(await all('t')).toHaveLength(3);
  });

  it('bring back what CREATE OR REPLACE replaced, once its name is free', async () => {
    await step('create or replace table t (x int)');
    await expect(run(session, 'undrop table t')).rejects.toMatchObject({ code: '002002' });
    await step('drop table if exists aside');
    await step('alter table t rename to aside');
    await step('undrop table t');
    expect(await all('t')).toEqual(STATES[4]);
  });

  it('do not bring back what is beyond the retention, or never was', async () => {
    await step('drop table t');
    clock.advance(DAY + 1);
    for (const sql of ['undrop table t', 'undrop table never_was']) {
      await expect(run(session, sql)).rejects.toMatchObject({
        message: expect.stringContaining('did not exist or was purged'),
      });
    }
  });
});

describe('a dropped table', () => {
  it('does not hold the sequence of its defaults', async () => {
    await step('create or replace sequence numbers');
    await step('create or replace table numbered (id int default numbers.nextval)');
    await step('drop table numbered');
    await step('drop sequence numbers');
    await expect(run(session, 'undrop table numbered')).rejects.toThrow('was purged');
  });

  it('goes with its schema', async () => {
    await step('create or replace schema passing');
    await step('create table passing.p (id int identity)');
    await step('drop table passing.p');
    await step('create or replace schema passing');
    await expect(run(session, 'undrop table passing.p')).rejects.toThrow('was purged');
    await step('use schema public');
  });
});

describe('a store', () => {
  it('forgets the oldest versions of a table with more old rows than it keeps', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stand-in-cap-'));
    const engine = await createEngine({ dataDir, historyRows: 100 });
    const opened = await engine.openSession({ user: 'T', warehouse: 'COMPUTE_WH' });
    const query = (sql: string) => rows(opened, sql);
    const id = randomUUID();
    await query('create database db');
    await query('create table t (id int, n int)');
    await query('insert into t select seq4(), 0 from table(generator(rowcount => 60))');
    await run(opened, 'update t set n = 1', { queryId: id });
    const first = () => query(`select sum(n) from t at (statement => '${id}')`);
    expect(await first()).toEqual([['60']]);
    await query('update t set n = 2');
    await query('update t set n = 3');
    const last = (await query('select last_query_id()'))[0]?.[0];
    await expect.poll(() => first().catch(({ code }) => code)).toBe('000707');
    expect(await query(`select sum(n) from t before (statement => '${last}')`)).toEqual([['120']]);
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('forgets the oldest dropped tables when they have more rows together than it keeps', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stand-in-dropped-'));
    const open = async () => {
      const engine = await createEngine({ dataDir, historyRows: 100 });
      const opened = await engine.openSession({
        ...{ user: 'T', database: 'DB', warehouse: 'COMPUTE_WH' },
      });
      return { engine, query: (sql: string) => rows(opened, sql) };
    };
    const first = await open();
    await first.query('create database db');
    await first.query('create table t as select seq4() n from table(generator(rowcount => 60))');
    for (const n of [1, 2])
      await first.query(`create or replace table t as select n + ${n} n from t`);
    await first.query('drop table t');
    await first.engine.close();
    const { engine, query } = await open();
    await query('undrop table t');
    expect(await query('select min(n) from t')).toEqual([['3']]);
    await query('alter table t rename to newest');
    await expect(query('undrop table t')).rejects.toThrow('was purged');
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('of a time before versions opens, with rows and a past that begins then', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stand-in-old-'));
    const open = async () => {
      const engine = await createEngine({ dataDir });
      const opened = await engine.openSession({
        ...{ user: 'T', database: 'DB', warehouse: 'COMPUTE_WH' },
      });
      return { engine, query: (sql: string) => rows(opened, sql) };
    };
    const first = await open();
    await first.query('create database db');
    await first.query(
      "create table t (id int identity, name varchar default concat('a', 'b'), at timestamp_ntz default current_timestamp())",
    );
    await first.query("insert into t (name) values ('x'), ('y')");
    await first.engine.close();
    await forgetVersions(dataDir);

    for (const expected of [2, 3]) {
      const { engine, query } = await open();
      expect(await query('select count(*), count(at) from t')).toEqual([
        [String(expected), String(expected)],
      ]);
      await query('insert into t (id) values (default)');
      await query('create or replace stream s on table t');
      await query("update t set name = 'z' where id = 1");
      expect(await query('select name from s order by name')).toHaveLength(expected === 2 ? 2 : 0);
      expect(await query('select count(*) from t at (offset => 0)')).toEqual([
        [String(expected + 1)],
      ]);
      await engine.close();
    }
    await rm(dataDir, { recursive: true, force: true });
  });

  it('keeps the past over a restart, and forgets it with the retention', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stand-in-past-'));
    const own = movingClock();
    const open = async () => {
      const engine = await createEngine({ dataDir, clock: own });
      const opened = await engine.openSession({
        ...{ user: 'T', database: 'DB', warehouse: 'COMPUTE_WH' },
      });
      return { engine, query: (sql: string) => rows(opened, sql) };
    };
    const first = await open();
    await first.query('create database db');
    await first.query('create table t (id int)');
    await first.query('create table gone (id int)');
    await first.query('insert into t values (1), (2)');
    const before = own.literal();
    own.advance(10);
    await first.query('delete from t where id = 1');
    await first.query('alter table t add column more int');
    await first.query('drop table gone');
    await first.engine.close();

    const second = await open();
    expect(await second.query(`select * from t at (timestamp => ${before})`)).toHaveLength(2);
    await second.query('undrop table gone');
    await second.query('drop table gone');
    await second.query('create table newer (id int)');
    own.advance(3 * DAY);
    await second.engine.close();

    const third = await open();
    await expect(third.query('undrop table gone')).rejects.toThrow('was purged');
    await expect(third.query(`select * from t at (timestamp => ${before})`)).rejects.toMatchObject(
      NOT_AVAILABLE,
    );
    expect(await third.query('select * from t')).toEqual([['2', null]]);
    await third.engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });
});
