import { TerminalError } from '../errors.ts';
import type { Drift } from '../model/drift.ts';
import { floorInstant } from '../model/instant.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { Window } from '../model/window.ts';
import type { SourceColumn, Warehouse } from '../ports/warehouse.ts';
import { applyContract, type ContractColumn } from './apply-contract.ts';
import { chooseColumns, findWatermarkColumn } from './choose-columns.ts';
import type { PlanRequest } from './extract-request.ts';
import {
  countNullsSql,
  countSql,
  describeSql,
  selectSql,
  type WindowSelection,
} from './extract-sql.ts';
import { advanceWatermark, planWindow } from './plan-window.ts';
import { changeColumn, planDeletes } from './read-deletes.ts';
import { findSourceEnd, precisionOf, requireOptions, subtractLag } from './source-end.ts';
import { requireWatermarkKind, type WatermarkKind } from './watermark-kind.ts';

/** What is to be read from the source for one run. */
export interface WindowReading extends WindowSelection {
  readonly columns: readonly ContractColumn[];
  /** How the source's columns have changed since the last commit. */
  readonly drift: readonly Drift[];
  /** The source's clock. */
  readonly snapshotAt: string;
  readonly sql: string;
  readonly countSql: string;
  /** The watermark once the window has been committed. */
  readonly watermarkAfter: string | null;
  /** Rows without a watermark that are read beside the window. */
  readonly nullWatermarkRows: number;
}

export interface ReadingOptions {
  /** The committed watermark and manifest; null before the first commit. */
  readonly watermark: string | null;
  readonly previous: Manifest | null;
  /** A window by hand, as people write its ends. */
  readonly requested: PlanRequest['window'];
  readonly runId: string;
  /** Run of the last commit. */
  readonly committed: string | null;
  /** Window of an earlier attempt of the same run. */
  readonly planned?: { readonly window: Window | null };
}

function readEnd(query: ExtractQuery, column: SourceColumn, kind: WatermarkKind, text: string) {
  const end = kind.parse(text);
  if (end !== null) return kind.name === 'instant' ? floorInstant(end, precisionOf(column)) : end;
  throw new TerminalError(
    `Cannot extract ${query.name}: "${text}" is no value of ${column.name}, a ${kind.name}. ` +
      `Write it as ${kind.example}.`,
    { code: 'EVENT_INVALID', details: { query: query.name } },
  );
}

/** The window a person asked for, or null. */
function requestedWindow(
  query: ExtractQuery,
  column: SourceColumn,
  kind: WatermarkKind,
  requested: ReadingOptions['requested'],
): Window | null {
  if (!requested) return null;
  const { from, to } = requested;
  return {
    from: from === null ? null : readEnd(query, column, kind, from),
    to: readEnd(query, column, kind, to),
  };
}

/**
 * How many rows without a watermark are read beside the window. Those of a window by hand are only
 * read when it begins at the beginning: the next window of the schedule takes them anyway.
 *
 * @throws TerminalError SCHEMA_DRIFT when there are some and the query refuses them
 */
async function countNulls(
  warehouse: Warehouse,
  query: ExtractQuery,
  column: SourceColumn,
): Promise<number> {
  if (!column.nullable || query.null_watermark === 'ignore') return 0;
  const rows = Number(await warehouse.scalar(countNullsSql(query, column)));
  if (rows === 0 || query.null_watermark === 'sweep') return rows;
  throw new TerminalError(
    `Cannot extract ${query.name}: ${rows} rows have no ${column.name}, its watermark column. ` +
      'Give them a value at the source, or set null_watermark to sweep or ignore.',
    { code: 'SCHEMA_DRIFT', details: { query: query.name, column: column.name, rows } },
  );
}

type WindowPlan = Pick<
  WindowReading,
  'window' | 'watermarkColumn' | 'watermarkAfter' | 'takesNulls' | 'nullWatermarkRows'
>;

/** What a query without a watermark column is read by. */
const WHOLE: WindowPlan = {
  window: null,
  watermarkColumn: null,
  watermarkAfter: null,
  takesNulls: true,
  nullWatermarkRows: 0,
};

async function planByWatermark(
  warehouse: Warehouse,
  query: ExtractQuery,
  column: SourceColumn,
  { now, options }: { now: string; options: ReadingOptions },
): Promise<WindowPlan | null> {
  const kind = requireWatermarkKind(column);
  requireOptions(query, kind);
  // A watermark of another column says nothing about this one: it begins anew.
  const isOfColumn = options.previous === null || options.previous.watermarkColumn === column.name;
  const watermark = isOfColumn ? options.watermark : null;
  const lagged = subtractLag(query, kind, watermark);
  const requested = requestedWindow(query, column, kind, options.requested);
  const end = await findSourceEnd(warehouse, query, { column, kind, now });
  const planned = planWindow({ kind, watermark, lagged, end, requested });
  const window = options.planned === undefined ? planned : options.planned.window;
  if (window === null && requested !== null) return null;
  const isSwept = query.null_watermark === 'sweep' && column.nullable;
  const takesNulls = isSwept && (requested === null || window?.from === null);
  return {
    window,
    watermarkColumn: column,
    watermarkAfter: advanceWatermark({ kind, watermark, lagged }, window),
    takesNulls,
    nullWatermarkRows:
      takesNulls || query.null_watermark === 'refuse'
        ? await countNulls(warehouse, query, column)
        : 0,
  };
}

/**
 * Asks the source for its columns and clock, and decides the window and the statement.
 *
 * @returns null when a requested window lies beyond what the source has
 */
export async function planReading(
  warehouse: Warehouse,
  query: ExtractQuery,
  options: ReadingOptions,
): Promise<WindowReading | null> {
  const described = await warehouse.describe(describeSql(query));
  const contract = applyContract(query, chooseColumns(query, described), options.previous);
  const watermarkColumn = findWatermarkColumn(query, described);
  const now = await warehouse.now();
  const plan =
    watermarkColumn === null
      ? WHOLE
      : await planByWatermark(warehouse, query, watermarkColumn, { now, options });
  if (plan === null) return null;
  const { runId, committed, previous } = options;
  const tracking = { runId, committed, previous, snapshotAt: now };
  const deletes = await planDeletes(warehouse, query, contract.columns, tracking);
  const columns = query.deletes === 'none' ? contract.columns : [...contract.columns, changeColumn];
  const selection = { query, ...plan, deletes };
  const sql = selectSql(selection, columns);
  return {
    ...selection,
    columns,
    drift: contract.drift,
    snapshotAt: now,
    sql,
    countSql: countSql(selection),
  };
}
