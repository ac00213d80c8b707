import { beforeEach, describe, expect, it } from 'vitest';
import { SnowflakeError } from '#local/snowflake/statement.ts';
import { openTranslation, type Translation } from './open-translation.ts';
import { CHANGES, ORDERS, SEED } from './tables.ts';

let translation: Translation;

beforeEach(async () => {
  translation = await openTranslation([ORDERS, CHANGES]);
  for (const sql of SEED) await translation.run(sql);
});

async function amounts(table = 'orders') {
  const { rows } = await translation.query(`select id, amount from ${table} order by id`);
  return rows.map(([id, amount]) => `${id}:${amount}`).join(' ');
}

describe('INSERT', () => {
  it('converts each value to its column and counts rows', async () => {
    const counts = await translation.run("insert into changes (id, amount) select '7', 1.005");

    expect(counts).toEqual({ 'number of rows inserted': 1 });
    expect(await amounts('changes')).toBe('1:11.00 2:null 4:7.25 7:1.01');
  });

  it('takes thousands of literal rows with their exact values', async () => {
    const rows = Array.from(
      { length: 2000 },
      (_, i) =>
        `(${i + 100}, 'it''s', 0.${String(i % 100).padStart(2, '0')}, '2024-01-02 03:04:05.${String(i).padStart(9, '0')}')`,
    );
    await translation.run(
      `insert into orders (id, customer, amount, updated_at) values ${rows.join(', ')}`,
    );

    const answer = await translation.query(
      'select count(*), sum(amount), count(distinct updated_at), min(customer), max(updated_at) from orders where id >= 100',
    );
    expect(answer.rows).toEqual([
      ['2000', '990.00', '2000', "it's", '2024-01-02 03:04:05.000001999'],
    ]);
  });

  it('overwrites a table from itself', async () => {
    const counts = await translation.run(
      'insert overwrite into orders select * from orders where id = 2',
    );

    expect(counts).toEqual({ 'number of rows inserted': 1 });
    expect(await amounts()).toBe('2:20.00');
  });

  it('sends rows to the first branch that fits, the others to ELSE', async () => {
    const counts = await translation.run(
      `insert first when amount > 15 then into changes (id, amount) values (id + 10, amount)
                    when amount > 5 then into changes (id) values (id + 20)
                    else into changes (id) values (id + 30) select id, amount from orders`,
    );

    expect(counts).toEqual({ 'number of rows inserted into CHANGES': 1 });
    expect(await amounts('changes')).toBe('1:11.00 2:null 4:7.25 12:20.00 21:null 33:null');
  });
});

describe('UPDATE and DELETE', () => {
  it('updates from another table and counts rows joined more than once', async () => {
    const counts = await translation.run(
      'update orders o set o.amount = v.x from (select 1 id, 5 x union all select 1, 5) v where v.id = o.id',
    );

    expect(counts).toEqual({
      'number of rows updated': 1,
      'number of multi-joined rows updated': 1,
    });
    expect(await amounts()).toBe('1:5.00 2:20.00 3:null');
  });

  it('deletes by a query after USING', async () => {
    const counts = await translation.run(
      'delete from orders using (select id from changes where deleted) d where orders.id = d.id',
    );

    expect(counts).toEqual({ 'number of rows deleted': 1 });
    expect(await amounts()).toBe('1:10.50 3:null');
  });
});

describe('MERGE', () => {
  const SEVERAL = `merge into orders t using changes s on t.id = s.id
    when matched and s.deleted then delete
    when matched and t.amount < s.amount then update set t.amount = s.amount, customer = upper(t.customer)
    when not matched then insert (id, amount) values (s.id, s.amount)`;

  it('applies the first clause that fits and counts each action', async () => {
    const counts = await translation.run(SEVERAL);

    expect(counts).toEqual({
      'number of rows inserted': 1,
      'number of rows updated': 1,
      'number of rows deleted': 1,
    });
    expect(await amounts()).toBe('1:11.00 3:null 4:7.25');
  });

  it('changes nothing the second time', async () => {
    await translation.run(SEVERAL);
    await translation.run('delete from changes where deleted');
    const counts = await translation.run(SEVERAL);

    expect(Object.values(counts)).toEqual([0, 0, 0]);
  });

  it('refuses two source rows that would update one target row', async () => {
    const merge = translation.run(
      'merge into orders t using (select 1 id union all select 1) s on t.id = s.id when matched then update set amount = 1',
    );

    await expect(merge).rejects.toMatchObject({ code: '100090', sqlState: '42P18' });
  });

  it('takes two source rows that would delete one target row', async () => {
    const counts = await translation.run(
      'merge into orders t using (select 1 id union all select 1) s on t.id = s.id when matched then delete',
    );

    expect(counts).toEqual({ 'number of rows deleted': 1 });
  });
});

describe('refused statements', () => {
  const REFUSED: readonly (readonly [sql: string, code: string, sqlState: string, text: string])[] =
    [
      ['select nosuch from orders', '000904', '42000', "position 7\ninvalid identifier 'NOSUCH'"],
      ['select "id" from orders', '000904', '42000', `invalid identifier '"id"'`],
      [
        'select 1 from nosuch',
        '002003',
        '42S02',
        "Object 'NOSUCH' does not exist or not authorized.",
      ],
      ['select frobnicate(1)', '002140', '42601', 'Unknown function FROBNICATE'],
      ['select list_value(1)', '002140', '42601', 'Unknown function LIST_VALUE'],
      ['select id from orders, changes', '002027', '42601', "ambiguous column name 'ID'"],
      [
        'select id from where',
        '001003',
        '42000',
        "syntax error line 1 at position 15 unexpected 'where'.",
      ],
      ['select upper()', '000938', '22023', 'not enough arguments for function [UPPER]'],
      ['select row_number()', '002303', '42601', 'Missing window specification'],
      ["select 'x'::timestamp_ntz", '100035', '22007', "Timestamp 'x' is not recognized"],
      ["select '2024-02-30'::date", '100040', '22007', "Date '2024-02-30' is not recognized"],
      ['select 1 union select 1, 2', '001789', '42601', 'invalid number of result columns'],
      ['select id from orders sample (10)', '000002', '0A000', 'SAMPLE'],
      ['select $nosuch', '002211', '02000', "Session variable '$NOSUCH' does not exist"],
      ['drop table orders', '001003', '42000', "unexpected 'drop'"],
    ];

  it.each(REFUSED)('refuses %s with %s', async (sql, code, sqlState, text) => {
    const error = await translation.query(sql).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(SnowflakeError);
    expect(error).toMatchObject({ code, sqlState });
    expect((error as Error).message).toContain(text);
  });

  it('refuses values that the columns do not take', async () => {
    await expect(
      translation.run("insert into orders (id, details) values (1, '{}')"),
    ).rejects.toMatchObject({
      code: '002023',
    });
    await expect(translation.run('insert into changes values (1, 2)')).rejects.toMatchObject({
      code: '002520',
    });
    await expect(
      translation.run('insert into orders (id, placed) select 1, 2'),
    ).rejects.toMatchObject({
      code: '002023',
    });
  });

  it('raises a division by zero with its code', async () => {
    await expect(translation.query('select 1 / (id - 1) from orders')).rejects.toThrow(
      'SF|100051|22012|Division by zero',
    );
  });
});
