import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceWatermark, planWindow, type WindowRequest } from '#src/extract/plan-window.ts';
import { findSourceEnd, requireOptions, subtractLag } from '#src/extract/source-end.ts';
import { requireWatermarkKind } from '#src/extract/watermark-kind.ts';
import { fromNanos } from '#src/model/instant.ts';
import type { ExtractQuery } from '#src/model/pipeline.ts';
import type { Window } from '#src/model/window.ts';
import type { SourceColumn, Warehouse } from '#src/ports/warehouse.ts';
import { pipelineDocument, sourceColumn } from '#test/helpers/extract-fixtures.ts';

const NOW = '2024-05-01 12:00:00.123456789';
const EARLIER = '2024-05-01 11:00:00.000000001';

const queryOf = (options: Record<string, unknown>) =>
  pipelineDocument(options).extract.queries[0] as ExtractQuery;

interface Given {
  readonly watermark?: string | null;
  readonly requested?: Window;
  readonly column?: SourceColumn;
  readonly options?: Record<string, unknown>;
  readonly now?: string;
  /** MAX at the source. */
  readonly greatest?: string | null;
}

/** What the plan step does between the source's answers and the window. */
async function plan({
  watermark = EARLIER,
  requested,
  column = sourceColumn('AT', 'TIMESTAMP_NTZ'),
  options = {},
  now = NOW,
  greatest = null,
}: Given = {}) {
  const query = queryOf(options);
  const kind = requireWatermarkKind(column);
  requireOptions(query, kind);
  const lagged = subtractLag(query, kind, watermark);
  const warehouse = { scalar: async () => greatest } as unknown as Warehouse;
  const end = await findSourceEnd(warehouse, query, { column, kind, now });
  const request: WindowRequest = { kind, watermark, lagged, end, requested: requested ?? null };
  const window = planWindow(request);
  return { window, after: advanceWatermark(request, window) };
}

const windowOf = async (given?: Given) => (await plan(given)).window;

describe('a window over instants', () => {
  it('begins where the last window ended and ends at the clock of the source', async () => {
    expect(await windowOf()).toEqual({ from: EARLIER, to: NOW });
  });

  it('takes everything the first time', async () => {
    expect(await windowOf({ watermark: null })).toEqual({ from: null, to: NOW });
  });

  it('ends before the rows that may still be written', async () => {
    const window = await windowOf({ options: { settle_seconds: 60 } });

    expect(window?.to).toBe('2024-05-01 11:59:00.123456789');
  });

  it('begins earlier by the lag, for rows that were committed late', async () => {
    const window = await windowOf({ options: { lag_seconds: 3600 } });

    expect(window?.from).toBe('2024-05-01 10:00:00.000000001');
  });

  it('ends at a value the column can hold, because later rows are stored cut', async () => {
    const seconds = sourceColumn('AT', 'TIMESTAMP_LTZ', { scale: 0 });
    const unknown = sourceColumn('AT', 'TIMESTAMP_TZ', { scale: null });
    const day = sourceColumn('AT', 'DATE', { scale: null });

    expect((await windowOf({ column: seconds }))?.to).toBe('2024-05-01 12:00:00.000000000');
    expect((await windowOf({ column: unknown }))?.to).toBe(NOW);
    expect((await windowOf({ column: day, watermark: null }))?.to).toBe(
      '2024-05-01 00:00:00.000000000',
    );
  });

  it('is empty at the watermark when the clock went backwards', async () => {
    const { window, after } = await plan({ now: '2024-05-01 10:00:00.000000000' });

    expect(window).toEqual({ from: EARLIER, to: EARLIER });
    expect(after).toBe(EARLIER);
  });
});

describe('a window by hand', () => {
  const requested = {
    from: '2024-01-01 00:00:00.000000000',
    to: '2024-02-01 00:00:00.000000000',
  };

  it('is taken as it is', async () => {
    expect(await windowOf({ requested })).toEqual(requested);
    expect((await windowOf({ requested: { ...requested, from: null } }))?.from).toBeNull();
  });

  it('is cut at the clock of the source', async () => {
    const window = await windowOf({
      requested: { ...requested, to: '2030-01-01 00:00:00.000000000' },
      options: { settle_seconds: 1 },
    });

    expect(window).toEqual({ ...requested, to: '2024-05-01 11:59:59.123456789' });
  });

  it('is none when it lies in the future, or where the source has nothing', async () => {
    const future = {
      from: '2029-01-01 00:00:00.000000000',
      to: '2030-01-01 00:00:00.000000000',
    };
    const column = sourceColumn('ID', 'NUMBER');

    expect(await windowOf({ requested: future })).toBeNull();
    expect(
      await windowOf({ column, watermark: null, requested: { from: '1', to: '9' } }),
    ).toBeNull();
    expect(
      await windowOf({ column, watermark: '5', greatest: '7', requested: { from: '8', to: '9' } }),
    ).toBeNull();
  });

  it('over numbers is half-open, and closed at the greatest value when it reaches beyond', async () => {
    const column = sourceColumn('ID', 'NUMBER');
    const given = { column, watermark: '50', greatest: '100' };

    expect(await windowOf({ ...given, requested: { from: '10', to: '20' } })).toEqual({
      from: '10',
      to: '20',
    });
    expect(await windowOf({ ...given, requested: { from: '10', to: '1000' } })).toEqual({
      from: '10',
      to: '100',
      closed: true,
    });
    expect(await windowOf({ ...given, requested: { from: '100', to: '1000' } })).toEqual({
      from: '100',
      to: '100',
      closed: true,
    });
  });
});

describe('a window over numbers', () => {
  const column = sourceColumn('ID', 'NUMBER');

  it('is closed at the greatest value of the source, and begins with the last one', async () => {
    const first = await plan({ column, watermark: null, greatest: '41' });
    const second = await plan({ column, watermark: '41', greatest: '50' });

    expect(first).toEqual({ window: { from: null, to: '41', closed: true }, after: '41' });
    expect(second).toEqual({ window: { from: '41', to: '50', closed: true }, after: '50' });
  });

  it('begins earlier by the lag, in its own unit and with every digit', async () => {
    const watermark = '99999999999999999999999999999999999999';
    const options = { lag: 1000 };
    const decimal = { column, watermark: '12.75', greatest: '13.00', options: { lag: 1 } };

    expect((await windowOf({ column, watermark, greatest: watermark, options }))?.from).toBe(
      '99999999999999999999999999999999998999',
    );
    expect((await windowOf(decimal))?.from).toBe('11.75');
  });

  it('is ordered as numbers are, not as texts', async () => {
    expect(await windowOf({ column, watermark: '9', greatest: '10' })).toEqual({
      from: '9',
      to: '10',
      closed: true,
    });
  });

  it('never goes backwards when the newest rows were deleted', async () => {
    const fewer = await plan({ column, watermark: '50', greatest: '40' });
    const none = await plan({ column, watermark: '50', greatest: null });

    expect(fewer).toEqual({ window: { from: '50', to: '50', closed: true }, after: '50' });
    expect(none).toEqual({ window: { from: '50', to: '50' }, after: '50' });
  });

  it('is none as long as no row has a value', async () => {
    expect(await plan({ column, watermark: null })).toEqual({ window: null, after: null });
  });
});

describe('a window over texts', () => {
  const column = sourceColumn('CODE', 'TEXT');

  it('follows the order of the source, which is that of UTF-8', async () => {
    const window = await windowOf({ column, watermark: '\u{ff5e}', greatest: '\u{1f600}' });

    expect(window).toEqual({ from: '\u{ff5e}', to: '\u{1f600}', closed: true });
  });
});

describe('options that have no meaning for a watermark', () => {
  it.each([
    ['TIMESTAMP_NTZ', { lag: 5 }, 'lag_seconds'],
    ['TEXT', { lag: 5 }, 'Leave it out'],
    ['NUMBER', { lag_seconds: 5 }, 'Write lag'],
    ['TEXT', { lag_seconds: 5 }, 'Leave it out'],
    ['NUMBER', { settle_seconds: 5 }, 'settle_seconds'],
  ])('are refused for %s: %j', async (type, options, way) => {
    await expect(plan({ column: sourceColumn('V', type), options })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(way),
    });
  });
});

describe('advanceWatermark', () => {
  const { compare } = requireWatermarkKind(sourceColumn('AT', 'TIMESTAMP_NTZ'));
  const advanced = (watermark: string | null, window: Window | null, lagged = watermark) =>
    advanceWatermark({ kind: { compare }, watermark, lagged }, window);

  it('moves to the end of a window that touches it', () => {
    expect(advanced(EARLIER, { from: EARLIER, to: NOW })).toBe(NOW);
    expect(advanced(null, { from: null, to: NOW })).toBe(NOW);
    expect(advanced(EARLIER, { from: null, to: NOW })).toBe(NOW);
  });

  it('stays when a window leaves a gap, the lag included', () => {
    expect(advanced(EARLIER, { from: '2024-05-01 11:30:00.000000000', to: NOW })).toBe(EARLIER);
    expect(advanced(null, { from: EARLIER, to: NOW })).toBeNull();
    expect(advanced(EARLIER, { from: EARLIER, to: NOW }, '2024-05-01 10:00:00.000000000')).toBe(
      EARLIER,
    );
  });

  it('never moves backwards', () => {
    expect(advanced(EARLIER, { from: null, to: '2020-01-01 00:00:00.000000000' })).toBe(EARLIER);
  });

  it('stays for a query that is read whole', () => {
    expect(advanced(null, null)).toBeNull();
    expect(advanced(EARLIER, null)).toBe(EARLIER);
  });

  it('leaves no gap and no overlap over any run of clocks without lag', async () => {
    const clocks = fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(clocks, fc.integer({ min: 0, max: 100 }), async (nanos, settle_seconds) => {
        let watermark: string | null = null;
        for (const nano of nanos) {
          const given = { watermark, options: { settle_seconds }, now: fromNanos(nano) };
          const { window, after: next }: Awaited<ReturnType<typeof plan>> = await plan(given);
          expect(window?.from).toBe(watermark);
          expect(next).toBe(window?.to);
          expect(next !== null && (watermark === null || next >= watermark)).toBe(true);
          watermark = next;
        }
      }),
    );
  });
});

/** A value that is committed so many runs after it was taken, as in a transaction that runs long. */
interface LateRow {
  readonly ahead: number;
  readonly isTie: boolean;
  readonly delay: number;
}

/** Commits rows between runs, and reads by windows; how often each row was read. */
async function readsOf(rows: readonly LateRow[], lag: number, type: 'NUMBER' | 'TEXT') {
  const column = sourceColumn('ID', type);
  const kind = requireWatermarkKind(column);
  const show = (value: number) =>
    type === 'TEXT' ? String(value).padStart(6, '0') : String(value);
  const committedAt = rows.map(({ delay }, turn) => turn + delay);
  let last = 0;
  const values = rows.map(({ ahead, isTie }) => {
    last += isTie ? 0 : ahead;
    return last;
  });
  const reads = rows.map(() => 0);
  let watermark: string | null = null;
  for (let turn = 0; turn <= Math.max(...committedAt); turn++) {
    const visible = rows.map((_, row) => row).filter((row) => (committedAt[row] ?? 0) <= turn);
    const greatest = Math.max(-1, ...visible.map((row) => values[row] ?? 0));
    const { window, after }: Awaited<ReturnType<typeof plan>> = await plan({
      column,
      watermark,
      greatest: greatest < 0 ? null : show(greatest),
      options: type === 'NUMBER' ? { lag } : {},
    });
    for (const row of window === null ? [] : visible) {
      const value = show(values[row] ?? 0);
      const { from, to, closed } = window as Window;
      const isAfter = from === null || kind.compare(value, from) >= 0;
      if (isAfter && kind.compare(value, to) < (closed ? 1 : 0)) reads[row] = (reads[row] ?? 0) + 1;
    }
    watermark = after;
  }
  return reads;
}

describe('windows over values without a clock', () => {
  const row = fc.record({
    ahead: fc.integer({ min: 1, max: 5 }),
    isTie: fc.boolean(),
    delay: fc.integer({ min: 0, max: 4 }),
  });

  it('lose no row that is committed late within the lag, nor any tie', async () => {
    const rows = fc.array(row, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(rows, async (late) => {
        // Within a delay of 4 runs, 4 later rows take at most 20 more than it.
        expect(Math.min(...(await readsOf(late, 20, 'NUMBER')))).toBeGreaterThan(0);
      }),
    );
  });

  it('lose no tie of the newest value, of texts as well', async () => {
    const rows = fc.array(
      fc.record({ ahead: fc.constant(1), isTie: fc.boolean(), delay: fc.constant(0) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (ties) => {
        expect(Math.min(...(await readsOf(ties, 0, 'TEXT')))).toBeGreaterThan(0);
      }),
    );
  });

  it('lose a row that is committed later than the lag reaches', async () => {
    const rows = [
      { ahead: 1, isTie: false, delay: 1 },
      { ahead: 5, isTie: false, delay: 0 },
      { ahead: 5, isTie: false, delay: 0 },
    ];

    expect(
      await readsOf([{ ahead: 1, isTie: false, delay: 3 }, ...rows.slice(1)], 0, 'NUMBER'),
    ).toContain(0);
    expect(
      await readsOf([{ ahead: 1, isTie: false, delay: 3 }, ...rows.slice(1)], 10, 'NUMBER'),
    ).not.toContain(0);
  });
});
