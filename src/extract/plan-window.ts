import type { Window } from '../model/window.ts';
import type { WatermarkKind } from './watermark-kind.ts';

/** Where the source ends now. */
export interface SourceEnd {
  readonly to: string;
  /** True for the greatest value there is, false for an instant that has not come yet. */
  readonly isClosed: boolean;
}

export interface WindowRequest {
  readonly kind: Pick<WatermarkKind, 'compare'>;
  /** Committed watermark; null when nothing has been extracted yet. */
  readonly watermark: string | null;
  /** The watermark less the lag: values below it are settled. */
  readonly lagged: string | null;
  /** Null when the source has no value. */
  readonly end: SourceEnd | null;
  /** A window that somebody asked for by hand. */
  readonly requested?: Window | null;
}

/** The part of a requested window that the source has reached, or null when that is nothing. */
function cutRequested({ kind, end }: WindowRequest, { from, to: asked }: Window): Window | null {
  if (end === null) return null;
  const isReached = kind.compare(asked, end.to) <= 0;
  const closed = !isReached && end.isClosed;
  const to = isReached ? asked : end.to;
  const length = from === null ? 1 : kind.compare(to, from);
  if (length < 0 || (length === 0 && !closed)) return null;
  return closed ? { from, to, closed } : { from, to };
}

/**
 * The window to extract next, or null when there is none: the requested one lies beyond the source,
 * or the source has no value yet.
 *
 * It begins at the watermark less the lag, that value included. It ends before an instant of the
 * source's clock, or with the greatest value there is: a row that takes the same value later is
 * found by the next window, which begins there. A source that went backwards gives an empty window
 * at the watermark.
 */
export function planWindow(request: WindowRequest): Window | null {
  const { kind, watermark, lagged: from, end, requested } = request;
  if (requested) return cutRequested(request, requested);
  if (watermark === null) {
    if (end === null) return null;
    return end.isClosed ? { from, to: end.to, closed: true } : { from, to: end.to };
  }
  if (end === null) return { from, to: watermark };
  const to = kind.compare(watermark, end.to) > 0 ? watermark : end.to;
  return end.isClosed ? { from, to, closed: true } : { from, to };
}

/**
 * The watermark after a window has been committed. It never moves backwards, and moves only when
 * the window touches what is settled: a window by hand that begins later would leave a gap behind.
 */
export function advanceWatermark(
  { kind, watermark, lagged }: Pick<WindowRequest, 'kind' | 'watermark' | 'lagged'>,
  window: Window | null,
): string | null {
  if (window === null) return watermark;
  if (watermark === null || lagged === null) return window.from === null ? window.to : watermark;
  const isTouching = window.from === null || kind.compare(window.from, lagged) <= 0;
  return isTouching && kind.compare(window.to, watermark) > 0 ? window.to : watermark;
}
