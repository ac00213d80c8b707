import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openTestEngine, rows, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  test = await openTestEngine();
  session = await test.session();
});
afterAll(() => test.close());

/** Declared type, value in Snowflake SQL, wire form. */
const VALUES: readonly [string, string, string][] = [
  [
    'number(38,0)',
    '12345678901234567890123456789012345678',
    '12345678901234567890123456789012345678',
  ],
  ['number(12,2)', '1.5', '1.50'],
  ['int', '-7', '-7'],
  ['float', '0.1', '0.1'],
  ['double', '1e300', '1e+300'],
  ['varchar', "'it''s \\\\ \"é\" ✓'", 'it\'s \\ "é" ✓'],
  ['varchar(3)', "'abc'", 'abc'],
  ['boolean', 'true', '1'],
  ['date', "'1969-12-31'", '-1'],
  ['time(9)', "'01:02:03.000000004'", '3723.000000004'],
  ['timestamp_ntz(9)', "'2024-01-02 03:04:05.123456789'", '1704164645.123456789'],
  ['timestamp_ntz(3)', "'2024-01-02 03:04:05.123456789'", '1704164645.123000000'],
  ['timestamp_ntz', "'1960-01-01 00:00:00.5'", '-315619199.500000000'],
  ['timestamp_ltz', "'2024-01-02 03:04:05 +01:00'", '1704161045.000000000'],
  ['timestamp_tz', "'2024-01-02 03:04:05 +01:00'", '1704161045.000000000 1500'],
  ['binary', "to_binary('AB00', 'HEX')", 'AB00'],
  ['variant', 'parse_json(\'{"a":[1,null]}\')', '{\n  "a": [\n    1,\n    null\n  ]\n}'],
  ['array', 'array_construct(1, 2)', '[\n  1,\n  2\n]'],
  ['object', "object_construct('k', 'v')", '{\n  "k": "v"\n}'],
];

describe('a value of each type', () => {
  it.each(VALUES)('%s takes %s and gives it back', async (type, value, wire) => {
    await run(session, `create or replace table one (v ${type}, n ${type})`);
    await run(session, `insert into one (v) select ${value}`);
    expect(await rows(session, 'select v, n from one')).toEqual([[wire, null]]);
  });
});

describe('columns of a result', () => {
  it('are described as Snowflake describes them', async () => {
    await run(
      session,
      `create or replace table typed (a number(10,2) not null, b varchar(10), c float, d timestamp_tz(3),
       e binary(4), f variant, g date, h boolean, i time(0), j varchar)`,
    );
    const { result, statementTypeId } = await run(session, 'select * from typed');
    expect(statementTypeId).toBe(0x1000);
    const described = result.columns.map(
      ({ name, type, nullable, precision, scale, length, byteLength }) =>
        [name, type, nullable, precision, scale, length, byteLength] as const,
    );
    expect(described).toEqual([
      ['A', 'fixed', false, 10, 2, null, null],
      ['B', 'text', true, null, null, 10, 40],
      ['C', 'real', true, null, null, null, null],
      ['D', 'timestamp_tz', true, 0, 3, null, null],
      ['E', 'binary', true, null, null, 4, 4],
      ['F', 'variant', true, null, null, null, null],
      ['G', 'date', true, null, null, null, null],
      ['H', 'boolean', true, null, null, null, null],
      ['I', 'time', true, 0, 0, null, null],
      ['J', 'text', true, null, null, 16_777_216, 16_777_216],
    ]);
  });

  it('are answered without rows when only described', async () => {
    const answer = await run(session, 'select a, b from typed', { describeOnly: true });
    expect(answer.result.columns.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(answer.result.rowCount).toBe(0);
  });

  it('may have one name twice', async () => {
    expect(await rows(session, 'select 1 as x, 2 as x')).toEqual([['1', '2']]);
  });
});

describe('a large result', () => {
  it('keeps its order over several partitions', async () => {
    await run(session, 'create or replace table many (i int)');
    await run(session, 'insert into many select seq4() from table(generator(rowcount => 70000))');
    const answer = await run(session, 'select i from many order by i desc');
    expect(answer.result.partitions.length).toBeGreaterThan(1);
    const [first, last] = [answer.result.partitions[0], answer.result.partitions.at(-1)];
    expect((await first?.read())?.startsWith('["69999"],["69998"]')).toBe(true);
    expect((await last?.read())?.endsWith('["0"]')).toBe(true);
  });
});
