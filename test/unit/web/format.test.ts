import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatTime,
  formatValue,
  toWords,
} from '../../../web/src/format.ts';

describe('how the page writes values', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [12_345, '12.3 s'],
    [59_960, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_620_000, '2 h 07 min'],
  ])('writes %d milliseconds as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1400, '1.4 kB'],
    [150_000, '150 kB'],
    [2_300_000_000_000_000, '2300 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('groups the digits of counts', () => {
    expect(formatCount(541_909)).toBe('541,909');
  });

  it('leaves out the date of today', () => {
    expect(formatTime('2026-11-21T11:05:21.500Z', Date.parse('2026-11-21T23:00:00Z'))).toBe(
      '11:05:21',
    );
    expect(formatTime('2026-11-20T11:05:21Z', Date.parse('2026-11-21T00:00:00Z'))).toBe(
      '2026-11-20 11:05:21',
    );
  });

  it.each([
    [3_000, 'just now'],
    [42_000, '42 s ago'],
    [300_000, '5 min ago'],
    [7_300_000, '2 h ago'],
    [200_000_000, '2 d ago'],
  ])('writes an age of %d milliseconds as %s', (age, text) => {
    const now = Date.parse('2026-11-21T12:00:00Z');

    expect(formatAge(new Date(now - age).toISOString(), now)).toBe(text);
  });

  it('tells null from nothing', () => {
    expect(formatValue(null)).toBe('null');
    expect(formatValue('')).toBe('');
    expect(formatValue({ city: 'Boston' })).toBe('{"city":"Boston"}');
  });

  it('writes names as words', () => {
    expect(toWords('missing_customer_id')).toBe('missing customer id');
    expect(toWords('BuildSilver')).toBe('build silver');
  });
});
