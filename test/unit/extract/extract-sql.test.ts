import { describe, expect, it } from 'vitest';
import { countSql, describeSql, selectSql } from '#src/extract/extract-sql.ts';
import { sourceColumn } from '#test/helpers/extract-fixtures.ts';

const window = { from: '2024-01-01 00:00:00.000000001', to: '2024-02-01 00:00:00.000000000' };
const table = { table: 'shop.orders', sql: undefined };
const updatedAt = sourceColumn('UPDATED_AT', 'TIMESTAMP_NTZ');

describe('statements of a window', () => {
  it('names every column and bounds the window half-open', () => {
    const columns = [sourceColumn('ID', 'NUMBER'), sourceColumn('a "b"', 'TEXT')];
    const selection = { query: table, window, watermarkColumn: updatedAt };

    expect(selectSql(selection, columns)).toBe(
      'SELECT "ID", "a ""b"""\n' +
        'FROM shop.orders\n' +
        `WHERE "UPDATED_AT" >= '2024-01-01 00:00:00.000000001'::TIMESTAMP_NTZ(9) ` +
        `AND "UPDATED_AT" < '2024-02-01 00:00:00.000000000'::TIMESTAMP_NTZ(9)`,
    );
  });

  it('takes rows without a watermark in the first load', () => {
    const first = { from: null, to: window.to };

    expect(countSql({ query: table, window: first, watermarkColumn: updatedAt })).toBe(
      'SELECT COUNT(*) FROM shop.orders\n' +
        `WHERE ("UPDATED_AT" < '2024-02-01 00:00:00.000000000'::TIMESTAMP_NTZ(9) ` +
        'OR "UPDATED_AT" IS NULL)',
    );
  });

  it.each([
    ['DATE', `'2024-02-01'::DATE`],
    ['TIMESTAMP_LTZ', `'2024-02-01 00:00:00.000000000 +00:00'::TIMESTAMP_LTZ(9)`],
    ['TIMESTAMP_TZ', `'2024-02-01 00:00:00.000000000 +00:00'::TIMESTAMP_TZ(9)`],
  ])('writes bounds of %s in its own type', (type, literal) => {
    const watermarkColumn = sourceColumn('AT', type);

    expect(countSql({ query: table, window, watermarkColumn })).toContain(`"AT" < ${literal}`);
  });

  it('reads the whole table without a watermark column', () => {
    const selection = { query: table, window: null, watermarkColumn: null };

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
