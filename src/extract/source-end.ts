import { TerminalError } from '../errors.ts';
import { parseDecimal, subtractDecimals } from '../model/decimal.ts';
import { floorInstant, subtractSeconds } from '../model/instant.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { SourceColumn, Warehouse } from '../ports/warehouse.ts';
import { greatestSql } from './extract-sql.ts';
import type { SourceEnd } from './plan-window.ts';
import type { WatermarkKind } from './watermark-kind.ts';

/** What a watermark column can hold: whole days, or seconds with so many digits. */
export const precisionOf = ({ type, scale }: SourceColumn): 'day' | number =>
  type === 'DATE' ? 'day' : (scale ?? 9);

/**
 * Where the source ends now: at its clock less the settle delay, cut to what the column can hold,
 * since a row written a moment later is stored cut, too, and must fall into the next window. A
 * number or a text has no clock: there it is the greatest value, or null when there is none.
 */
export async function findSourceEnd(
  warehouse: Warehouse,
  query: ExtractQuery,
  { column, kind, now }: { column: SourceColumn; kind: WatermarkKind; now: string },
): Promise<SourceEnd | null> {
  if (kind.name === 'instant') {
    const settled = subtractSeconds(now, query.settle_seconds);
    return { to: floorInstant(settled, precisionOf(column)), isClosed: false };
  }
  const greatest = await warehouse.scalar(greatestSql(query, column));
  if (greatest === null) return null;
  return { to: kind.parse(greatest) ?? greatest, isClosed: true };
}

function refuseOption(
  query: ExtractQuery,
  option: string,
  kind: WatermarkKind,
  way: string,
): never {
  throw new TerminalError(
    `Cannot extract ${query.name}: ${option} is not for a watermark that is a ${kind.name}. ${way}`,
    { code: 'CONFIG_INVALID', details: { query: query.name, option } },
  );
}

/** @throws TerminalError CONFIG_INVALID when an option has no meaning for the kind of watermark */
export function requireOptions(query: ExtractQuery, kind: WatermarkKind): void {
  const isInstant = kind.name === 'instant';
  if (query.lag !== undefined && kind.name !== 'number') {
    const way = isInstant
      ? 'Write lag_seconds.'
      : 'Leave it out; if rows are committed late, name a number or a timestamp column instead.';
    refuseOption(query, 'lag', kind, way);
  }
  const way = kind.name === 'number' ? "Write lag, in the column's own unit." : 'Leave it out.';
  if (!isInstant && query.lag_seconds > 0) refuseOption(query, 'lag_seconds', kind, way);
  if (!isInstant && query.settle_seconds > 0) {
    refuseOption(query, 'settle_seconds', kind, 'Leave it out.');
  }
}

/** The watermark less the lag: values below it are settled. Null when there is no watermark. */
export function subtractLag(
  query: ExtractQuery,
  kind: WatermarkKind,
  watermark: string | null,
): string | null {
  if (watermark === null || kind.name === 'text') return watermark;
  if (kind.name === 'instant') return subtractSeconds(watermark, query.lag_seconds);
  return parseDecimal(subtractDecimals(watermark, String(query.lag ?? 0)));
}
