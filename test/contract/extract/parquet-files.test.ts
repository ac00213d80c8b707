import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import type { SourceColumn } from '#src/ports/warehouse.ts';
import { sourceColumn } from '#test/helpers/extract-fixtures.ts';
import {
  describeWithParquetjs,
  openDuckdbReader,
  readWithPyarrow,
} from '#test/helpers/parquet-readers.ts';

const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
const path = join(folder, 'part.parquet');
const writer = duckdbFileWriter({ temporaryDirectory: folder, memoryLimitMb: 512 });
let query: Awaited<ReturnType<typeof openDuckdbReader>>;

beforeAll(async () => {
  query = await openDuckdbReader();
});

type Cells = readonly (string | null)[];

async function write(columns: readonly SourceColumn[], ...partitions: (readonly Cells[])[]) {
  const paths = partitions.map((rows, index) => {
    const file = join(folder, `partition-${index}.json`);
    writeFileSync(file, JSON.stringify(rows));
    return file;
  });
  const extractedAt = '2024-05-01T12:00:01.500Z';
  return writer.write({ partitions: paths, columns, extractedAt, sourceSystem: "o'shop" }, path);
}

const EVERY_TYPE: readonly [SourceColumn, string, string, string][] = [
  [sourceColumn('ID', 'NUMBER'), '9'.repeat(38), 'DECIMAL(38,0)', '9'.repeat(38)],
  [
    sourceColumn('SMALL', 'NUMBER', { precision: 18 }),
    '-999999999999999999',
    'BIGINT',
    '-999999999999999999',
  ],
  [
    sourceColumn('WIDE', 'NUMBER', { precision: 19 }),
    '1234567890123456789',
    'DECIMAL(19,0)',
    '1234567890123456789',
  ],
  [sourceColumn('CENTS', 'NUMBER', { precision: 12, scale: 2 }), '-1.50', 'DECIMAL(12,2)', '-1.50'],
  [sourceColumn('RATIO', 'FLOAT'), '0.1', 'DOUBLE', '0.1'],
  [
    sourceColumn('NAME', 'TEXT', { length: 20 }),
    'ä "b"\\\n\u0000😀',
    'VARCHAR',
    'ä "b"\\\n\u0000😀',
  ],
  [sourceColumn('FLAG', 'BOOLEAN'), 'true', 'BOOLEAN', 'true'],
  [sourceColumn('DAY', 'DATE'), '-719162', 'DATE', '0001-01-01'],
  [sourceColumn('AT_TIME', 'TIME'), '86399.123456789', 'VARCHAR', '23:59:59.123456789'],
  [
    sourceColumn('NTZ', 'TIMESTAMP_NTZ'),
    '1709168523.123456789',
    'TIMESTAMP_NS',
    '2024-02-29 01:02:03.123456789',
  ],
  [
    sourceColumn('BEFORE', 'TIMESTAMP_NTZ'),
    '-1.500000001',
    'TIMESTAMP_NS',
    '1969-12-31 23:59:58.499999999',
  ],
  [
    sourceColumn('MICROS', 'TIMESTAMP_NTZ', { scale: 6 }),
    '253402300799.999999000',
    'TIMESTAMP',
    '9999-12-31 23:59:59.999999',
  ],
  [
    sourceColumn('WHOLE', 'TIMESTAMP_LTZ', { scale: 0 }),
    '1709168523',
    'TIMESTAMP',
    '2024-02-29 01:02:03',
  ],
  [
    sourceColumn('TZ', 'TIMESTAMP_TZ'),
    '1709148723.123456789 1770',
    'TIMESTAMP_NS',
    '2024-02-28 19:32:03.123456789',
  ],
  [sourceColumn('V', 'VARIANT'), '{"k":[1,null]}', 'VARCHAR', '{"k":[1,null]}'],
  [sourceColumn('B', 'BINARY', { length: 8 }), '00FFA1', 'BLOB', '\\x00\\xFF\\xA1'],
];
const columns = EVERY_TYPE.map(([column]) => column);

describe('a Parquet file', () => {
  it('has the type of the table for every type of the source, and loses no digit', async () => {
    const cells = EVERY_TYPE.map(([, text]) => text);
    await write(columns, [cells, cells.map(() => null)]);

    const types = await query(`describe select * from '${path}'`);
    const [values, nulls] = await query(
      `select columns(*)::VARCHAR from '${path}' order by "ID" nulls last`,
    );

    const typeOf = new Map(types.map((row) => [row.column_name, row.column_type]));
    for (const [column, , type, value] of EVERY_TYPE) {
      expect([column.name, typeOf.get(column.name)]).toEqual([column.name, type]);
      expect([column.name, values?.[column.name]]).toEqual([column.name, value]);
      expect([column.name, nulls?.[column.name]]).toEqual([column.name, null]);
    }
    expect(values?.TZ__offset_minutes).toBe('330');
    expect(nulls?.TZ__offset_minutes).toBeNull();
    expect(typeOf.get('TZ__offset_minutes')).toBe('INTEGER');
  });

  it('tells its columns as they are in the file', async () => {
    await write(columns, [columns.map(() => null)]);

    const types = await query(`describe select * from '${path}'`);

    const told = writer.columnsOf(columns).map(({ name, parquetType }) => [name, parquetType]);
    expect(types.map((row) => [row.column_name, row.column_type])).toEqual(told);
    expect(writer.columnsOf(columns).map(({ type }) => type)).toEqual([
      'NUMBER(38,0)',
      'NUMBER(18,0)',
      'NUMBER(19,0)',
      'NUMBER(12,2)',
      'FLOAT',
      'VARCHAR(20)',
      'BOOLEAN',
      'DATE',
      'TIME(9)',
      'TIMESTAMP_NTZ(9)',
      'TIMESTAMP_NTZ(9)',
      'TIMESTAMP_NTZ(6)',
      'TIMESTAMP_LTZ(0)',
      'TIMESTAMP_TZ(9)',
      'NUMBER(4,0)',
      'VARIANT',
      'BINARY(8)',
      'TIMESTAMP_NTZ(6)',
      'VARCHAR',
    ]);
  });

  it('has extraction_timestamp and source_system in every row', async () => {
    await write([sourceColumn('A', 'TEXT')], [['1'], ['2']]);

    const rows = await query(`select distinct extraction_timestamp, source_system from '${path}'`);

    expect(rows).toEqual([
      { extraction_timestamp: '2024-05-01 12:00:01.5', source_system: "o'shop" },
    ]);
  });

  it('holds the rows of all its partitions, in snappy, and is as it was told', async () => {
    const rows = (from: number) =>
      Array.from({ length: 100_000 }, (_, n) => [String(from + n), `text ${n % 10}`]);
    const id = sourceColumn('ID', 'NUMBER', { precision: 18 });

    const written = await write([id, sourceColumn('T', 'TEXT')], rows(0), rows(100_000));

    const content = readFileSync(path);
    expect(written).toMatchObject({
      rows: 200_000,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    const [counts] = await query(
      `select count(*) n, count(distinct "ID") d, min("ID") a, max("ID") z from '${path}'`,
    );
    expect(counts).toEqual({ n: '200000', d: '200000', a: '0', z: '199999' });
    const codecs = await query(`select distinct compression from parquet_metadata('${path}')`);
    expect(codecs).toEqual([{ compression: 'SNAPPY' }]);
    const groups = await query(`select max(row_group_num_rows) n from parquet_metadata('${path}')`);
    expect(Number(groups[0]?.n)).toBeLessThanOrEqual(122_880);
  });

  it('tells least and greatest values and nulls of each column, of texts the nulls only', async () => {
    const lower = EVERY_TYPE.map(([, text]) => text);
    const upper = new Map([
      ['ID', '1'],
      ['CENTS', '12345.67'],
      ['RATIO', '-1e300'],
      ['DAY', '19782'],
      ['TZ', '1709148723.123456790 1440'],
      ['MICROS', '0.000001'],
    ]);
    const { profile } = await write(columns, [
      lower,
      columns.map(() => null),
      EVERY_TYPE.map(([{ name }, text]) => upper.get(name) ?? text),
    ]);

    const known = Object.fromEntries(
      columns.map(({ name }, at) => [name, Object.values(profile.columns[at] ?? {})]),
    );
    expect(profile.rows).toBe(3);
    expect(known).toMatchObject({
      ID: [1, '1', '9'.repeat(38)],
      CENTS: [1, '-1.50', '12345.67'],
      RATIO: [1, '-1e+300', '0.1'],
      NAME: [1, null, null],
      FLAG: [1, null, null],
      DAY: [1, '0001-01-01', '2024-02-29'],
      AT_TIME: [1, '23:59:59.123456789', '23:59:59.123456789'],
      BEFORE: [1, '1969-12-31 23:59:58.499999999', '1969-12-31 23:59:58.499999999'],
      MICROS: [1, '1970-01-01 00:00:00.000001000', '9999-12-31 23:59:59.999999000'],
      TZ: [1, '2024-02-28 19:32:03.123456789', '2024-02-28 19:32:03.123456790'],
      V: [1, null, null],
      B: [1, null, null],
    });
  });

  it('tells parquetjs its columns and number of rows', async () => {
    const known = columns.filter(({ name }) =>
      ['SMALL', 'RATIO', 'NAME', 'DAY', 'MICROS'].includes(name),
    );
    const cells = known.map(() => null);
    await write(known, [cells, cells, cells]);

    expect(await describeWithParquetjs(path)).toEqual({
      rows: 3,
      columns: {
        SMALL: ['INT64', 'INT_64'],
        RATIO: ['DOUBLE', undefined],
        NAME: ['BYTE_ARRAY', 'UTF8'],
        DAY: ['INT32', 'DATE'],
        MICROS: ['INT64', 'TIMESTAMP_MICROS'],
        extraction_timestamp: ['INT64', 'TIMESTAMP_MICROS'],
        source_system: ['BYTE_ARRAY', 'UTF8'],
      },
    });
  });

  it('is read by Arrow for Python with the same types and values', async () => {
    const cells = EVERY_TYPE.map(([, text]) => text);
    await write(columns, [cells, cells.map(() => null)]);

    const { types, rows } = readWithPyarrow(path);

    expect(types).toEqual({
      ID: 'decimal128(38, 0)',
      SMALL: 'int64',
      WIDE: 'decimal128(19, 0)',
      CENTS: 'decimal128(12, 2)',
      RATIO: 'double',
      NAME: 'string',
      FLAG: 'bool',
      DAY: 'date32[day]',
      AT_TIME: 'string',
      NTZ: 'timestamp[ns]',
      BEFORE: 'timestamp[ns]',
      MICROS: 'timestamp[us]',
      WHOLE: 'timestamp[us]',
      TZ: 'timestamp[ns]',
      TZ__offset_minutes: 'int32',
      V: 'string',
      B: 'binary',
      extraction_timestamp: 'timestamp[us]',
      source_system: 'string',
    });
    const full = rows.find(({ ID }) => ID !== null);
    expect(full).toMatchObject({
      ID: '9'.repeat(38),
      SMALL: '-999999999999999999',
      CENTS: '-1.50',
      NAME: 'ä "b"\\\n\u0000😀',
      DAY: '0001-01-01',
      NTZ: '1709168523123456789',
      BEFORE: '-1500000001',
      MICROS: '253402300799999999',
      TZ: '1709148723123456789',
      TZ__offset_minutes: '330',
      extraction_timestamp: '1714564801500000',
    });
  });

  it('holds rows longer than its buffers are by default', async () => {
    const long = 'x'.repeat(20 * 1024 * 1024);

    await write([sourceColumn('T', 'TEXT')], [[long], ['short']]);

    const rows = await query(`select length("T") n from '${path}' order by 1`);
    expect(rows.map(({ n }) => Number(n))).toEqual([5, long.length]);
  });

  it('keeps every instant a nanosecond timestamp holds', async () => {
    const nanos = fc.bigInt({ min: -9_223_372_036_854_775_000n, max: 9_223_372_036_854_775_000n });
    await fc.assert(
      fc.asyncProperty(fc.array(nanos, { minLength: 50, maxLength: 100 }), async (values) => {
        const text = (value: bigint) => {
          const digits = String(value < 0n ? -value : value).padStart(10, '0');
          return `${value < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
        };
        await write(
          [sourceColumn('AT', 'TIMESTAMP_NTZ')],
          values.map((value) => [text(value)]),
        );
        const rows = await query(`select epoch_ns("AT")::VARCHAR n from '${path}'`);
        const order = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : 1);
        expect(rows.map(({ n }) => String(n)).sort(order)).toEqual(values.map(String).sort(order));
      }),
      { numRuns: 20 },
    );
  });
});

describe('rows that cannot be written', () => {
  it.each([
    ['a year that nanoseconds do not reach', 'TIMESTAMP_NTZ', '253402300799.000000000', '1677'],
    ['a number with too many digits', 'NUMBER', '1'.repeat(40), 'does not fit'],
    ['a text where a date should be', 'DATE', 'private text', 'does not fit'],
  ])('are refused for %s, without a value in the error', async (_, type, cell, part) => {
    const writing = write([sourceColumn('AT', type)], [[cell]]);
    const error = await writing.catch((caught: Error) => caught);

    expect(error).toMatchObject({
      name: 'TerminalError',
      code: 'RESULT_CORRUPT',
      message: expect.stringContaining(part),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain(cell);
    expect((error as Error).cause).toBeUndefined();
  });

  it('are refused when they are cut off', async () => {
    const file = join(folder, 'cut.json');
    writeFileSync(file, '[["1"],["2"');
    const content = {
      columns: [sourceColumn('A', 'TEXT')],
      extractedAt: '2024-05-01T00:00:00.000Z',
    };

    await expect(
      writer.write({ ...content, partitions: [file], sourceSystem: 's' }, path),
    ).rejects.toMatchObject({ code: 'RESULT_CORRUPT' });
  });

  it('fail as a transient error when the disk is gone', async () => {
    const file = join(folder, 'whole.json');
    writeFileSync(file, '[["1"]]');
    const content = {
      columns: [sourceColumn('A', 'TEXT')],
      extractedAt: '2024-05-01T00:00:00.000Z',
    };
    const nowhere = join(folder, 'nowhere', 'part.parquet');

    await expect(
      writer.write({ ...content, partitions: [file], sourceSystem: 's' }, nowhere),
    ).rejects.toMatchObject({ name: 'TransientError', code: 'STORE_UNAVAILABLE' });
  });
});
