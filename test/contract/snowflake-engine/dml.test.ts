import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import {
  openTestEngine,
  records,
  rows,
  run,
  type TestEngine,
} from '#test/helpers/stand-in-engine.ts';

let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  test = await openTestEngine();
  session = await test.session();
});
afterAll(() => test.close());

beforeEach(async () => {
  await run(session, 'create or replace table t (id int not null, name varchar(3), n number(4,2))');
  await run(session, "insert into t values (1, 'a', 1), (2, 'b', 2)");
});

describe('answers of DML', () => {
  it.each([
    ["insert into t values (3, 'c', 3), (4, 'd', 4)", { 'number of rows inserted': '2' }, 0x3100],
    ['delete from t where id = 1', { 'number of rows deleted': '1' }, 0x3300],
    [
      "update t set name = 'z'",
      { 'number of rows updated': '2', 'number of multi-joined rows updated': '0' },
      0x3200,
    ],
    [
      `merge into t using (select 1 as id, 'x' as name union all select 9, 'y') s on t.id = s.id
       when matched then update set name = s.name when not matched then insert (id, name) values (s.id, s.name)`,
      { 'number of rows inserted': '1', 'number of rows updated': '1' },
      0x3400,
    ],
  ])('%s', async (sql, counts, typeId) => {
    const answer = await run(session, sql, { describeOnly: true });
    expect(answer.statementTypeId).toBe(typeId);
    expect(await records(session, sql)).toEqual([counts]);
  });

  it('counts each row of array binds', async () => {
    const { result } = await run(session, 'insert into t (id, name) values (?, ?)', {
      binds: {
        '1': { type: 'FIXED', value: ['7', '8', '9'] },
        '2': { type: 'TEXT', value: ['x', null, 'z'] },
      },
    });
    expect(await result.partitions[0]?.read()).toBe('["3"]');
    expect(await rows(session, 'select id, name from t where id >= 7 order by id')).toEqual([
      ['7', 'x'],
      ['8', null],
      ['9', 'z'],
    ]);
  });
});

describe('errors of DML', () => {
  it.each([
    ["insert into t values (null, 'a', 1)", '100072', '22000'],
    ['update t set id = null', '100072', '22000'],
    ["insert into t select 3, column1, 1 from values ('toolong')", '100078', '22000'],
    ["insert into t select column1, 'a', 1 from values ('x')", '100038', '22018'],
    ['insert into t select 3, null, column1 from values (123.45)', '100039', '22003'],
    ['insert into nowhere values (1)', '002003', '42S02'],
    ['insert into t (nothing) values (1)', '000904', '42000'],
    [
      'merge into t using (select 1 as id union all select 1) s on t.id = s.id when matched then update set n = 0',
      '100090',
      '42P18',
    ],
  ])('%s is %s', async (sql, code, sqlState) => {
    await expect(run(session, sql)).rejects.toMatchObject({ code, sqlState });
    expect(await rows(session, 'select id, name, n from t order by id')).toEqual([
      ['1', 'a', '1.00'],
      ['2', 'b', '2.00'],
    ]);
  });

  it('needs a warehouse to read or write tables, as Snowflake does', async () => {
    const bare = await test.engine.openSession({ user: 'TESTER', database: 'DB' });
    await expect(run(bare, 'select * from t')).rejects.toMatchObject({ code: '000606' });
    expect(await rows(bare, 'select 1')).toEqual([['1']]);
    await bare.close();
  });
});

describe('transactions over sessions', () => {
  it('a statement error keeps the transaction and its earlier statements', async () => {
    await run(session, 'begin');
    await run(session, "insert into t values (3, 'c', 3)");
    const failing = run(session, "insert into t select column1, 'd', 4 from values ('x')");
    await expect(failing).rejects.toMatchObject({ code: '100038' });
    await run(session, 'commit');
    expect(await rows(session, 'select count(*) from t')).toEqual([['3']]);
  });

  it('DDL commits what is open', async () => {
    await run(session, 'begin');
    await run(session, 'delete from t');
    await run(session, 'create or replace table other (a int)');
    await run(session, 'rollback');
    expect(await rows(session, 'select count(*) from t')).toEqual([['0']]);
  });

  it('AUTOCOMMIT = FALSE opens a transaction with the first DML', async () => {
    const manual = await test.session();
    await run(manual, 'alter session set autocommit = false');
    await run(manual, 'delete from t');
    expect(await rows(session, 'select count(*) from t')).toEqual([['2']]);
    await run(manual, 'rollback');
    expect(await rows(manual, 'select count(*) from t')).toEqual([['2']]);
    await manual.close();
  });

  it('closing a session rolls its transaction back and lets waiting writers go on', async () => {
    const other = await test.session();
    await run(other, 'begin');
    await run(other, 'delete from t');
    const waiting = run(session, "insert into t values (5, 'e', 5)");
    await other.close();
    await waiting;
    expect(await rows(session, 'select count(*) from t')).toEqual([['3']]);
  });

  it('many sessions that write one table at once all succeed', async () => {
    const writers = await Promise.all(Array.from({ length: 6 }, () => test.session()));
    await Promise.all(
      writers.flatMap((writer, at) => [
        run(writer, 'update t set n = n + 1 where id = 1'),
        run(writer, `insert into t values (${10 + at}, 'w', 0)`),
      ]),
    );
    expect(await rows(session, 'select n from t where id = 1')).toEqual([['7.00']]);
    expect(await rows(session, 'select count(*) from t')).toEqual([['8']]);
    await Promise.all(writers.map((writer) => writer.close()));
  });
});
