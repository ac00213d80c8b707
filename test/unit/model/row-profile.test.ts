import { describe, expect, it } from 'vitest';
import { addChecksums } from '#src/model/checksum.ts';
import { addProfiles, type ColumnProfile } from '#src/model/row-profile.ts';

const column = (type: string) => ({ name: 'C', type, scale: null });

const profile = (of: ColumnProfile | undefined, rows = 1, checksum = 'md5-sum-1:1:2') => ({
  rows,
  checksum,
  columns: of === undefined ? [] : [of],
});

const added = (type: string, ...extremes: readonly [string | null, string | null][]) =>
  addProfiles(
    [column(type)],
    extremes.map(([min, max]) => profile({ nulls: 1, min, max })),
  ).columns[0];

describe('profiles of parts', () => {
  it.each([
    ['NUMBER', ['9', '10'], ['-2.50', '-2.5'], '-2.50', '10'],
    [
      'NUMBER',
      ['-99999999999999999999.5', '0'],
      ['-99999999999999999999.6', '0'],
      '-99999999999999999999.6',
      '0',
    ],
    ['FLOAT', ['-1e+300', '2'], ['1', '10'], '-1e+300', '10'],
    ['FLOAT', ['1', 'NaN'], ['0', '5'], '0', 'NaN'],
    [
      'DATE',
      ['2024-01-01', '2024-01-02'],
      ['0001-01-01', '2024-01-01'],
      '0001-01-01',
      '2024-01-02',
    ],
  ] as const)('keep the outermost %s of %j and %j', (type, one, other, min, max) => {
    expect(added(type, [...one], [...other])).toEqual({ nulls: 2, min, max });
    expect(added(type, [...other], [...one])).toMatchObject({ nulls: 2, max });
  });

  it('leave out parts without values', () => {
    expect(added('DATE', [null, null], ['2024-01-01', '2024-01-01'])).toEqual({
      nulls: 2,
      min: '2024-01-01',
      max: '2024-01-01',
    });
    expect(added('TEXT', [null, null])).toEqual({ nulls: 1, min: null, max: null });
  });

  it('count rows and add checksums beyond what a double holds', () => {
    const big = `md5-sum-1:${2n ** 64n - 1n}:${2n ** 63n}`;

    expect(addProfiles([], [profile(undefined, 3, big), profile(undefined, 4, big)])).toEqual({
      rows: 7,
      checksum: `md5-sum-1:${2n ** 65n - 2n}:${2n ** 64n}`,
      columns: [],
    });
    expect(addChecksums([])).toBe('md5-sum-1:0:0');
  });
});
