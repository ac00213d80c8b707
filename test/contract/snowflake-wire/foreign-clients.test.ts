import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.mjs';
import { createEngine } from '#local/snowflake/engine.ts';
import { runForeignClient } from '#test/helpers/foreign-client.ts';
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
