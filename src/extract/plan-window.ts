import { floorInstant, subtractSeconds } from '../model/instant.ts';
import type { Window } from '../model/window.ts';

export interface WindowRequest {
  /** Committed watermark; null when nothing has been extracted yet. */
  readonly watermark: string | null;
  /** The source's clock. */
  readonly sourceNow: string;
  readonly lagSeconds: number;
  readonly settleSeconds: number;
  /** What the watermark column can hold: whole days, or seconds with so many digits. */
  readonly precision: 'day' | number;
  /** A window that somebody asked for by hand. */
  readonly requested?: Window | null;
}

const isBefore = (a: string, b: string): boolean => a < b;
const later = (a: string, b: string | null): string => (b !== null && isBefore(a, b) ? b : a);

/**
 * The half-open window to extract next, or null when the requested one lies beyond the source's
 * clock.
 *
 * Its upper end is the source's clock less the settle delay, cut to what the column can hold: a row
 * written a moment later is stored cut, too, and must fall into the next window. A clock that went
 * backwards gives an empty window at the watermark.
 */
export function planWindow(request: WindowRequest): Window | null {
  const { watermark, precision, requested } = request;
  const settled = floorInstant(
    subtractSeconds(request.sourceNow, request.settleSeconds),
    precision,
  );
  if (requested) {
    const from = requested.from === null ? null : floorInstant(requested.from, precision);
    const asked = floorInstant(requested.to, precision);
    const to = isBefore(asked, settled) ? asked : settled;
    return from === null || isBefore(from, to) ? { from, to } : null;
  }
  return {
    from: watermark === null ? null : subtractSeconds(watermark, request.lagSeconds),
    to: later(settled, watermark),
  };
}

/**
 * The watermark after a window has been committed. It never moves backwards, and moves only when
 * the window touches what has been committed: a window by hand that begins later would leave a gap
 * behind.
 */
export function advanceWatermark(watermark: string | null, window: Window | null): string | null {
  if (window === null) return watermark;
  const isTouching = window.from === null || (watermark !== null && window.from <= watermark);
  return isTouching ? later(window.to, watermark) : watermark;
}
