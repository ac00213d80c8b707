import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  floorInstant,
  fromNanos,
  parseInstant,
  subtractSeconds,
  toNanos,
} from '#src/model/instant.ts';

/** Nanoseconds of the years 1000 to 9999, which the form holds. */
const nanos = fc.bigInt({ min: -30_610_224_000_000_000_000n, max: 253_402_300_799_999_999_999n });

describe('instants as text', () => {
  it('keeps nine digits both ways', () => {
    fc.assert(
      fc.property(nanos, (value) => {
        expect(toNanos(fromNanos(value))).toBe(value);
      }),
    );
  });

  it('orders as texts as instants are ordered', () => {
    fc.assert(
      fc.property(nanos, nanos, (a, b) => {
        expect(fromNanos(a) < fromNanos(b)).toBe(a < b);
      }),
    );
  });

  it('subtracts whole and fractional seconds', () => {
    expect(subtractSeconds('2024-03-01 00:00:00.000000001', 1)).toBe(
      '2024-02-29 23:59:59.000000001',
    );
    expect(subtractSeconds('2024-03-01 00:00:00.500000000', 0.5)).toBe(
      '2024-03-01 00:00:00.000000000',
    );
  });

  it('cuts to days and digits, also before 1970', () => {
    expect(floorInstant('2024-03-01 13:14:15.987654321', 'day')).toBe(
      '2024-03-01 00:00:00.000000000',
    );
    expect(floorInstant('2024-03-01 13:14:15.987654321', 0)).toBe('2024-03-01 13:14:15.000000000');
    expect(floorInstant('2024-03-01 13:14:15.987654321', 3)).toBe('2024-03-01 13:14:15.987000000');
    expect(floorInstant('2024-03-01 13:14:15.987654321', 9)).toBe('2024-03-01 13:14:15.987654321');
    expect(floorInstant('1969-12-31 23:59:59.900000000', 'day')).toBe(
      '1969-12-31 00:00:00.000000000',
    );
  });

  it.each([
    ['2024-01-31', '2024-01-31 00:00:00.000000000'],
    ['2024-01-31 12:30', '2024-01-31 12:30:00.000000000'],
    ['2024-01-31T12:30:15Z', '2024-01-31 12:30:15.000000000'],
    ['2024-01-31 12:30:15.123456789', '2024-01-31 12:30:15.123456789'],
    ['2024-01-31T12:30:15.5+02:00', '2024-01-31 10:30:15.500000000'],
    [' 2024-01-31T23:30:00-0130 ', '2024-02-01 01:00:00.000000000'],
  ])('reads %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each(['', 'yesterday', '2024-13-01', '2024-01-31T25:00', '31.01.2024'])(
    'does not take "%s" for an instant',
    (text) => {
      expect(parseInstant(text)).toBeNull();
    },
  );
});
