import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dayWindows, inParallel } from '#cli/day-windows.ts';

describe('the days of a backfill', () => {
  it('are windows side by side, the last day not included', () => {
    expect(dayWindows('2024-02-28', '2024-03-02')).toEqual([
      { from: '2024-02-28', to: '2024-02-29' },
      { from: '2024-02-29', to: '2024-03-01' },
      { from: '2024-03-01', to: '2024-03-02' },
    ]);
  });

  it.each([
    [undefined, '2024-01-01'],
    ['2024-01-01', undefined],
    ['2024-01-01', '2024-01-01'],
    ['2024-01-02', '2024-01-01'],
    ['2024-1-2', '2024-01-05'],
    ['2024-13-01', '2024-14-01'],
    ['1024-01-01', '2024-01-01'],
  ])('are refused from %s to %s', (from, to) => {
    expect(() => dayWindows(from, to)).toThrow(/Cannot (read|take)/);
  });
});

describe('work in parallel', () => {
  it('never goes over its limit, and answers in order', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(item);
      running -= 1;
      return item * 10;
    });

    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });
});
