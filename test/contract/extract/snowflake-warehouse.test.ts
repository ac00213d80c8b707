import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { openSource, runAll, startSource } from '#test/helpers/extract-source.ts';
import type { TestStandIn } from '#test/helpers/snowflake-client.ts';

const path = join(mkdtempSync(join(tmpdir(), 'warehouse-')), 'partition.json');
let standIn: TestStandIn;
let warehouse: Warehouse;

beforeAll(async () => {
  standIn = await startSource();
  warehouse = openSource(standIn);
  await runAll(
    warehouse,
    `create table numbers as select seq4() as n, 'text ' || seq4() as t
       from table(generator(rowcount => 60000))`,
    `create table everything (
       id number(38,0) not null, cents number(12,2), ratio float, name varchar(20), flag boolean,
       day date, at_time time(9), ntz timestamp_ntz(9), ltz timestamp_ltz(6), tz timestamp_tz(9),
       v variant, o object, a array, b binary)`,
    `insert into everything
     select 12345678901234567890123456789012345678, -1.5, 0.1, 'ä "x"', true,
       '2024-02-29'::date, '23:59:59.123456789'::time,
       '2024-02-29 01:02:03.123456789'::timestamp_ntz,
       '2024-02-29 01:02:03.123456 +00:00'::timestamp_ltz,
       '2024-02-29 01:02:03.123456789 +05:30'::timestamp_tz,
       parse_json('{"k":[1,null]}'), object_construct('a', 1), array_construct(1, 'x'),
       to_binary('00FFA1', 'HEX')`,
  );
});
afterAll(() => standIn.dispose());

async function rowsOf(sql: string): Promise<unknown[][]> {
  const result = await warehouse.waitFor(await warehouse.submit(sql, randomUUID()));
  const rows: unknown[][] = [];
  for (const index of result.partitions.keys()) {
    await warehouse.savePartition(result.queryId, index, path);
    rows.push(...(JSON.parse(readFileSync(path, 'utf8')) as unknown[][]));
  }
  return rows;
}

describe('the Snowflake warehouse', () => {
  it('gives a result as partitions that together hold every row once', async () => {
    const sql = 'select n, t from numbers';
    const result = await warehouse.waitFor(await warehouse.submit(sql, randomUUID()));

    expect(result.rows).toBe(60_000);
    expect(result.partitions.length).toBeGreaterThan(1);
    expect(result.partitions.reduce((total, { rows }) => total + rows, 0)).toBe(60_000);
    const seen = new Set((await rowsOf(sql)).map(([n]) => Number(n)));
    expect(seen.size).toBe(60_000);
  });

  it('does not run a statement twice for the same request', async () => {
    const requestId = randomUUID();

    const first = await warehouse.submit('insert into numbers select 1, null', requestId);
    const second = await warehouse.submit('insert into numbers select 1, null', requestId);
    await warehouse.waitFor(first);

    expect(second).toBe(first);
    expect(await warehouse.scalar('select count(*) from numbers where t is null')).toBe('1');
    await runAll(warehouse, 'delete from numbers where t is null');
  });

  it('describes the columns of a query with their exact types', async () => {
    const columns = await warehouse.describe('select * from everything limit 0');

    const texts = columns.map(({ name, type, precision, scale, nullable }) => {
      const isNumber = type === 'NUMBER';
      const isTime = type.startsWith('TIME');
      const digits = isNumber ? `(${precision},${scale})` : isTime ? `(${scale})` : '';
      return `${name} ${type}${digits}${nullable ? '' : ' not null'}`;
    });
    expect(texts).toEqual([
      'ID NUMBER(38,0) not null',
      'CENTS NUMBER(12,2)',
      'RATIO FLOAT',
      'NAME TEXT',
      'FLAG BOOLEAN',
      'DAY DATE',
      'AT_TIME TIME(9)',
      'NTZ TIMESTAMP_NTZ(9)',
      'LTZ TIMESTAMP_LTZ(6)',
      'TZ TIMESTAMP_TZ(9)',
      'V VARIANT',
      'O OBJECT',
      'A ARRAY',
      'B BINARY',
    ]);
  });

  it('gives cells as texts that lose nothing', async () => {
    const [cells] = await rowsOf('select * from everything');

    expect(cells?.slice(0, 10)).toEqual([
      '12345678901234567890123456789012345678',
      '-1.50',
      '0.1',
      'ä "x"',
      'true',
      '19782',
      '86399.123456789',
      '1709168523.123456789',
      expect.stringMatching(/^1709168523\.123456(000)?$/),
      '1709148723.123456789 1770',
    ]);
    expect(cells?.slice(10, 13).map((text) => JSON.parse(String(text)))).toEqual([
      { k: [1, null] },
      { a: 1 },
      [1, 'x'],
    ]);
    expect(cells?.[13]).toBe('00FFA1');
  });

  it('tells its own time, near ours, with nine digits', async () => {
    const now = await warehouse.now();

    expect(now).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{9}$/);
    const at = Date.parse(`${now.slice(0, 23).replace(' ', 'T')}Z`);
    expect(Math.abs(Date.now() - at)).toBeLessThan(5000);
  });

  it('gives null for a value that is not there', async () => {
    expect(await warehouse.scalar('select null')).toBeNull();
    expect(await warehouse.scalar('select n from numbers where n < 0')).toBeNull();
  });

  it('says why a statement is refused', async () => {
    await expect(warehouse.scalar('select * from no_such_table')).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'WAREHOUSE_REFUSED',
      details: { snowflakeCode: '002003' },
    });
  });

  it('is polled for as long as one likes, and goes on running meanwhile', async () => {
    const many = 'table(generator(rowcount => 2000000))';
    const slow = `select count(distinct md5(seq4())) from ${many}`;
    const queryId = await warehouse.submit(slow, randomUUID());

    expect(await warehouse.poll(queryId, 0)).toBeNull();
    expect(await warehouse.poll(queryId, 90)).toMatchObject({ queryId, rows: 1 });
  });

  it('leaves a statement alone that has ended, and does not know one that never was', async () => {
    const queryId = await warehouse.submit('select 1', randomUUID());
    await warehouse.waitFor(queryId);

    await expect(warehouse.cancel(queryId)).resolves.toBeUndefined();
    await expect(warehouse.waitFor(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the log-in', () => {
  it('works with a programmatic access token', async () => {
    const byToken = openSource(standIn, { authentication: 'pat' });

    expect(await byToken.scalar('select 1')).toBe('1');
  });

  it('takes names of warehouse, database and schema in any case', async () => {
    const { database, schema } = standIn.credentials;
    const lower = openSource(standIn, {
      database: database.toLowerCase(),
      schema: `"${schema}"`,
    });

    expect(await lower.scalar('select count(*) from everything')).toBe('1');
  });
});
