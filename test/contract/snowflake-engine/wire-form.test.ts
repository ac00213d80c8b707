import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScopeColumn } from '#local/snowflake/sql/scope.ts';
import type { StoreConnection } from '#local/snowflake/storage/connection.ts';
import { openStore, type Store } from '#local/snowflake/storage/database.ts';
import { encodeQuery } from '#local/snowflake/storage/encode-result.ts';
import { ResultStore } from '#local/snowflake/storage/result-store.ts';
import { valueExpression, wireExpression } from '#local/snowflake/storage/wire-expression.ts';
import { duckdbType, type SnowflakeType } from '#local/snowflake/types.ts';

let dataDir: string;
let store: Store;
let connection: StoreConnection;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stand-in-wire-'));
  store = await openStore(dataDir);
  connection = await store.connect([]);
});

afterAll(async () => {
  connection.close();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const NUMBER = { name: 'NUMBER', precision: 38, scale: 0 } as const;
const tz = (utc: string, offset: number) =>
  `{'utc': TIMESTAMP_NS '${utc}', 'offset': ${offset}::SMALLINT}`;

/** Type, DuckDB literal, wire form. */
const FORMS: readonly [SnowflakeType, string, string][] = [
  [NUMBER, '99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
  [{ ...NUMBER, precision: 12, scale: 2 }, '-0.5', '-0.50'],
  [{ name: 'FLOAT' }, '1.0', '1'],
  [{ name: 'FLOAT' }, '0.1', '0.1'],
  [{ name: 'FLOAT' }, '-123456789.125', '-123456789.125'],
  [{ name: 'FLOAT' }, '1e300', '1e+300'],
  [{ name: 'FLOAT' }, "'inf'", 'inf'],
  [{ name: 'FLOAT' }, "'-inf'", '-inf'],
  [{ name: 'FLOAT' }, "'nan'", 'NaN'],
  [{ name: 'TEXT' }, "'a\"b\\c\né'", 'a"b\\c\né'],
  [{ name: 'BOOLEAN' }, 'true', '1'],
  [{ name: 'BOOLEAN' }, 'false', '0'],
  [{ name: 'DATE' }, "'1969-12-31'", '-1'],
  [{ name: 'DATE' }, "'9999-12-31'", '2932896'],
  [{ name: 'TIME', scale: 9 }, "'01:02:03.000000004'", '3723.000000004'],
  [{ name: 'TIMESTAMP_NTZ', scale: 9 }, "'1969-12-31 23:59:59.999999999'", '-0.000000001'],
  [{ name: 'TIMESTAMP_NTZ', scale: 9 }, "'1960-01-01 00:00:00.5'", '-315619199.500000000'],
  [{ name: 'TIMESTAMP_LTZ', scale: 9 }, "'2024-01-02 03:04:05.123456789'", '1704164645.123456789'],
  [{ name: 'TIMESTAMP_TZ', scale: 9 }, tz('2024-01-02 03:04:05', 60), '1704164645.000000000 1500'],
  [
    { name: 'TIMESTAMP_TZ', scale: 9 },
    tz('1960-01-01 00:00:00.5', -330),
    '-315619199.500000000 1110',
  ],
  [{ name: 'BINARY' }, "'\\xAB\\x00'", 'AB00'],
  [{ name: 'VARIANT' }, '\'{"a":1}\'', '{\n  "a": 1\n}'],
  [{ name: 'VARIANT' }, "'null'", 'null'],
  [{ name: 'VARIANT' }, '\'"x"\'', '"x"'],
  [
    { name: 'ARRAY' },
    `'[1,{"b":"x    y","c":[]}]'`,
    '[\n  1,\n  {\n    "b": "x    y",\n    "c": []\n  }\n]',
  ],
];

describe('wireExpression', () => {
  it.each(FORMS)('writes %o %s as %j', async (type, literal, wire) => {
    const value = `SELECT CAST(${literal} AS ${duckdbType(type)}) AS v`;
    const [row] = await connection.rows(
      `SELECT ${wireExpression(type, 'v')} AS wire FROM (${value})`,
    );
    expect(row?.wire).toBe(wire);
  });

  it.each(FORMS)('valueExpression reads %o %s back', async (type, literal) => {
    const value = `SELECT CAST(${literal} AS ${duckdbType(type)}) AS v`;
    const wired = `SELECT v, ${wireExpression(type, 'v')} AS w FROM (${value})`;
    const isSame =
      type.name === 'VARIANT' || type.name === 'ARRAY'
        ? `json(${valueExpression(type, 'w')}) = json(v)`
        : `${valueExpression(type, 'w')} IS NOT DISTINCT FROM v`;
    const [row] = await connection.rows(`SELECT ${isSame} AS same FROM (${wired})`);
    expect(row?.same).toBe(true);
  });

  it('keeps NULL of every type apart from any value', async () => {
    for (const [type] of FORMS) {
      const value = `SELECT CAST(NULL AS ${duckdbType(type)}) AS v`;
      const wired = `SELECT v, ${wireExpression(type, 'v')} AS w FROM (${value})`;
      const back = `SELECT w IS NULL AND ${valueExpression(type, 'w')} IS NULL AS none FROM (${wired})`;
      expect(await connection.rows(back)).toEqual([{ none: true }]);
    }
  });
});

describe('encodeQuery', () => {
  const columns: ScopeColumn[] = [
    { name: 'N', type: NUMBER, nullable: false },
    { name: 'N', type: { name: 'TEXT' }, nullable: true },
  ];
  const rowsSql = (count: number) =>
    `SELECT i::DECIMAL(38,0), 'row ' || i FROM range(${count}) t(i)`;
  const encode = async (count: number, id: string) => {
    const results = await ResultStore.open(dataDir, () => new Date());
    return {
      results,
      set: await encodeQuery(connection, results, { sql: rowsSql(count), columns }, id),
    };
  };

  it('keeps a small result in memory, without a file', async () => {
    const { set } = await encode(3, 'small');
    expect(set.rowCount).toBe(3);
    expect(await set.partitions[0]?.read()).toBe('["0","row 0"],["1","row 1"],["2","row 2"]');
    expect(await readdir(join(dataDir, 'results'))).toEqual([]);
  });

  it('answers no partition for no rows', async () => {
    const { set } = await encode(0, 'none');
    expect(set).toMatchObject({ rowCount: 0, partitions: [] });
    expect(set.columns.map(({ name }) => name)).toEqual(['N', 'N']);
  });

  it('spills a large result in order, the first partition small, and removes its files', async () => {
    const { results, set } = await encode(120_000, 'large');
    const sizes = set.partitions.map(({ byteCount }) => byteCount / 1024 / 1024);
    expect(sizes).toEqual([expect.closeTo(0.25, 2), expect.closeTo(1, 2), expect.closeTo(1.25, 1)]);
    const texts = await Promise.all(set.partitions.map((partition) => partition.read()));
    const rows: string[][] = JSON.parse(`[${texts.join(',')}]`);
    expect(rows).toHaveLength(120_000);
    expect(rows.every(([number], at) => number === String(at))).toBe(true);
    expect(set.partitions[0]?.byteCount).toBe(Buffer.byteLength(texts[0] ?? ''));
    await results.remove('large');
    expect(await readdir(join(dataDir, 'results'))).toEqual([]);
  });

  it('leaves no file behind when the query fails in the middle', async () => {
    const results = await ResultStore.open(dataDir, () => new Date());
    const sql = `SELECT CASE WHEN i = 90000 THEN error('SF|100038|22018|bad') ELSE i END, 'x' FROM range(100000) t(i)`;
    await expect(
      encodeQuery(connection, results, { sql, columns }, 'broken'),
    ).rejects.toMatchObject({
      code: '100038',
    });
    expect(await readdir(join(dataDir, 'results'))).toEqual([]);
  });

  it('removes results after a day', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const results = await ResultStore.open(dataDir, () => now);
    await encodeQuery(connection, results, { sql: rowsSql(1), columns }, 'old');
    now = new Date('2026-01-02T00:00:01Z');
    await encodeQuery(connection, results, { sql: rowsSql(1), columns }, 'new');
    await results.sweep();
    expect(results.find('old')).toBeUndefined();
    expect(results.find('new')).toBeDefined();
  });
});
