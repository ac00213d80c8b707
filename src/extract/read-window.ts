import { TerminalError } from '../errors.ts';
import { parseInstant } from '../model/instant.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { Window } from '../model/window.ts';
import type { SourceColumn, Warehouse } from '../ports/warehouse.ts';
import { chooseColumns, findWatermarkColumn } from './choose-columns.ts';
import type { PlanRequest } from './extract-request.ts';
import { countSql, describeSql, selectSql, type WindowSelection } from './extract-sql.ts';
import { planWindow } from './plan-window.ts';

/** What is to be read from the source for one run. */
export interface WindowReading extends WindowSelection {
  readonly columns: readonly SourceColumn[];
  /** The source's clock. */
  readonly snapshotAt: string;
  readonly sql: string;
  readonly countSql: string;
}

function instantOf(request: PlanRequest, text: string): string {
  const instant = parseInstant(text);
  if (instant !== null) return instant;
  throw new TerminalError(
    `Cannot extract ${request.query}: "${text}" is not an instant. ` +
      'Write it as 2024-01-31 or 2024-01-31T12:00:00Z.',
    { code: 'EVENT_INVALID', details: { query: request.query } },
  );
}

/** The window a person asked for, or null. */
export function requestedWindow(request: PlanRequest): Window | null {
  if (!request.window) return null;
  const { from, to } = request.window;
  return {
    from: from === null ? null : instantOf(request, from),
    to: instantOf(request, to),
  };
}

export interface ReadingOptions {
  readonly watermark: string | null;
  readonly requested: Window | null;
  /** Window of an earlier attempt of the same run. */
  readonly planned?: { readonly window: Window | null };
}

/**
 * Asks the source for its columns and clock, and decides the window and the statement.
 *
 * @returns null when a requested window lies beyond the source's clock
 */
export async function planReading(
  warehouse: Warehouse,
  query: ExtractQuery,
  options: ReadingOptions,
): Promise<WindowReading | null> {
  const described = await warehouse.describe(describeSql(query));
  const columns = chooseColumns(query, described);
  const watermarkColumn = findWatermarkColumn(query, described);
  const snapshotAt = await warehouse.now();
  let window: Window | null = null;
  if (watermarkColumn !== null) {
    const planned = planWindow({
      watermark: options.watermark,
      sourceNow: snapshotAt,
      lagSeconds: query.lag_seconds,
      settleSeconds: query.settle_seconds,
      precision: watermarkColumn.type === 'DATE' ? 'day' : (watermarkColumn.scale ?? 9),
      requested: options.requested,
    });
    window = options.planned?.window ?? planned;
    if (window === null) return null;
  }
  const selection = { query, window, watermarkColumn };
  const sql = selectSql(selection, columns);
  return { ...selection, columns, snapshotAt, sql, countSql: countSql(selection) };
}
