import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import {
  openTestEngine,
  rows,
  rowsOf,
  run,
  type TestEngine,
} from '#test/helpers/stand-in-engine.ts';

let engine: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  engine = await openTestEngine();
  session = await engine.session();
});
afterAll(() => engine.close());

beforeEach(async () => {
  await run(session, 'create or replace table t (id int, name varchar, price number(10, 2))');
  await run(session, "insert into t values (1, 'a', 1.50), (2, 'b', 2.50), (3, 'c', 4)");
});

const answer = async (sql: string) => (await rows(session, sql))[0]?.[0];

const CASES: Readonly<Record<string, readonly [sql: string, expected: string | null]>> = {
  'returns an expression': ["begin return 'a' || 1; end;", 'a1'],
  'returns NULL without RETURN': ['begin null; end', null],
  'declares with type, default and inference': [
    `declare a int default 5; b number(10, 1) := 1.26; c varchar;
     begin c := 'x'; return a || ' ' || b || c; end;`,
    '5 1.3x',
  ],
  'lets and assigns': ['begin let x := 1; x := x + 41; return x; end', '42'],
  'chooses by IF, ELSEIF and ELSE': [
    "begin let x := 5; if (x > 9) then return 'big'; elseif (x > 3) then return 'middle'; else return 'small'; end if; end",
    'middle',
  ],
  'chooses by CASE with a subject and without': [
    `begin let x := 2; let y := ''; case (x) when 1 then y := 'one'; when 2 then y := 'two'; else y := '?'; end case;
     case when x = 2 then y := y || '!'; end case; return y; end`,
    'two!',
  ],
  'counts by FOR, forwards and backwards': [
    `begin let s := ''; for i in 1 to 3 do s := s || i; end for;
     for i in reverse 1 to 3 loop s := s || i; end loop; return s; end`,
    '123321',
  ],
  'loops by WHILE, REPEAT and LOOP with BREAK and CONTINUE': [
    `begin let n := 0; let s := '';
       while (n < 3) do n := n + 1; s := s || n; end while;
       repeat n := n - 1; s := s || n; until (n = 1) end repeat;
       loop n := n + 1; if (n = 3) then continue; end if; if (n > 4) then break; end if; s := s || n; end loop;
       return s; end`,
    '1232124',
  ],
  'breaks out of an outer loop by its label': [
    `begin let n := 0; loop loop n := n + 1; if (n = 5) then break outer_loop; end if; end loop inner_loop;
     end loop outer_loop; return n; end`,
    '5',
  ],
  'walks over a cursor': [
    `declare total number(10, 2) default 0; c cursor for select price, id from t order by id;
     begin for r in c do if (r.id <> 2) then total := total + r.price; end if; end for; return total; end`,
    '5.50',
  ],
  'walks over a result set': [
    `begin let s := ''; let rs resultset := (select name from t order by id);
     for r in rs do s := s || r.name; end for; return s; end`,
    'abc',
  ],
  'opens a cursor with USING and fetches': [
    `declare a varchar; b varchar; c cursor for select name from t where id > ? order by id;
     begin let least := 1; open c using (least); fetch c into a; fetch c into b; close c; return a || b; end`,
    'bc',
  ],
  'selects into variables': [
    `declare n int; s varchar; begin select count(*), max(name) into :n, :s from t where id < 3; return n || s; end`,
    '2b',
  ],
  'reads a query as an expression, with its binds': [
    'begin let least := 1; let n := (select count(*) from t where id > :least); return n; end',
    '2',
  ],
  'writes with binds and tells the rows': [
    `begin let x := 7; insert into t select :x, 'n' || :x, null from t where id < 3;
     return sqlrowcount || ' ' || sqlfound; end`,
    '2 true',
  ],
  'names tables by IDENTIFIER': [
    "begin let n := 't'; let c int := 0; select count(*) into :c from identifier(:n); return c; end",
    '3',
  ],
  'runs dynamic SQL with USING': [
    `begin let s := 'insert into t values (?, ?, null)'; let id := 9; let name := 'it''s';
     execute immediate :s using (id, name); return (select max(name) from t where id = 9); end`,
    "it's",
  ],
  'keeps a path into a VARIANT apart from a variable': [
    `begin let a := 1; let v := (select parse_json('{"a": 5}')); let x := v:a; return x || a; end`,
    '51',
  ],
  'keeps times and dates exact': [
    `begin let a := '2024-02-29 01:02:03.123456789'::timestamp_ntz; let d := '1969-12-31'::date;
     let z := '2024-01-02 03:04:05 +05:30'::timestamp_tz;
     return to_varchar(a, 'YYYY-MM-DD HH24:MI:SS.FF9') || ' ' || d || ' ' || to_varchar(z, 'HH24:MI TZH:TZM'); end`,
    '2024-02-29 01:02:03.123456789 1969-12-31 03:04 +05:30',
  ],
  'nests blocks, each with its names': [
    'declare x int default 1; begin declare x int default 2; begin x := 3; end; return x; end',
    '1',
  ],
};

describe('a block', () => {
  it.each(Object.entries(CASES))('%s', async (_, [sql, expected]) => {
    expect(await answer(sql)).toBe(expected);
    expect(await answer(`execute immediate $$${sql}$$`)).toBe(expected);
  });

  it('is one statement of a text, beside transactions', () => {
    const block =
      'begin let x := 1; if (x = 1) then return case when x = 1 then 2 end; end if; end';
    expect(session.split(`select 1; ${block}; begin; select 2; commit`)).toEqual([
      'select 1',
      block,
      'begin',
      'select 2',
      'commit',
    ]);
    expect(session.split('begin transaction; select 1; end')).toHaveLength(3);
    expect(session.split('declare x int; begin return 1; end;')).toHaveLength(1);
  });

  it('answers the rows of RETURN TABLE with their columns', async () => {
    const sql =
      'declare r resultset default (select id, price from t order by id); begin return table(r); end';
    const seen = await run(session, sql);
    expect(seen.result.columns.map(({ name }) => name)).toEqual(['ID', 'PRICE']);
    expect(await rowsOf(seen)).toEqual([
      ['1', '1.50'],
      ['2', '2.50'],
      ['3', '4.00'],
    ]);
  });

  it('opens, commits and rolls back transactions', async () => {
    await run(
      session,
      "begin begin transaction; insert into t values (8, 'x', 1); rollback; begin transaction; insert into t values (9, 'y', 1); commit; end",
    );
    expect(await rows(session, 'select id from t where id > 3')).toEqual([['9']]);
  });

  it('is in the query history with its statements', async () => {
    await run(session, 'begin insert into t values (5, null, null); return 1; end');
    const seen = await rows(
      session,
      'select query_type from table(information_schema.query_history_by_session(result_limit => 3))',
    );
    expect(seen.map(([type]) => type)).toContain('INSERT');
  });
});

describe('exceptions', () => {
  it('of a statement are caught with code, state and message', async () => {
    const sql = `begin select * from missing; exception when statement_error then
      return sqlcode || ' ' || sqlstate || ' ' || (sqlerrm like '%MISSING%'); end`;
    expect(await answer(sql)).toBe('2003 42S02 true');
  });

  it('of an expression are told apart', async () => {
    const sql = `begin let x := 1 / 0; exception when statement_error then return 's';
      when expression_error then return 'e'; end`;
    expect(await answer(sql)).toBe('e');
  });

  it('are declared, raised, caught by name or by OTHER', async () => {
    const sql = (handler: string) => `declare too_many exception (-20002, 'Too many.');
      begin raise too_many; exception when ${handler} then return sqlcode || sqlerrm || sqlstate; end`;
    expect(await answer(sql('too_many'))).toBe('-20002Too many.P0001');
    expect(await answer(sql('other'))).toBe('-20002Too many.P0001');
  });

  it('go on to the block around, and on from a handler by RAISE', async () => {
    const sql = `begin begin select * from missing; exception when other then raise; end;
      exception when statement_error then return 'outer'; end`;
    expect(await answer(sql)).toBe('outer');
  });

  it('that nobody catches say where they were raised', async () => {
    await expect(
      run(session, "declare e exception (-20001, 'No.'); begin\n  raise e;\nend"),
    ).rejects.toMatchObject({
      code: '-20001',
      sqlState: 'P0001',
      message: "Uncaught exception of type 'E' on line 2 at position 2 : No.",
    });
    await expect(run(session, 'begin select * from missing; end')).rejects.toMatchObject({
      code: '002003',
      message: expect.stringContaining("Uncaught exception of type 'STATEMENT_ERROR' on line 1"),
    });
  });

  it('do not catch a cancellation', async () => {
    const stop = new AbortController();
    const running = run(
      session,
      'begin loop select 1; end loop; exception when other then return 1; end',
      { signal: stop.signal },
    );
    setTimeout(() => stop.abort(), 300);
    await expect(running).rejects.toMatchObject({ code: '000604' });
    expect(await answer('select 1')).toBe('1');
  });

  it('come from SELECT INTO without exactly one row, and from unknown names', async () => {
    await expect(
      run(session, 'declare n int; begin select id into :n from t; return n; end'),
    ).rejects.toThrow('expects exactly 1 returned row, but got 3');
    await expect(run(session, 'begin x := 1; end')).rejects.toThrow("invalid identifier 'X'");
    await expect(run(session, 'begin let x := ; end')).rejects.toThrow('syntax error');
  });
});

describe('procedures', () => {
  it('take arguments by position and name, with defaults, and return their type', async () => {
    await run(
      session,
      `create or replace procedure add_row(id int, name varchar default 'none', price number(10, 2) default 1)
       returns number(10, 1) language sql as
       $$begin insert into t values (:id, :name, :price); return id + 0.26; end$$`,
    );
    expect(await answer('call add_row(7)')).toBe('7.3');
    expect(await answer("call add_row(price => 2.5, id => 8, name => 'x')")).toBe('8.3');
    expect(await rows(session, 'select * from t where id > 6 order by id')).toEqual([
      ['7', 'none', '1.00'],
      ['8', 'x', '2.50'],
    ]);
    await expect(run(session, 'call add_row()')).rejects.toMatchObject({ code: '001044' });
    await expect(run(session, 'call add_row(1, other => 2)')).rejects.toMatchObject({
      code: '001044',
    });
  });

  it('return tables, call one another, are shown and dropped', async () => {
    const create =
      'create procedure first_rows(n int) returns table (id int) language sql as begin let r resultset := (select id from t order by id limit :n); return table(r); end';
    expect(session.split(`${create}; select 1`)).toEqual([create, 'select 1']);
    await run(session, create);
    expect(await rows(session, 'call first_rows(2)')).toEqual([['1'], ['2']]);
    await run(
      session,
      `create procedure twice(n int) returns int language sql as $$begin return n * 2; end$$`,
    );
    expect(
      await answer('begin let x int; let n := 21; call twice(:n) into :x; return x; end'),
    ).toBe('42');
    const shown = await rows(session, "show procedures like 'twice'");
    expect(shown[0]).toContain('TWICE(NUMBER(38,0)) RETURN NUMBER(38,0)');
    await run(session, 'drop procedure twice(int)');
    await expect(run(session, 'call twice(1)')).rejects.toMatchObject({ code: '002003' });
  });

  it('in other languages, and blocks with a mistake, are refused when made', async () => {
    await expect(
      run(session, "create procedure p() returns int language python as 'x'"),
    ).rejects.toThrow('procedures in PYTHON');
    await expect(
      run(session, 'create procedure p() returns int language sql as $$begin let x := ; end$$'),
    ).rejects.toThrow('syntax error');
    await expect(
      run(session, 'begin select 1; exception when other continue then null; end'),
    ).rejects.toThrow('CONTINUE handlers');
  });
});
