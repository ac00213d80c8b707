import { describe, expect, it } from 'vitest';
import {
  countNullsSql,
  countSql,
  describeSql,
  greatestSql,
  selectSql,
} from '#src/extract/extract-sql.ts';
import { sourceColumn } from '#test/helpers/extract-fixtures.ts';

const window = { from: '2024-01-01 00:00:00.000000001', to: '2024-02-01 00:00:00.000000000' };
const table = { table: 'shop.orders', sql: undefined };
const updatedAt = sourceColumn('UPDATED_AT', 'TIMESTAMP_NTZ');

describe('statements of a window', () => {
  it('names every column and bounds the window half-open', () => {
    const columns = [sourceColumn('ID', 'NUMBER'), sourceColumn('a "b"', 'TEXT')];
    const selection = { query: table, window, watermarkColumn: updatedAt, takesNulls: false };

    expect(selectSql(selection, columns)).toBe(
      'SELECT "ID", "a ""b"""\n' +
        'FROM shop.orders\n' +
        `WHERE "UPDATED_AT" >= '2024-01-01 00:00:00.000000001'::TIMESTAMP_NTZ(9) ` +
        `AND "UPDATED_AT" < '2024-02-01 00:00:00.000000000'::TIMESTAMP_NTZ(9)`,
    );
  });

  it('takes rows without a watermark in the same statement', () => {
    const first = { from: null, to: window.to };
    const selection = { query: table, watermarkColumn: updatedAt, takesNulls: true };

    expect(countSql({ ...selection, window: first })).toBe(
      'SELECT COUNT(*) FROM shop.orders\n' +
        `WHERE ("UPDATED_AT" < '2024-02-01 00:00:00.000000000'::TIMESTAMP_NTZ(9) ` +
        'OR "UPDATED_AT" IS NULL)',
    );
    expect(countSql({ ...selection, window: null })).toBe('SELECT COUNT(*) FROM shop.orders');
    expect(countSql({ ...selection, window: null, takesNulls: false })).toBe(
      'SELECT COUNT(*) FROM shop.orders\nWHERE "UPDATED_AT" IS NOT NULL',
    );
  });

  it.each([
    [
      'NUMBER',
      { from: '-1', to: '12345678901234567890123456789012345678' },
      [
        `"AT" >= '-1'::NUMBER(38,0)`,
        `"AT" <= '12345678901234567890123456789012345678'::NUMBER(38,0)`,
      ],
    ],
    [
      'NUMBER',
      { from: '0.05', to: '10.125' },
      [`"AT" >= '0.05'::NUMBER(38,2)`, `"AT" <= '10.125'::NUMBER(38,3)`],
    ],
    ['TEXT', { from: "O'Hara", to: 'a\\b' }, [`"AT" >= 'O''Hara'`, `"AT" <= 'a\\\\b'`]],
  ])('writes a closed window over %s with every character', (type, ends, [from, to]) => {
    const watermarkColumn = sourceColumn('AT', type);
    const closed = { ...ends, closed: true as const };

    const sql = countSql({ query: table, window: closed, watermarkColumn, takesNulls: false });

    expect(sql).toBe(`SELECT COUNT(*) FROM shop.orders\nWHERE ${from} AND ${to}`);
  });

  it('asks for the greatest value and for rows without one', () => {
    expect(greatestSql(table, updatedAt)).toBe('SELECT MAX("UPDATED_AT") FROM shop.orders');
    expect(countNullsSql(table, updatedAt)).toBe(
      'SELECT COUNT(*) FROM shop.orders\nWHERE "UPDATED_AT" IS NULL',
    );
  });

  it.each([
    ['DATE', `'2024-02-01'::DATE`],
    ['TIMESTAMP_LTZ', `'2024-02-01 00:00:00.000000000 +00:00'::TIMESTAMP_LTZ(9)`],
    ['TIMESTAMP_TZ', `'2024-02-01 00:00:00.000000000 +00:00'::TIMESTAMP_TZ(9)`],
  ])('writes bounds of %s in its own type', (type, literal) => {
    const watermarkColumn = sourceColumn('AT', type);

    const sql = countSql({ query: table, window, watermarkColumn, takesNulls: false });

    expect(sql).toContain(`"AT" < ${literal}`);
  });

  it('reads the whole table without a watermark column', () => {
    const selection = { query: table, window: null, watermarkColumn: null, takesNulls: true };

    expect(selectSql(selection, [sourceColumn('ID', 'NUMBER')])).toBe(
      'SELECT "ID"\nFROM shop.orders',
    );
    expect(countSql({ ...selection, window })).toBe('SELECT COUNT(*) FROM shop.orders');
  });

  it('puts a query in brackets, whatever it ends with', () => {
    expect(describeSql({ sql: 'select 1 as a -- one', table: undefined })).toBe(
      'SELECT * FROM (\nselect 1 as a -- one\n) AS source_rows LIMIT 0',
    );
    expect(describeSql({ sql: ' select 1 as a; ', table: undefined })).toContain(
      '(\nselect 1 as a\n)',
    );
    expect(describeSql({ sql: undefined, table: undefined })).toContain('(\n\n)');
  });
});
