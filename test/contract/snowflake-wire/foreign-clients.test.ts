import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.mjs';
import { createEngine } from '#local/snowflake/engine.ts';
import { runForeignClient, runJdbcClient } from '#test/helpers/foreign-client.ts';
import {
  connect,
  disconnect,
  execute,
  startTestStandIn,
  type TestStandIn,
} from '#test/helpers/snowflake-client.ts';

const python5 = paths.clients['foreign clients'].python;
const python4 = paths.clients['older Snowflake connector'].python;

let standIn: TestStandIn;

beforeAll(async () => {
  standIn = await startTestStandIn({ engine: (dataDir) => createEngine({ dataDir }) });
});
afterAll(() => standIn.dispose());

interface ConnectorReport {
  readonly version: string;
  readonly logins: Record<string, number>;
  readonly statements: Record<string, unknown>;
  readonly formats: Record<string, unknown>;
}

describe.each([
  ['4.8', python4],
  ['5.2', python5],
])('snowflake-connector-python %s', (version, python) => {
  it('logs in three ways, runs statements of every kind, and reads every type', async () => {
    const seen = (await runForeignClient(
      python,
      'python_connector.py',
      standIn,
    )) as ConnectorReport;
    expect(seen.version.startsWith(version)).toBe(true);
    expect(seen.logins).toEqual({ password: 1, keyPair: 1, token: 1, wrong: 390100 });
    expect(seen.statements).toEqual({
      types: [
        '12345678901234567890',
        "Decimal('-1.50')",
        '1.25',
        '\'ä "b"\'',
        'True',
        'datetime.date(2024, 2, 29)',
        'datetime.time(1, 2, 3, 500000)',
        'datetime.datetime(2024, 1, 2, 3, 4, 5, 123456)',
        expect.stringMatching(
          /^datetime\.datetime\(2024, 1, 2, 3, 4, 5, 123456, tzinfo=pytz\.FixedOffset\(60\)\)$/,
        ),
        expect.stringContaining('"a"'),
        "b'\\x00\\xff\\xa1'",
        'None',
      ],
      inserted: 100,
      text: "it's 7",
      rows: [120_000, 119_999],
      several: [1, 2],
      error: [2003, '42S02'],
      async: 42,
    });
    const largest = '9'.repeat(38);
    expect(seen.formats).toEqual({
      cells: 45,
      differences: [],
      nulls: Array.from({ length: 15 }, () => 1),
      numbers: [largest, `-${largest}`, 'None'],
      frame: [150_000, 11_249_925_000, 'int64'],
      empty: [[], null],
    });
  });
});

describe('dlt', () => {
  it('reflects a table through SQLAlchemy and reads its rows', async () => {
    const connection = await connect(standIn);
    await execute(
      connection,
      `create or replace table orders (id number(38, 0) not null, amount number(12, 2),
         placed_at timestamp_ntz, note varchar(20), is_paid boolean)`,
    );
    await execute(
      connection,
      `insert into orders values (1, 10.5, '2026-01-02 03:04:05', 'first', true),
                                 (2, null, null, null, false)`,
    );
    await disconnect(connection);
    expect(await runForeignClient(python5, 'dlt_read.py', standIn, 'orders')).toEqual({
      columns: {
        id: 'decimal',
        amount: 'decimal',
        placed_at: null,
        note: 'text',
        is_paid: 'bool',
      },
      rows: [
        { id: 1, amount: '10.50', placed_at: '2026-01-02 03:04:05', note: 'first', is_paid: true },
        { id: 2, amount: null, placed_at: null, note: null, is_paid: false },
      ],
    });
  });
});

describe('JDBC', () => {
  it('reads every type alike in Arrow and JSON, writes in batches, reads chunks', async () => {
    const seen = await runJdbcClient(standIn);
    const types = (format: string) =>
      Object.entries(seen).flatMap(([name, value]) =>
        name.startsWith(`${format} `) ? [`${name.slice(format.length + 1)}: ${value}`] : [],
      );
    expect(types('ARROW')).toEqual(types('JSON'));
    expect(types('ARROW')).toEqual([
      '1 NUMBER: 99999999999999999999999999999999999999',
      '2 NUMBER: -1.50',
      '3 NUMBER: 7',
      '4 DOUBLE: 1.25',
      '5 VARCHAR: ä "b"',
      '6 BOOLEAN: TRUE',
      '7 DATE: 2024-02-29',
      '8 TIME: 01:02:03',
      '9 TIMESTAMPNTZ: 1969-12-31 23:59:59.123',
      '10 TIMESTAMPTZ: 2024-01-02 03:04:05.123 +0100',
      '11 TIMESTAMPTZ: 2024-01-02 03:04:05.123 -0500',
      '12 VARIANT: { "a": [ 1, null ] }',
      '13 BINARY: 00FFA1',
      '14 NUMBER: null',
      '15 TIMESTAMPTZ: null',
    ]);
    expect(seen).toMatchObject({
      inserted: '100',
      text: "it's 7",
      updated: '3',
      rows: '120000 true',
      table: 'JDBC_ROWS',
      error: '2003 42S02',
    });
  });
});
