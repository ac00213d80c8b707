import type { Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import {
  connect,
  disconnect,
  execute,
  type Row,
  startTestStandIn,
  type TestStandIn,
} from '#test/helpers/snowflake-client.ts';
import { type SqlApiClient, sqlApiClient } from '#test/helpers/sql-api.ts';

let standIn: TestStandIn;
let connection: Connection;
let api: SqlApiClient;

beforeAll(async () => {
  standIn = await startTestStandIn({ engine: (dataDir) => createEngine({ dataDir }) });
  connection = await connect(standIn);
  api = sqlApiClient(standIn);
});
afterAll(async () => {
  await disconnect(connection);
  await standIn.dispose();
});

const EVERY_TYPE = `
  select 12345678901234567890::number(38, 0) as fixed_, (-1.5)::number(12, 2) as cents,
         1.25::float as real_, 'ä "b"' as text_, true as boolean_, '2024-02-29'::date as date_,
         '01:02:03.5'::time as time_,
         '2024-01-02 03:04:05.123456789'::timestamp_ntz as ntz,
         '2024-01-02 03:04:05.123456789 +0100'::timestamp_tz as tz,
         parse_json('{"a":[1,null]}') as variant_, to_binary('00FFA1', 'HEX') as binary_,
         null::varchar as null_`;

const GENERATED = `
  select seq4() as n, 'text ' || seq4() as t, mod(seq4(), 2) = 0 as b
  from table(generator(rowcount => 120000)) order by 1`;

describe('the engine behind the doors', () => {
  it('starts with the place that the credentials name', async () => {
    const { rows } = await execute(
      connection,
      `select current_user() as u, current_role() as r, current_warehouse() as w,
              current_database() as d, current_schema() as s`,
    );
    const { user, role, warehouse, database, schema } = standIn.credentials;
    expect(rows).toEqual([{ U: user, R: role, W: warehouse, D: database, S: schema }]);
  });

  it('gives the same values through the driver and through the SQL API', async () => {
    const [row] = (await execute(connection, EVERY_TYPE)).rows as [Row];
    expect(row).toMatchObject({
      CENTS: -1.5,
      REAL_: 1.25,
      TEXT_: 'ä "b"',
      BOOLEAN_: true,
      VARIANT_: { a: [1, null] },
      NULL_: null,
    });
    expect((row.TZ as Date).toISOString()).toBe('2024-01-02T02:04:05.123Z');
    const { body } = await api.submit(EVERY_TYPE);
    expect(body.data?.[0]?.map((cell) => cell?.replaceAll(/\s*\n\s*/g, ''))).toEqual([
      '12345678901234567890',
      '-1.50',
      '1.25',
      'ä "b"',
      'true',
      '19782',
      '3723.500000000',
      '1704164645.123456789',
      '1704161045.123456789 1500',
      expect.stringMatching(/^\{\s*"a":\s*\[\s*1,\s*null\s*\]\s*\}$/),
      '00FFA1',
      undefined,
    ]);
  });

  it('serves a large result in chunks and in partitions', async () => {
    const { rows } = await execute(connection, GENERATED);
    expect(rows).toHaveLength(120_000);
    expect(rows[119_999]).toEqual({ N: 119_999, T: 'text 119999', B: false });
    const first = await api.run(GENERATED);
    const infos = first.body.resultSetMetaData?.partitionInfo ?? [];
    expect(infos.length).toBeGreaterThan(2);
    const path = (index: number) =>
      `/api/v2/statements/${first.body.statementHandle}?partition=${index}`;
    const parts = await Promise.all(infos.map((_, index) => api.get(path(index))));
    expect(parts.map(({ body }) => body.data?.length)).toEqual(infos.map((info) => info.rowCount));
    expect(parts.flatMap(({ body }) => body.data ?? []).at(-1)).toEqual([
      '119999',
      'text 119999',
      'false',
    ]);
  });

  it('takes binds, one by one and many at once', async () => {
    await execute(connection, 'create or replace table bound (n int, t varchar, b boolean)');
    const binds = Array.from({ length: 1000 }, (_, n) => [n, `it's ${n}`, n % 2 === 0]);
    const inserted = await execute(connection, 'insert into bound values (?, ?, ?)', { binds });
    expect(inserted.statement.getNumUpdatedRows()).toBe(1000);
    const { rows } = await execute(connection, 'select * from bound where n = ?', { binds: [7] });
    expect(rows).toEqual([{ N: 7, T: "it's 7", B: false }]);
  });

  it('keeps a transaction of one session from the others', async () => {
    const other = await connect(standIn);
    const count = async (by: Connection) =>
      (await execute(by, 'select count(*) as c from moved')).rows[0]?.C;
    await execute(connection, 'create or replace table moved (n int)');
    await execute(connection, 'begin');
    await execute(connection, 'insert into moved values (1)');
    expect([await count(connection), await count(other)]).toEqual([1, 0]);
    await execute(connection, 'commit');
    expect(await count(other)).toBe(1);
    await disconnect(other);
  });

  it('tells an unknown table with Snowflake’s code', async () => {
    await expect(execute(connection, 'select * from nowhere')).rejects.toMatchObject({
      code: '002003',
      sqlState: '42S02',
    });
    const { status, body } = await api.submit('select * from nowhere');
    expect([status, body.code, body.sqlState]).toEqual([422, '002003', '42S02']);
  });

  it('counts rows of DML in the SQL API', async () => {
    await api.submit('create or replace table counted (n int)');
    const { body } = await api.submit('insert into counted values (1), (2), (3)');
    expect(body.stats).toMatchObject({ numRowsInserted: 3 });
  });

  it('stops a long query when it is cancelled', async () => {
    const sql = `select count(*) from table(generator(rowcount => 2000000000)) a,
              table(generator(rowcount => 1000)) b`;
    const { body } = await api.submit(sql, '?async=true');
    await new Promise((done) => setTimeout(done, 300));
    const cancelled = await api.post(`/api/v2/statements/${body.statementHandle}/cancel`);
    expect([cancelled.status, cancelled.body.code]).toEqual([200, '000604']);
    expect((await api.submit('select 1')).status).toBe(200);
  });
});
