import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { duckdbProfile } from '#src/adapters/duckdb/file-profile.ts';
import { sourceProfile } from '#src/extract/source-profile.ts';
import { type CanonicalColumn, canonicalText } from '#src/model/canonical-text.ts';
import { profileSql, readProfile } from '#src/model/row-profile.ts';
import { columnOfType } from '#src/model/source-type.ts';
import { openDuckdbReader } from '#test/helpers/parquet-readers.ts';
import { openTestEngine, rows, type TestEngine } from '#test/helpers/stand-in-engine.ts';

interface Vectors {
  readonly values: readonly { type: string; sql: string; cell: string; text: string }[];
  readonly table: {
    readonly columns: readonly { name: string; type: string }[];
    readonly rows: readonly (readonly (number | null)[])[];
    readonly checksum: string;
  };
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../fixtures/checksum-vectors.json', import.meta.url), 'utf8'),
);
const { values, table } = vectors;
const named = values.map((value) => [`${value.type} ${value.sql}`, value] as const);
const columns = table.columns.map(({ name, type }) => columnOfType(name, type));

const declared = (type: string) => type.replace('TEXT', 'VARCHAR');
const literal = ({ type, sql }: { type: string; sql: string }) =>
  /^(VARIANT|OBJECT|ARRAY)$/.test(type) ? sql : `(${sql})::${declared(type)}`;

describe('the checksum in Snowflake SQL', () => {
  let engine: TestEngine;
  let query: (sql: string) => Promise<(string | null)[][]>;
  beforeAll(async () => {
    engine = await openTestEngine();
    const session = await engine.session();
    query = (sql) => rows(session, sql);
  });
  afterAll(() => engine?.close());

  it.each(named)('writes %s as the vectors say', async (_, value) => {
    const column = columnOfType('V', value.type);
    const sql = `SELECT ${canonicalText(column, sourceProfile)} FROM (SELECT ${literal(value)} AS V) AS v`;

    expect(await query(sql)).toEqual([[value.text]]);
  });

  it('sums up a table as the vectors say, whatever the order of its rows', async () => {
    const row = (cells: readonly (number | null)[]) =>
      `SELECT ${cells
        .map((at, index) => {
          const { name, type } = table.columns[index] as (typeof table.columns)[number];
          const value = at === null ? undefined : values[at];
          const cell = value === undefined ? `NULL::${declared(type)}` : literal(value);
          return `${cell} AS ${name}`;
        })
        .join(', ')}`;
    const all = (ordered: Vectors['table']['rows']) =>
      `(${ordered.map(row).join('\nUNION ALL ')}) AS t`;

    for (const ordered of [table.rows, [...table.rows].reverse()]) {
      const [cells = []] = await query(profileSql(all(ordered), columns, sourceProfile));
      expect(readProfile(columns, cells)).toMatchObject({ rows: 6, checksum: table.checksum });
    }
  });
});

describe('the checksum in DuckDB SQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checksum-'));
  const writer = duckdbFileWriter({ temporaryDirectory: folder, memoryLimitMb: 512 });
  let query: Awaited<ReturnType<typeof openDuckdbReader>>;
  beforeAll(async () => {
    query = await openDuckdbReader();
  });

  async function write(
    of: readonly CanonicalColumn[],
    cells: readonly (readonly (string | null)[])[],
  ): Promise<string> {
    const [partition, path] = [join(folder, 'rows.json'), join(folder, 'rows.parquet')];
    writeFileSync(partition, JSON.stringify(cells));
    const content = { partitions: [partition], extractedAt: '2024-01-01T00:00:00Z' };
    await writer.write({ ...content, columns: of as never, sourceSystem: 's' }, path);
    return path;
  }

  it.each(named)('writes %s as the vectors say', async (_, value) => {
    const column = columnOfType('V', value.type);
    const path = await write([column], [[value.cell]]);

    const text = canonicalText(column, duckdbProfile);
    expect(await query(`SELECT ${text} AS text FROM '${path}'`)).toEqual([{ text: value.text }]);
  });

  it('sums up the rows of a file as the vectors say', async () => {
    const path = await write(
      columns,
      table.rows.map((row) => row.map((at) => (at === null ? null : (values[at]?.cell ?? null)))),
    );

    const [row = {}] = await query(profileSql(`'${path}'`, columns, duckdbProfile));
    const cells = Object.values(row) as (string | null)[];
    expect(readProfile(columns, cells)).toMatchObject({ rows: 6, checksum: table.checksum });
  });
});
