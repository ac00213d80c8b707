import { describe, expect, it } from 'vitest';
import { type Binds, countBinds, substituteBinds } from '#local/snowflake/sql/binds.ts';

const one = (type: string, value: string | null): Binds => ({ 1: { type, value } });

describe('substituteBinds', () => {
  it.each([
    ['FIXED', '12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['FIXED', '-5', '(-5)'],
    ['REAL', '1.5', "'1.5'::FLOAT"],
    ['TEXT', "it's \\ here", "'it''s \\\\ here'"],
    ['BOOLEAN', 'true', 'TRUE'],
    ['DATE', '1704153600000', "'2024-01-02'::DATE"],
    ['TIME', '11045000000001', "'03:04:05.000000001'::TIME(9)"],
    ['TIMESTAMP_NTZ', '1704164645123456789', "'2024-01-02 03:04:05.123456789'::TIMESTAMP_NTZ(9)"],
    ['TIMESTAMP_NTZ', '-1', "'1969-12-31 23:59:59.999999999'::TIMESTAMP_NTZ(9)"],
    ['TIMESTAMP_LTZ', '0', "'1970-01-01 00:00:00.000000000 +00:00'::TIMESTAMP_LTZ(9)"],
    [
      'TIMESTAMP_TZ',
      '1704164645123456789 1560',
      "'2024-01-02 05:04:05.123456789 +02:00'::TIMESTAMP_TZ(9)",
    ],
    ['TIMESTAMP_TZ', '0 1110', "'1969-12-31 18:30:00.000000000 -05:30'::TIMESTAMP_TZ(9)"],
    ['BINARY', '4142', "TO_BINARY('4142', 'HEX')"],
    ['VARIANT', '{"a":1}', `PARSE_JSON('{"a":1}')`],
    ['TEXT', null, 'NULL'],
  ])('writes %s %s', (type, value, expected) => {
    expect(substituteBinds('select ?', one(type, value))).toBe(`select ${expected}`);
  });

  it('takes binds by number and leaves question marks in literals', () => {
    const binds: Binds = { 1: { type: 'FIXED', value: '1' }, 2: { type: 'TEXT', value: 'b' } };

    expect(substituteBinds("select :2, :1, '?', v:a from t", binds)).toBe(
      "select 'b', 1, '?', v:a from t",
    );
  });

  it('repeats the tuple of VALUES for array binds', () => {
    const binds: Binds = {
      1: { type: 'FIXED', value: ['1', '2'] },
      2: { type: 'TEXT', value: ['a', null] },
    };

    expect(substituteBinds('insert into t (a, b) values (?, ?)', binds)).toBe(
      "insert into t (a, b) values (1, 'a'), (2, NULL)",
    );
  });

  it('refuses a number that is none, a missing bind and a type it does not know', () => {
    expect(() => substituteBinds('select ?', one('FIXED', '1; drop'))).toThrow('not recognized');
    expect(() => substituteBinds('select ?, ?', one('FIXED', '1'))).toThrow('not set');
    expect(() => substituteBinds('select ?', one('SHAPE', '1'))).toThrow('Unsupported bind type');
  });

  it('makes every bind NULL for a statement that is described only, and counts them', () => {
    expect(substituteBinds('select ?, :2', undefined)).toBe('select NULL, NULL');
    expect(countBinds("select ?, ?, '?', v:a")).toBe(2);
    expect(countBinds('select :1, :2, :1')).toBe(2);
  });
});
