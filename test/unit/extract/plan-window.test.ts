import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceWatermark, planWindow, type WindowRequest } from '#src/extract/plan-window.ts';
import { fromNanos } from '#src/model/instant.ts';

const NOW = '2024-05-01 12:00:00.123456789';
const EARLIER = '2024-05-01 11:00:00.000000001';

const request = (overrides: Partial<WindowRequest> = {}): WindowRequest => ({
  watermark: EARLIER,
  sourceNow: NOW,
  lagSeconds: 0,
  settleSeconds: 0,
  precision: 9,
  ...overrides,
});

describe('planWindow', () => {
  it('begins where the last window ended and ends at the clock of the source', () => {
    expect(planWindow(request())).toEqual({ from: EARLIER, to: NOW });
  });

  it('takes everything the first time', () => {
    expect(planWindow(request({ watermark: null }))).toEqual({ from: null, to: NOW });
  });

  it('ends before the rows that may still be written', () => {
    expect(planWindow(request({ settleSeconds: 60 }))?.to).toBe('2024-05-01 11:59:00.123456789');
  });

  it('begins earlier by the lag, for rows that were committed late', () => {
    expect(planWindow(request({ lagSeconds: 3600 }))?.from).toBe('2024-05-01 10:00:00.000000001');
  });

  it('ends at a value the column can hold, because later rows are stored cut', () => {
    expect(planWindow(request({ precision: 0 }))?.to).toBe('2024-05-01 12:00:00.000000000');
    expect(planWindow(request({ precision: 'day', watermark: null }))?.to).toBe(
      '2024-05-01 00:00:00.000000000',
    );
  });

  it('is empty at the watermark when the clock went backwards', () => {
    const window = planWindow(request({ sourceNow: '2024-05-01 10:00:00.000000000' }));

    expect(window).toEqual({ from: EARLIER, to: EARLIER });
  });

  it('takes a requested window as it is', () => {
    const requested = {
      from: '2024-01-01 00:00:00.000000000',
      to: '2024-02-01 00:00:00.000000000',
    };

    expect(planWindow(request({ requested }))).toEqual(requested);
    expect(planWindow(request({ requested: { ...requested, from: null } }))?.from).toBeNull();
  });

  it('cuts a requested window at the clock of the source', () => {
    const requested = {
      from: '2024-01-01 00:00:00.000000000',
      to: '2030-01-01 00:00:00.000000000',
    };

    expect(planWindow(request({ requested, settleSeconds: 1 }))?.to).toBe(
      '2024-05-01 11:59:59.123456789',
    );
  });

  it('gives no window when the requested one lies in the future', () => {
    const requested = {
      from: '2029-01-01 00:00:00.000000000',
      to: '2030-01-01 00:00:00.000000000',
    };

    expect(planWindow(request({ requested }))).toBeNull();
  });
});

describe('advanceWatermark', () => {
  it('moves to the end of a window that touches it', () => {
    expect(advanceWatermark(EARLIER, { from: EARLIER, to: NOW })).toBe(NOW);
    expect(advanceWatermark(null, { from: null, to: NOW })).toBe(NOW);
    expect(advanceWatermark(EARLIER, { from: null, to: NOW })).toBe(NOW);
  });

  it('stays when a window leaves a gap', () => {
    expect(advanceWatermark(EARLIER, { from: '2024-05-01 11:30:00.000000000', to: NOW })).toBe(
      EARLIER,
    );
    expect(advanceWatermark(null, { from: EARLIER, to: NOW })).toBeNull();
  });

  it('never moves backwards', () => {
    const window = { from: null, to: '2020-01-01 00:00:00.000000000' };

    expect(advanceWatermark(EARLIER, window)).toBe(EARLIER);
  });

  it('stays for a query that is read whole', () => {
    expect(advanceWatermark(null, null)).toBeNull();
    expect(advanceWatermark(EARLIER, null)).toBe(EARLIER);
  });

  it('leaves no gap and no overlap over any run of clocks without lag', () => {
    const clocks = fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1 });
    fc.assert(
      fc.property(clocks, fc.integer({ min: 0, max: 100 }), (nanos, settleSeconds) => {
        let watermark: string | null = null;
        for (const nano of nanos) {
          const window = planWindow({
            ...request({ watermark, settleSeconds }),
            sourceNow: fromNanos(nano),
          });
          expect(window?.from).toBe(watermark);
          const next = advanceWatermark(watermark, window);
          expect(next).toBe(window?.to);
          expect(next !== null && (watermark === null || next >= watermark)).toBe(true);
          watermark = next;
        }
      }),
    );
  });
});
