import { TerminalError } from '../errors.ts';
import type { QueryResult, Warehouse } from '../ports/warehouse.ts';
import { requestIdFor } from './bronze-keys.ts';
import type { WindowReading } from './read-window.ts';

export interface CountedResult {
  readonly result: QueryResult;
  /** Rows of the window by a count of their own. */
  readonly sourceRows: number;
}

export async function countRows(warehouse: Warehouse, reading: WindowReading): Promise<number> {
  return Number(await warehouse.scalar(reading.countSql));
}

/**
 * Runs the statement of a window and counts the window's rows apart from it. Rows may move in and
 * out of a window while both run: then the result must lie between the count before and the count
 * after it.
 *
 * @throws TerminalError RECONCILE_MISMATCH when the result has other rows than the source
 */
export async function runWindowQuery(
  warehouse: Warehouse,
  reading: WindowReading,
  runId: string,
): Promise<CountedResult> {
  const before = await countRows(warehouse, reading);
  const queryId = await warehouse.submit(reading.sql, requestIdFor(runId, reading.sql));
  const result = await warehouse.waitFor(queryId);
  if (result.rows === before) return { result, sourceRows: before };
  const after = await countRows(warehouse, reading);
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
