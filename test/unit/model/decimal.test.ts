import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareDecimals,
  decimalScale,
  parseDecimal,
  subtractDecimals,
} from '#src/model/decimal.ts';

describe('parseDecimal', () => {
  it.each([
    ['0', '0'],
    ['000', '0'],
    [' +12 ', '12'],
    ['-0012.500', '-12.500'],
    ['99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
  ])('reads %s as %s', (text, number) => {
    expect(parseDecimal(text)).toBe(number);
  });

  it.each(['', 'x', '1e5', '1.', '.5', '1,5', '2024-01-01'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
});

describe('decimals as text', () => {
  it('are compared by value, whatever their number of digits', () => {
    expect(compareDecimals('9007199254740993', '9007199254740992')).toBe(1);
    expect(compareDecimals('-10', '9')).toBe(-1);
    expect(compareDecimals('1.50', '1.5')).toBe(0);
    expect(compareDecimals('10', '9.99')).toBe(1);
  });

  it('are subtracted without losing a digit', () => {
    expect(subtractDecimals('99999999999999999999999999999999999999', '1')).toBe(
      '99999999999999999999999999999999999998',
    );
    expect(subtractDecimals('0.05', '1')).toBe('-0.95');
    expect(subtractDecimals('5', '5')).toBe('0');
    expect(decimalScale(subtractDecimals('1.25', '1'))).toBe(2);
  });

  it('agree with whole numbers', () => {
    const number = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n });
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(subtractDecimals(String(a), String(b))).toBe(String(a - b));
        expect(compareDecimals(String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });
});
