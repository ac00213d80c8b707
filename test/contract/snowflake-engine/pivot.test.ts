import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openTestEngine, rowsOf, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

let engine: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  engine = await openTestEngine();
  session = await engine.session();
  await run(session, 'create table sales (id int, amount int, month varchar)');
  await run(session, "insert into sales values (1, 10, 'JAN'), (1, 20, 'FEB'), (2, 5, 'JAN')");
  await run(session, 'create table months (id int, jan int, feb int)');
  await run(session, 'insert into months values (1, 2, null), (2, 3, 4)');
});
afterAll(() => engine.close());

async function table(sql: string) {
  const answer = await run(session, sql);
  return [answer.result.columns.map(({ name }) => name), ...(await rowsOf(answer))];
}

/** https://docs.snowflake.com/en/sql-reference/constructs/pivot */
describe('PIVOT', () => {
  it('takes the values that the column has, in their order', async () => {
    expect(
      await table('select * from sales pivot(sum(amount) for month in (any)) order by id'),
    ).toEqual([
      ['ID', "'FEB'", "'JAN'"],
      ['1', '20', '10'],
      ['2', null, '5'],
    ]);
    const [names] = await table(
      'select * from sales pivot(sum(amount) for month in (any order by month desc))',
    );
    expect(names).toEqual(['ID', "'JAN'", "'FEB'"]);
  });

  it('takes the values of a query, and sees new ones', async () => {
    const sql =
      'select * from sales pivot(sum(amount) for id in (select distinct id from sales order by 1)) order by month';
    expect(await table(sql)).toEqual([
      ['MONTH', '1', '2'],
      ['FEB', '20', null],
      ['JAN', '10', '5'],
    ]);
    await run(session, "insert into sales values (3, 1, 'JAN')");
    expect((await table(sql))[0]).toEqual(['MONTH', '1', '2', '3']);
    await run(session, 'delete from sales where id = 3');
  });

  it('puts a value in the place of NULL', async () => {
    expect(
      await table(
        "select * from sales pivot(sum(amount) for month in ('JAN', 'FEB') default on null (0)) as p (id, jan, feb) order by id",
      ),
    ).toEqual([
      ['ID', 'JAN', 'FEB'],
      ['1', '10', '20'],
      ['2', '5', '0'],
    ]);
  });

  it('by values of the data feeds DML, and is refused in a view', async () => {
    await run(session, 'create or replace table wide (id int, feb int, jan int)');
    await run(
      session,
      'insert into wide select * from sales pivot(sum(amount) for month in (any))',
    );
    expect(await table('select * from wide order by id')).toEqual([
      ['ID', 'FEB', 'JAN'],
      ['1', '20', '10'],
      ['2', null, '5'],
    ]);
    await expect(
      run(session, 'create view v as select * from sales pivot(sum(amount) for month in (any))'),
    ).rejects.toThrow('PIVOT by values of the data');
  });
});

/** https://docs.snowflake.com/en/sql-reference/constructs/unpivot */
describe('UNPIVOT', () => {
  it('keeps NULLs when told, labels columns and renames', async () => {
    expect(
      await table(
        "select * from months unpivot include nulls (amount for month in (jan as 'January', feb)) order by all",
      ),
    ).toEqual([
      ['ID', 'MONTH', 'AMOUNT'],
      ['1', 'FEB', null],
      ['1', 'January', '2'],
      ['2', 'FEB', '4'],
      ['2', 'January', '3'],
    ]);
    expect(
      await table(
        'select * from months unpivot exclude nulls (amount for month in (jan, feb)) as u (i, m, a) order by all desc',
      ),
    ).toEqual([
      ['I', 'M', 'A'],
      ['2', 'JAN', '3'],
      ['2', 'FEB', '4'],
      ['1', 'JAN', '2'],
    ]);
  });
});

describe('UNION BY NAME', () => {
  it('joins columns by their names and fills up with NULL', async () => {
    expect(
      await table("select 1 as a, 'x' as b union all by name select 'y' as b, 2.5 as c order by b"),
    ).toEqual([
      ['A', 'B', 'C'],
      ['1', 'x', null],
      [null, 'y', '2.5'],
    ]);
    expect(await table('select name from (select 1 as name) group by name')).toEqual([
      ['NAME'],
      ['1'],
    ]);
  });
});
