import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnOfType, declaredType, joinTypes } from '#src/model/source-type.ts';

const join = (a: string, b: string) => {
  const joined = joinTypes(columnOfType('V', a), columnOfType('V', b));
  return joined === null ? null : declaredType(joined);
};

describe('declared types', () => {
  it.each([
    'NUMBER(38,0)',
    'NUMBER(12,2)',
    'VARCHAR(16777216)',
    'VARCHAR',
    'BINARY(8)',
    'BINARY',
    'TIMESTAMP_TZ(9)',
    'TIME(0)',
    'DATE',
    'FLOAT',
    'VARIANT',
  ])('%s is read as it was written', (type) => {
    expect(declaredType(columnOfType('V', type))).toBe(type);
  });

  it('says nothing that it does not know', () => {
    const none = { precision: null, scale: null, length: null };

    expect(declaredType({ ...none, type: 'NUMBER' })).toBe('NUMBER(38,0)');
    expect(declaredType({ ...none, type: 'TIMESTAMP_LTZ' })).toBe('TIMESTAMP_LTZ(9)');
  });
});

describe('the type that holds two', () => {
  it.each([
    ['NUMBER(9,0)', 'NUMBER(38,0)', 'NUMBER(38,0)'],
    ['NUMBER(10,2)', 'NUMBER(10,0)', 'NUMBER(12,2)'],
    ['NUMBER(10,0)', 'NUMBER(10,4)', 'NUMBER(14,4)'],
    ['NUMBER(38,0)', 'NUMBER(38,2)', null],
    ['VARCHAR(10)', 'VARCHAR(20)', 'VARCHAR(20)'],
    ['VARCHAR(10)', 'VARCHAR', 'VARCHAR'],
    ['BINARY(8)', 'BINARY(4)', 'BINARY(8)'],
    ['TIMESTAMP_NTZ(3)', 'TIMESTAMP_NTZ(9)', 'TIMESTAMP_NTZ(9)'],
    ['TIME(0)', 'TIME(9)', 'TIME(9)'],
    ['OBJECT', 'ARRAY', 'VARIANT'],
    ['OBJECT', 'VARIANT', 'VARIANT'],
    ['DATE', 'DATE', 'DATE'],
    ['DATE', 'TIMESTAMP_NTZ(9)', null],
    ['TIMESTAMP_NTZ(9)', 'TIMESTAMP_LTZ(9)', null],
    ['NUMBER(5,0)', 'FLOAT', null],
    ['NUMBER(5,0)', 'VARCHAR(10)', null],
    ['VARIANT', 'VARCHAR(10)', null],
  ])('of %s and %s is %s, in either order', (a, b, joined) => {
    expect(join(a, b)).toBe(joined);
    expect(join(b, a)).toBe(joined);
  });

  it('keeps every digit of both numbers, and joins the same in any order', () => {
    const number = fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
      .map(([precision, scale]) => ({ precision, scale: Math.min(precision, scale) }))
      .map((sizes) => ({ type: 'NUMBER', length: null, ...sizes }));
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const joined = joinTypes(a, b);
        const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
        const fraction = Math.max(a.scale, b.scale);
        if (joined === null) expect(whole + fraction).toBeGreaterThan(38);
        else expect(joined).toMatchObject({ precision: whole + fraction, scale: fraction });
        const left = joined && joinTypes(joined, c);
        const right = joinTypes(b, c) && joinTypes(a, joinTypes(b, c) as typeof a);
        expect(left).toEqual(right);
      }),
    );
  });
});
