import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteCells } from '#local/snowflake/wire/sql-api/cells.ts';

const textOf = (rows: readonly (readonly (string | null)[])[]): string =>
  rows.map((row) => JSON.stringify(row)).join(',');

describe('rewriteCells', () => {
  it('returns text without booleans as the very same string', () => {
    const text = textOf([['1', null]]);
    expect(rewriteCells(text, { columnCount: 2, booleans: [], nullAsText: false })).toBe(text);
  });

  it('turns 1 and 0 of boolean columns into words, and nothing else', () => {
    const text = textOf([
      ['1', '1', 'a "[1]\\" b'],
      ['0', '0', null],
      ['1', null, '\\'],
    ]);
    const forms = { columnCount: 3, booleans: [1], nullAsText: false };
    expect(rewriteCells(text, forms)).toBe(
      textOf([
        ['1', 'true', 'a "[1]\\" b'],
        ['0', 'false', null],
        ['1', null, '\\'],
      ]),
    );
  });

  it('is empty for no rows', () => {
    expect(rewriteCells('', { columnCount: 1, booleans: [0], nullAsText: true })).toBe('');
  });

  it('does to any text what parsing and writing it again would do', () => {
    const cell = fc.oneof(fc.constant(null), fc.string({ unit: 'binary' }), fc.string());
    const row = fc.tuple(fc.constantFrom('1', '0', null), cell, fc.constantFrom('1', '0', null));
    const property = fc.property(fc.array(row), fc.boolean(), (rows, nullAsText) => {
      const expected = rows.map((cells) =>
        cells.map((value, column) => {
          if (value === null) return nullAsText ? 'null' : null;
          if (column === 1) return value;
          return value === '1' ? 'true' : 'false';
        }),
      );
      const forms = { columnCount: 3, booleans: [0, 2], nullAsText };
      expect(rewriteCells(textOf(rows), forms)).toBe(textOf(expected));
    });
    fc.assert(property, { numRuns: 500, seed: 7 });
  });
});
