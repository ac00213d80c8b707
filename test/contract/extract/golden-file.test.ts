import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExtractLab, openExtractLab } from '#test/helpers/extract-lab.ts';
import { runAll } from '#test/helpers/extract-source.ts';
import { committedManifests, fetchCommitted } from '#test/helpers/extract-stage.ts';
import {
  describeWithParquetjs,
  openDuckdbReader,
  readWithPyarrow,
  readWithSpark,
} from '#test/helpers/parquet-readers.ts';

/**
 * One table with every type and the ends of each (of timestamps those that the stand-in has), extracted,
 * and read by readers that share no code.
 */

type Row = Readonly<Record<string, string | null>>;

/** Nanoseconds since 1970, from JavaScript's own calendar. */
const nanos = (second: string, fraction: string) =>
  String(BigInt(Date.parse(`${second}Z`)) * 1_000_000n + BigInt(fraction));

const COLUMNS = {
  K: 'number(3,0)',
  N38: 'number(38,0)',
  N18: 'number(18,0)',
  SMALLEST: 'number(38,37)',
  CENTS: 'number(12,2)',
  RATIO: 'float',
  NAME: 'varchar',
  FLAG: 'boolean',
  DAY: 'date',
  AT_TIME: 'time(9)',
  NTZ: 'timestamp_ntz(9)',
  MICROS: 'timestamp_ntz(6)',
  LTZ: 'timestamp_ltz(9)',
  TZ: 'timestamp_tz(9)',
  V: 'variant',
  O: 'object',
  A: 'array',
  B: 'binary(8)',
};

/** What is written at the source, and what every reader must find. */
const GOLDEN: readonly { readonly sql: string; readonly row: Row }[] = [
  {
    sql: `1, 99999999999999999999999999999999999999, 999999999999999999,
      9.9999999999999999999999999999999999999, 9999999999.99, 1.7976931348623157e308::float,
      'ä "b" \\\\ 😀', true, '9999-12-31', '23:59:59.999999999', '2200-12-31 23:59:59.999999999'::timestamp_ntz(9),
      '2200-12-31 23:59:59.999999'::timestamp_ntz(6), '2024-02-29 01:02:03.123456789 +00:00'::timestamp_ltz(9),
      '2024-02-29 01:02:03.123456789 +05:30'::timestamp_tz(9), parse_json('{"a": 9007199254740993, "k": [1, null, "ä"]}'),
      object_construct('a', 1), array_construct(1, 'y'), to_binary('00FFA1', 'HEX')`,
    row: {
      K: '1',
      N38: '9'.repeat(38),
      N18: '9'.repeat(18),
      SMALLEST: `9.${'9'.repeat(37)}`,
      CENTS: '9999999999.99',
      RATIO: '1.7976931348623157e308',
      NAME: 'ä "b" \\ 😀',
      FLAG: 'true',
      DAY: '9999-12-31',
      AT_TIME: '23:59:59.999999999',
      NTZ: nanos('2200-12-31T23:59:59', '999999999'),
      MICROS: nanos('2200-12-31T23:59:59', '999999000'),
      LTZ: nanos('2024-02-29T01:02:03', '123456789'),
      TZ: nanos('2024-02-28T19:32:03', '123456789'),
      TZ__offset_minutes: '330',
      V: '{"a":9007199254740993,"k":[1,null,"ä"]}',
      O: '{"a":1}',
      A: '[1,"y"]',
      B: '00FFA1',
    },
  },
  {
    sql: `2, -99999999999999999999999999999999999999, -999999999999999999,
      -0.0000000000000000000000000000000000001, -0.01, -0.1::float, '', false, '0001-01-01', '00:00:00',
      '1700-01-01 00:00:00.000000001'::timestamp_ntz(9), '1700-01-01 00:00:00.000001'::timestamp_ntz(6),
      '1969-12-31 23:59:59.999999999 +00:00'::timestamp_ltz(9), '1969-12-31 23:59:59.999999999 -08:00'::timestamp_tz(9),
      parse_json('"text"'), object_construct(), array_construct(), to_binary('', 'HEX')`,
    row: {
      K: '2',
      N38: `-${'9'.repeat(38)}`,
      N18: `-${'9'.repeat(18)}`,
      SMALLEST: `-0.${'0'.repeat(36)}1`,
      CENTS: '-0.01',
      RATIO: '-0.1',
      NAME: '',
      FLAG: 'false',
      DAY: '0001-01-01',
      AT_TIME: '00:00:00.000000000',
      NTZ: nanos('1700-01-01T00:00:00', '1'),
      MICROS: nanos('1700-01-01T00:00:00', '1000'),
      LTZ: '-1',
      TZ: nanos('1970-01-01T07:59:59', '999999999'),
      TZ__offset_minutes: '-480',
      V: '"text"',
      O: '{}',
      A: '[]',
      B: '',
    },
  },
  {
    sql: `3, ${'null, '.repeat(Object.keys(COLUMNS).length - 2)}null`,
    row: {
      ...Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null])),
      TZ__offset_minutes: null,
      K: '3',
    },
  },
  {
    sql: `4, 9007199254740993, 9007199254740993, 0, 0, 0.30000000000000004::float, 'NULL', null, '1970-01-01',
      '12:00:00.000000001', '1970-01-01 00:00:00'::timestamp_ntz(9), '2024-02-29 01:02:03.5'::timestamp_ntz(6), null, null, parse_json('null'),
      null, array_construct(parse_json('1.50')), null`,
    row: {
      ...Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null])),
      TZ__offset_minutes: null,
      K: '4',
      N38: '9007199254740993',
      N18: '9007199254740993',
      SMALLEST: `0.${'0'.repeat(37)}`,
      CENTS: '0.00',
      RATIO: '0.30000000000000004',
      NAME: 'NULL',
      DAY: '1970-01-01',
      AT_TIME: '12:00:00.000000001',
      NTZ: '0',
      MICROS: nanos('2024-02-29T01:02:03', '500000000'),
      V: 'null',
      A: '[1.5]',
    },
  },
];
const EXPECTED = GOLDEN.map(({ row }) => row);

/** FLOATs and decimals as every engine writes them; everything else as it is. */
function comparable(rows: readonly Row[]): Row[] {
  const plain = (row: Row): Row => ({
    ...row,
    RATIO: row.RATIO == null ? null : String(Number(row.RATIO)),
    FLAG: row.FLAG?.toLowerCase() ?? null,
    B: row.B?.toUpperCase() ?? null,
  });
  return rows
    .map(({ extraction_timestamp, source_system, ...row }) => plain(row))
    .toSorted((a, b) => Number(a.K) - Number(b.K));
}

/** Whole microseconds, downwards. */
const microsOfNanos = (text: string) => {
  const value = BigInt(text);
  return String((value - (((value % 1000n) + 1000n) % 1000n)) / 1000n);
};

/** `2024-02-29 01:02:03.123456`, as Spark writes an instant. */
const microsOfText = (text: string) => {
  const [second = '', fraction = ''] = text.replace(' ', 'T').split('.');
  return String(BigInt(Date.parse(`${second}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0')));
};

let lab: ExtractLab;
let path: string;
let plainPath: string;

/** Extracts columns of the table; the path of a copy of the one file. */
async function extractTo(name: string, options: object): Promise<string> {
  const query = await lab.openQuery(name, { table: 'golden', key: ['k'], ...options });
  await query.extract();
  const [manifest] = await committedManifests(lab.emulator, query.id);
  const copy = join(mkdtempSync(join(tmpdir(), 'golden-')), `${name}.parquet`);
  await lab.deps.lake.getFile(manifest?.files[0]?.key ?? '', copy);
  return copy;
}

beforeAll(async () => {
  lab = await openExtractLab('golden-file');
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  await runAll(
    lab.source,
    `create table golden (${columns.join(', ')})`,
    ...GOLDEN.map(({ sql }) => `insert into golden select ${sql}`),
  );
  path = await extractTo('golden', {});
  plainPath = await extractTo('golden_plain', {
    columns: ['k', 'n18', 'ratio', 'name', 'day', 'micros'],
  });
});
afterAll(() => lab?.remove());

describe('a table of every type, fetched', () => {
  it('is read by DuckDB as it is at the source', async () => {
    const read = await openDuckdbReader();
    const types = await read(`describe select * from '${path}'`);
    const shown = types.map(({ column_name: name, column_type: type }) => {
      if (String(type) === 'TIMESTAMP')
        return `(epoch_us("${name}")::hugeint * 1000)::varchar as "${name}"`;
      if (String(type) === 'TIMESTAMP_NS') return `epoch_ns("${name}")::varchar as "${name}"`;
      if (String(type) === 'BLOB') return `hex("${name}") as "${name}"`;
      return `"${name}"::varchar as "${name}"`;
    });

    const rows = await read(`select ${shown.join(', ')} from '${path}'`);

    expect(comparable(rows as Row[])).toEqual(comparable(EXPECTED));
  });

  it('is read by Arrow for Python as it is at the source', () => {
    const { types, rows } = readWithPyarrow(path);
    const inNanos = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          const isMicros = types[name] === 'timestamp[us]' && value !== null;
          return [name, isMicros ? String(BigInt(value) * 1000n) : value];
        }),
      ),
    );

    expect(comparable(inNanos)).toEqual(comparable(EXPECTED));
  });

  it('is read by the jobs in Spark as it is at the source, instants cut to microseconds', async () => {
    const sets = await fetchCommitted(lab.emulator, { pipeline: 'p_golden', query: 'golden' });

    const [content] = readWithSpark(sets);

    const rows = (content?.rows ?? []).map((row) => JSON.parse(row) as Row);
    expect(content?.types).toMatchObject({ N38: 'decimal(38,0)', N18: 'bigint', NTZ: 'timestamp' });
    const instants = ['NTZ', 'MICROS', 'LTZ', 'TZ'];
    const cut = (row: Row, show: (value: string) => string) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          return [name, value !== null && instants.includes(name) ? show(value) : value];
        }),
      );
    const found = rows.map((row) => cut(row, microsOfText));
    const expected = EXPECTED.map((row) => cut(row, microsOfNanos));
    expect(comparable(found)).toEqual(comparable(expected));
  });

  it('is known to parquetjs by columns and rows, as far as it knows their types', async () => {
    const { rows, columns } = await describeWithParquetjs(plainPath);

    expect(rows).toBe(GOLDEN.length);
    expect(Object.keys(columns).slice(0, 6)).toEqual([
      'K',
      'N18',
      'RATIO',
      'NAME',
      'DAY',
      'MICROS',
    ]);
  });
});
