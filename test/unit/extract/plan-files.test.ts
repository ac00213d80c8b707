import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFiles, planParts } from '#src/extract/plan-files.ts';

const MB = 1024 * 1024;
const partition = (rows: number, megabytes: number) => ({ rows, bytes: megabytes * MB });

describe('planParts', () => {
  it('has no parts for a result without rows', () => {
    expect(planParts([], 128 * MB)).toEqual([]);
    expect(planParts([partition(0, 0)], 128 * MB)).toEqual([]);
  });

  it('makes one part of a small result', () => {
    const parts = planParts([partition(10, 1), partition(20, 2)], 128 * MB);

    expect(parts).toEqual([{ part: 0, fromPartition: 0, toPartition: 2, firstFile: 0, rows: 30 }]);
  });

  it('begins another part after two gigabytes, and numbers files across parts', () => {
    const partitions = Array.from({ length: 30 }, () => partition(1000, 100));

    const parts = planParts(partitions, 60 * MB);

    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index));
    const filesBefore = planFiles(partitions, parts[0] as (typeof parts)[0], 60 * MB).length;
    expect(parts[1]?.firstFile).toBe(filesBefore);
  });

  it('puts every partition with rows into one file, and plans a part again as it was', () => {
    const partitions = fc.array(
      fc.record({
        rows: fc.integer({ min: 0, max: 5 }),
        bytes: fc.integer({ min: 0, max: 900 * MB }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(partitions, fc.integer({ min: 1, max: 500 }), (all, maxFileMb) => {
        const parts = planParts(all, maxFileMb * MB);
        const files = parts.flatMap((part) => planFiles(all, part, maxFileMb * MB));
        const whole = planFiles(all, { fromPartition: 0, toPartition: all.length }, maxFileMb * MB);
        expect(files).toEqual(whole);
        const rows = all.reduce((total, one) => total + one.rows, 0);
        expect(parts.reduce((total, part) => total + part.rows, 0)).toBe(rows);
        expect(files.reduce((total, file) => total + file.rows, 0)).toBe(rows);
        let end = 0;
        for (const file of files) {
          expect(file.fromPartition).toBeGreaterThanOrEqual(end);
          end = file.toPartition;
        }
      }),
    );
  });
});

describe('a result of one large file', () => {
  const MB = 1024 ** 2;
  const partitions = (count: number, megabytes: number) =>
    Array.from({ length: count }, () => ({ rows: 10, bytes: megabytes * MB }));
  const filesOf = (count: number, megabytes: number) =>
    planFiles(partitions(count, megabytes), { fromPartition: 0, toPartition: count }, 128 * MB);

  it('makes several, so that one is fetched while another is written', () => {
    expect(filesOf(40, 10).map(({ bytes }) => bytes / MB)).toEqual([80, 80, 80, 80, 80]);
  });

  it('stays one file where several would be small', () => {
    expect(filesOf(4, 10)).toHaveLength(1);
  });

  it('is cut alike whatever part of it is asked for', () => {
    const all = filesOf(40, 10);
    const half = planFiles(partitions(40, 10), { fromPartition: 16, toPartition: 40 }, 128 * MB);

    expect(half).toEqual(all.slice(2));
  });
});
