import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openTestEngine, rows, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  test = await openTestEngine();
});
afterAll(() => test.close());
beforeEach(async () => {
  session = await test.session();
});

describe('openSession', () => {
  it('enters what exists of the context it is given', async () => {
    const options = {
      user: 'U',
      database: 'db',
      schema: 'nowhere',
      warehouse: 'none',
      role: 'sysadmin',
    };
    const opened = await test.engine.openSession(options);
    expect(opened.context).toEqual({
      database: 'DB',
      schema: null,
      warehouse: null,
      role: 'SYSADMIN',
    });
    await opened.close();
  });

  it('takes parameters and lists them', async () => {
    const opened = await test.engine.openSession({
      user: 'U',
      parameters: { timezone: 'Asia/Tokyo', AUTOCOMMIT: false },
    });
    const parameters = new Map(opened.parameters().map(({ name, value }) => [name, value]));
    expect(parameters.get('TIMEZONE')).toBe('Asia/Tokyo');
    expect(parameters.get('AUTOCOMMIT')).toBe(false);
    await opened.close();
  });
});

describe('variables', () => {
  it('keep the type of their value and stand in names', async () => {
    await run(session, 'create or replace table counted (a int)');
    await run(session, "set (n, t, d) = (1 + 1, 'it''s', '2024-01-02'::date)");
    expect(await rows(session, "select $n + 1, $t, $d = '2024-01-02'::date")).toEqual([
      ['3', "it's", '1'],
    ]);
    await run(session, "set name = 'db.public.counted'");
    await run(session, 'insert into identifier($name) values ($n)');
    expect(await rows(session, 'select a from identifier($name)')).toEqual([['2']]);
    await run(session, 'set n = (select max(a) * 10 from counted)');
    expect(await rows(session, 'select $n')).toEqual([['20']]);
    await run(session, 'unset n');
    await expect(run(session, 'select $n')).rejects.toMatchObject({ name: 'SnowflakeError' });
  });
});

describe('RESULT_SCAN', () => {
  it('gives the last result as a table with its types', async () => {
    await run(
      session,
      "select 1.50 as n, '2024-01-02 03:04:05.6'::timestamp_ntz as t, parse_json('{\"a\":1}') as v",
    );
    const again = await run(
      session,
      'select n * 2, t, v:a::int from table(result_scan(last_query_id()))',
    );
    expect(again.result.columns[1]?.type).toBe('timestamp_ntz');
    expect(await again.result.partitions[0]?.read()).toBe('["3.00","1704164645.600000000","1"]');
  });

  it('reads SHOW by its lower-case columns', async () => {
    await run(session, 'create or replace table shown (a int)');
    await run(session, 'show tables in account');
    const sql = `select "name" from table(result_scan(last_query_id())) where "name" = 'SHOWN'`;
    expect(await rows(session, sql)).toEqual([['SHOWN']]);
  });

  it('reads a large result by its id, in another session too', async () => {
    const queryId = randomUUID();
    await run(session, 'select seq4() as i from table(generator(rowcount => 30000))', { queryId });
    const other = await test.session();
    const sql = `select count(*), max(i) from table(result_scan('${queryId}'))`;
    expect(await rows(other, sql)).toEqual([['30000', '29999']]);
    await other.close();
  });
});

describe('cancellation', () => {
  const slow =
    'select count(*) from table(generator(rowcount => 3000000)) a, table(generator(rowcount => 3000000)) b';

  it('ends the running statement with 000604, and the session goes on', async () => {
    const abort = new AbortController();
    const running = run(session, slow, { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await expect(running).rejects.toMatchObject({ code: '000604', sqlState: '57014' });
    expect(await rows(session, 'select 1')).toEqual([['1']]);
  });

  it('ends a statement that waits for a writer', async () => {
    await run(session, 'create or replace table locked (a int)');
    await run(session, 'begin');
    await run(session, 'insert into locked values (1)');
    const other = await test.session();
    const abort = new AbortController();
    const waiting = run(other, 'insert into locked values (2)', { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ code: '000604' });
    await run(other, 'alter session set lock_timeout = 0');
    await expect(run(other, 'delete from locked')).rejects.toMatchObject({ code: '000625' });
    await run(session, 'rollback');
    await other.close();
  });

  it('ends a statement at STATEMENT_TIMEOUT_IN_SECONDS with 000630', async () => {
    await run(session, 'alter session set statement_timeout_in_seconds = 1');
    await expect(run(session, slow)).rejects.toMatchObject({ code: '000630' });
  });

  it('closing a session ends what it runs', async () => {
    const running = run(session, slow).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await session.close();
    expect(await running).toMatchObject({ code: '000604' });
    await expect(run(session, 'select 1')).rejects.toMatchObject({ code: '390111' });
  });
});

describe('a session', () => {
  it('runs its statements one after the other', async () => {
    await run(session, 'create or replace table ordered (a int)');
    const all = Array.from({ length: 5 }, (_, at) =>
      run(session, `insert into ordered values (${at})`),
    );
    const counted = rows(session, 'select count(*) from ordered');
    await Promise.all(all);
    expect(await counted).toEqual([['5']]);
  });

  it('does not run what is only described', async () => {
    await run(session, 'create or replace table kept (a int)');
    await run(session, 'insert into kept values (1)');
    for (const sql of ['drop table kept', 'delete from kept', 'use schema nowhere', 'rollback']) {
      const { result } = await run(session, sql, { describeOnly: true });
      expect(result.rowCount).toBe(0);
    }
    const { result } = await run(session, 'show tables', { describeOnly: true });
    expect(result).toMatchObject({ rowCount: 0, partitions: [] });
    expect(await rows(session, 'select a from kept')).toEqual([['1']]);
  });

  it('splits a text into its statements', () => {
    expect(session.split("select ';'; -- no; end\n select 2;")).toEqual(["select ';'", 'select 2']);
  });

  it.each([
    ['explain select 1', '000002'],
    ['undrop schema s', '000002'],
    ['create pipe p as copy into t from @s', '000002'],
    ['selct 1', '001003'],
    ['', '001003'],
  ])('refuses "%s" with %s', async (sql, code) => {
    await expect(run(session, sql)).rejects.toMatchObject({ code });
  });
});
