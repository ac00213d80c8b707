import { isSnowmeltError, TerminalError } from '../errors.ts';
import { compareDecimals, parseDecimal } from '../model/decimal.ts';
import { floorInstant, fromNanos, parseInstant, toNanos } from '../model/instant.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import { quoteName } from '../model/sql-text.ts';
import type { SourceColumn, Warehouse } from '../ports/warehouse.ts';
import { countSql, greatestSql, leastSql, selectSql, snapshotOf } from './extract-sql.ts';
import type { WindowReading } from './read-window.ts';
import type { Range, Split } from './run-documents.ts';
import type { CountedQuery } from './run-query.ts';
import { precisionOf } from './source-end.ts';
import { requireWatermarkKind, watermarkKind } from './watermark-kind.ts';

/** A first load of more rows than this is split by itself. */
const AUTOMATIC_ROWS = 50_000_000;

/** Rows of a range when nothing else was asked for. */
const DEFAULT_RANGE_ROWS = 10_000_000;

/** Most ranges of a table: what one Distributed Map gives back must stay below 256 KiB. */
const MAX_RANGES = 500;

function refuse(query: ExtractQuery, why: string, cause?: unknown): never {
  throw new TerminalError(`Cannot split ${query.name}: ${why}`, {
    code: 'CONFIG_INVALID',
    details: { query: query.name },
    cause,
  });
}

const canSplitBy = (column: SourceColumn): boolean =>
  column.type !== 'TIMESTAMP_TZ' &&
  ['instant', 'number'].includes(watermarkKind(column)?.name ?? '');

/** The column to split by: the one that is named, else the watermark, else a key of one number. */
function findColumn(query: ExtractQuery, reading: WindowReading): SourceColumn | null {
  const byName = (name: string) =>
    reading.columns.find((column) => column.name.toUpperCase() === name.toUpperCase());
  const named = query.split?.column;
  if (named !== undefined) {
    const column = byName(named);
    if (column === undefined) refuse(query, `it has no column ${named} among those extracted.`);
    if (canSplitBy(column)) return column;
    const way = 'Name a NUMBER, DATE, TIMESTAMP_NTZ or TIMESTAMP_LTZ column in split.column.';
    return refuse(query, `column ${named} has type ${column.type}. ${way}`);
  }
  const watermark = reading.watermarkColumn && byName(reading.watermarkColumn.name);
  const key = query.key.length === 1 ? byName(query.key[0] as string) : undefined;
  return [watermark, key].find((column) => column && canSplitBy(column)) ?? null;
}

/** Bounds between least and greatest at equal distances, rising, without the two themselves. */
function boundsBetween(least: bigint, greatest: bigint, count: number): bigint[] {
  const width = greatest - least;
  const bounds = Array.from(
    { length: count - 1 },
    (_, index) => least + (width * BigInt(index + 1)) / BigInt(count),
  );
  return [...new Set(bounds)].filter((bound) => bound > least);
}

const wholePart = (decimal: string) => BigInt(decimal.split('.')[0] as string);

/**
 * Cuts the values of a column into ranges. Whatever the values are, every row is in exactly one of
 * them: the first has no lower end and takes the rows without a value, the last has no upper end.
 */
export function cutRanges(
  column: SourceColumn,
  [least, greatest]: readonly [string, string],
  count: number,
): Range[] {
  const isNumber = requireWatermarkKind(column).name === 'number';
  const cut = isNumber
    ? boundsBetween(wholePart(least), wholePart(greatest), count).map(String)
    : boundsBetween(toNanos(least), toNanos(greatest), count).map((nanos) =>
        floorInstant(fromNanos(nanos), precisionOf(column)),
      );
  const compare = isNumber ? compareDecimals : (a: string, b: string) => (a < b ? -1 : +(a > b));
  const bounds = [...new Set(cut)].toSorted(compare);
  return [null, ...bounds].map((from, index) => ({ from, to: bounds[index] ?? null }));
}

/** The rows of one range of a window, and how many there are. */
export function rangeQuery(windowSql: string, column: SourceColumn, range: Range): CountedQuery {
  const name = quoteName(column.name);
  const { literal } = requireWatermarkKind(column);
  const lower = range.from === null ? [] : [`${name} >= ${literal(range.from)}`];
  const upper = range.to === null ? [] : [`${name} < ${literal(range.to)}`];
  const inside = [...lower, ...upper].join(' AND ') || 'TRUE';
  const where = range.from === null ? `(${inside} OR ${name} IS NULL)` : inside;
  const from = `FROM (\n${windowSql}\n) AS window_rows\nWHERE ${where}`;
  return { sql: `SELECT * ${from}`, countSql: `SELECT COUNT(*) ${from}` };
}

/** The same window as the source was at one instant. */
export function atSnapshot(reading: WindowReading): WindowReading {
  const selection = { ...reading, query: snapshotOf(reading.query, reading.snapshotAt) };
  return {
    ...selection,
    sql: selectSql(selection, reading.columns),
    countSql: countSql(selection),
  };
}

async function findEnds(
  warehouse: Warehouse,
  reading: WindowReading,
  column: SourceColumn,
): Promise<readonly [string, string] | null> {
  const isNumber = requireWatermarkKind(column).name === 'number';
  const read = async (sql: string) => {
    const text = await warehouse.scalar(sql);
    return text === null ? null : isNumber ? parseDecimal(text) : parseInstant(text);
  };
  const least = await read(leastSql(reading.query, column, { asText: !isNumber }));
  const greatest = await read(greatestSql(reading.query, column, { asText: !isNumber }));
  return least === null || greatest === null ? null : [least, greatest];
}

export interface SplitPlan {
  readonly reading: WindowReading;
  readonly split: Split;
}

/**
 * Plans a window as ranges that are read at one snapshot: when the query says `split`, or by itself
 * when it is the first load of a large table. Null: it is read by one statement.
 *
 * @throws TerminalError CONFIG_INVALID when a split was asked for that cannot be: a query by sql, no
 *   column to split by, or a source that cannot be read as it was
 */
export async function planRanges(
  warehouse: Warehouse,
  query: ExtractQuery,
  reading: WindowReading,
  rows: number,
): Promise<SplitPlan | null> {
  const isAsked = query.split !== undefined;
  const isFirst =
    reading.window !== null && reading.window.from === null && query.deletes === 'none';
  if (!isAsked && !(isFirst && rows > AUTOMATIC_ROWS)) return null;
  const rangeRows = query.split?.rows ?? DEFAULT_RANGE_ROWS;
  const count = Math.min(MAX_RANGES, Math.ceil(rows / rangeRows));
  if (count < 2) return null;
  const column = findColumn(query, reading);
  if (query.table === undefined || column === null) {
    if (!isAsked) return null;
    return refuse(
      query,
      query.table === undefined
        ? 'it reads by sql, which has no snapshot. Name a table, or leave split out.'
        : 'it has no column to split by. Name one in split.column.',
    );
  }
  const snapshot = atSnapshot(reading);
  try {
    const counted = Number(await warehouse.scalar(snapshot.countSql));
    const ends = await findEnds(warehouse, snapshot, column);
    if (ends === null) return null;
    const ranges = cutRanges(column, ends, count);
    return { reading: snapshot, split: { column, ranges, rows: counted } };
  } catch (error) {
    if (!isSnowmeltError(error) || error.code !== 'WAREHOUSE_REFUSED') throw error;
    if (!isAsked) return null;
    const why = 'Snowflake does not give the table as it was, which its ranges need';
    return refuse(
      query,
      `${why}: ${error.message} Give it DATA_RETENTION_TIME_IN_DAYS, or leave split out.`,
      error,
    );
  }
}
