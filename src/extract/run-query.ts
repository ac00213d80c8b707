import { TerminalError } from '../errors.ts';
import type { QueryResult, Warehouse } from '../ports/warehouse.ts';
import { requestIdFor } from './bronze-keys.ts';
import type { WindowReading } from './read-window.ts';

export interface CountedResult {
  readonly result: QueryResult;
  /** Rows of the window by a count of their own. */
  readonly sourceRows: number;
}

/** What is asked of the source, and how many rows it should give. */
export type CountedQuery = Pick<WindowReading, 'sql' | 'countSql'>;

/** A statement that was started. */
export interface StartedStatement {
  readonly queryId: string;
  /** Rows of the window, counted before it. */
  readonly before: number;
}

export async function countRows(
  warehouse: Warehouse,
  { countSql }: Pick<CountedQuery, 'countSql'>,
): Promise<number> {
  return Number(await warehouse.scalar(countSql));
}

/** Starts the statement of a window; the same run starts it once only. */
export const startStatement = (
  warehouse: Warehouse,
  { sql }: Pick<CountedQuery, 'sql'>,
  runId: string,
): Promise<string> => warehouse.submit(sql, requestIdFor(runId, sql));

/**
 * The result of a statement, or null when it has not ended within some seconds. Rows may move in
 * and out of a window while it runs: then the result must lie between the count before and the
 * count after it.
 *
 * @throws TerminalError RECONCILE_MISMATCH when the result has other rows than the source
 */
export async function followStatement(
  warehouse: Warehouse,
  query: CountedQuery,
  { queryId, before }: StartedStatement,
  seconds: number,
): Promise<CountedResult | null> {
  const result = await warehouse.poll(queryId, seconds);
  if (result === null) return null;
  if (result.rows === before) return { result, sourceRows: before };
  const after = await countRows(warehouse, query);
  const isBetween =
    Math.min(before, after) <= result.rows && result.rows <= Math.max(before, after);
  if (isBetween) return { result, sourceRows: result.rows };
  throw new TerminalError(
    `Cannot take the result of query ${queryId}: it has ${result.rows} rows, ` +
      `the source counts ${before} before and ${after} after it. ` +
      "Extract again; if it stays so, look into the table's row access policies.",
    { code: 'RECONCILE_MISMATCH', details: { queryId, rows: result.rows, before, after } },
  );
}
