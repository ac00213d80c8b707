import { type Schema, tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession, StatementResult } from '#local/snowflake/statement.ts';
import { openTestEngine, rowsOf, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

let engine: TestEngine;
let arrow: EngineSession;
let json: EngineSession;

beforeAll(async () => {
  engine = await openTestEngine();
  arrow = await engine.engine.openSession({
    user: 'TESTER',
    client: 'JDBC',
    database: 'DB',
    warehouse: 'COMPUTE_WH',
  });
  json = await engine.session();
});
afterAll(() => engine.close());

async function schemaOf({ result }: StatementResult): Promise<Schema> {
  const bytes = await result.partitions[0]?.arrow?.();
  return tableFromIPC(bytes as Buffer).schema;
}

const EDGES: Readonly<Record<string, string>> = {
  'NUMBER(2,0)': 'values (99), (-99), (null), (0)',
  'NUMBER(4,1)': 'values (999.9), (-999.9), (null)',
  'NUMBER(9,0)': 'values (999999999), (-999999999), (null)',
  'NUMBER(18,9)': 'values (999999999.999999999), (-0.000000001), (null)',
  'NUMBER(38,0)': 'values (9223372036854775807), (-9223372036854775807), (null)',
  'NUMBER(38,37)': 'values (0.0000000000000000000000000000000000001), (-0.5), (null)',
  FLOAT: 'values (1.5), (-0.1), (1e300), (null)',
  BOOLEAN: 'values (true), (false), (null)',
  VARCHAR: "values ('ä€😀 \"quoted\" \\\\ \\n'), (''), (null)",
  BINARY: "select to_binary(column1, 'HEX') from values ('00FF'), (''), (null)",
  DATE: "values ('1970-01-01'), ('1677-12-31'), ('9999-12-31'), (null)",
  'TIME(9)': "values ('23:59:59.999999999'), ('00:00:00'), (null)",
  'TIME(0)': "values ('23:59:59'), (null)",
  'TIMESTAMP_NTZ(9)':
    "values ('1969-12-31 23:59:59.999999999'), ('2262-01-01 00:00:00.000000001'), (null)",
  'TIMESTAMP_NTZ(7)': "values ('1969-12-31 23:59:59.9999999'), (null)",
  'TIMESTAMP_NTZ(0)': "values ('1960-01-01 00:00:01'), (null)",
  'TIMESTAMP_LTZ(9)': "values ('2024-02-29 01:02:03.123456789'), (null)",
  'TIMESTAMP_LTZ(3)': "values ('1901-02-03 01:02:03.123'), (null)",
  'TIMESTAMP_TZ(9)':
    "values ('2024-01-02 03:04:05.123456789 +05:30'), ('1969-12-31 23:59:59.5 -11:00'), (null)",
  'TIMESTAMP_TZ(3)': "values ('1969-12-31 23:59:59.5 -11:00'), (null)",
  'TIMESTAMP_TZ(0)': "values ('2024-01-02 03:04:05 +00:00'), (null)",
  VARIANT: "select parse_json(column1) from values ('{\"a\":[1,null]}'), ('null'), (null)",
  OBJECT: 'select parse_json(column1) from values (\'{"a":{"b":[]}}\'), (null)',
  ARRAY: "select parse_json(column1) from values ('[1,[2]]'), (null)",
};

describe('results in Arrow', () => {
  it.each(Object.entries(EDGES))('say the same as in JSON: %s', async (type, values) => {
    const sql = `select column1::${type} as v from (${values.replace(/^values/, 'select * from values')}) as t(column1)`;
    const [inArrow, inJson] = await Promise.all([run(arrow, sql), run(json, sql)]);
    expect(inArrow.result.partitions[0]?.arrow).toBeDefined();
    expect(inJson.result.partitions[0]?.arrow).toBeUndefined();
    expect(await rowsOf(inArrow)).toEqual(await rowsOf(inJson));
    expect(inArrow.result.columns).toEqual(inJson.result.columns);
  });

  it('describe every field as drivers read it', async () => {
    const answer = await run(
      arrow,
      `select 1::number(2,0) as a, 1.5::number(12,2) as b, 1::number(38,0) as c, 'x'::varchar(3) as d,
              current_timestamp()::timestamp_ntz(9) as e, current_timestamp()::timestamp_ntz(3) as f,
              current_timestamp()::timestamp_tz(9) as g, current_timestamp()::timestamp_tz(3) as h`,
    );
    const { fields } = await schemaOf(answer);
    expect(fields.map((field) => `${field.name} ${field.type}`)).toEqual([
      'A Int8',
      'B Int64',
      'C Int64',
      'D Utf8',
      'E Struct<{epoch:Int64, fraction:Int32}>',
      'F Int64',
      'G Struct<{epoch:Int64, fraction:Int32, timezone:Int32}>',
      'H Struct<{epoch:Int64, timezone:Int32}>',
    ]);
    expect(Object.fromEntries(fields[1]?.metadata ?? [])).toEqual({
      logicalType: 'FIXED',
      precision: '12',
      scale: '2',
      charLength: '0',
      byteLength: '0',
      finalType: 'T',
    });
    const { metadata } = fields[3] ?? {};
    expect([metadata?.get('logicalType'), metadata?.get('charLength')]).toEqual(['TEXT', '3']);
    expect(fields.slice(6).map((field) => field.metadata.get('byteLength'))).toEqual(['16', '8']);
  });

  it('widen a NUMBER to 128 bits when one of its values needs them', async () => {
    const sql =
      'select column1::number(38,0) as v from values (1), (99999999999999999999999999999999999999), (-99999999999999999999999999999999999999), (null)';
    const answer = await run(arrow, sql);
    expect(String((await schemaOf(answer)).fields[0]?.type)).toMatch(/^Decimal/);
    expect(await rowsOf(answer)).toEqual(await rowsOf(await run(json, sql)));
  });

  it('have a schema also without rows, and columns of one name', async () => {
    const answer = await run(arrow, "select 1 as a, 'x' as a where false");
    expect(answer.result).toMatchObject({ rowCount: 0, partitions: [{ rowCount: 0 }] });
    expect((await schemaOf(answer)).names).toEqual(['A', 'A']);
  });

  it('come in partitions that grow, spilled, in order', async () => {
    const sql =
      "select seq4() as n, 'row ' || seq4() as t from table(generator(rowcount => 200000))";
    const { result } = await run(arrow, sql);
    const { partitions } = result;
    expect(partitions.length).toBeGreaterThan(2);
    const sizes = partitions.slice(0, -1).map(({ byteCount }) => byteCount);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    let next = 0;
    for (const partition of partitions) {
      const table = tableFromIPC((await partition.arrow?.()) as Buffer);
      expect(table.numRows).toBe(partition.rowCount);
      const texts = table.getChildAt(1);
      for (const at of [0, table.numRows - 1]) expect(texts?.get(at)).toBe(`row ${next + at}`);
      next += table.numRows;
    }
    expect(next).toBe(200_000);
  });

  it('can be scanned by a later query', async () => {
    await run(arrow, "select 1.5 as n, '2024-01-02 03:04:05.5 +01:00'::timestamp_tz as t");
    const again = await run(arrow, 'select * from table(result_scan(last_query_id()))');
    expect(await rowsOf(again)).toEqual([['1.5', '1704161045.500000000 1500']]);
  });

  it('are JSON when the session says so, and for everything but queries', async () => {
    const session = await engine.engine.openSession({
      user: 'TESTER',
      client: 'PythonConnector',
      parameters: { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'JSON' },
    });
    const format = async (sql: string) =>
      (await run(session, sql)).result.partitions[0]?.arrow === undefined ? 'json' : 'arrow';
    expect(await format('select 1')).toBe('json');
    await run(session, "alter session set PYTHON_CONNECTOR_QUERY_RESULT_FORMAT = 'ARROW'");
    expect(await format('select 1')).toBe('arrow');
    expect(await format('show databases')).toBe('json');
    await session.close();
  });
});
