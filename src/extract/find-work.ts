import { isDeepStrictEqual } from 'node:util';
import { TerminalError } from '../errors.ts';
import type { QueryResult, Warehouse } from '../ports/warehouse.ts';
import type { BronzeKeys } from './bronze-keys.ts';
import type { ExtractDeps } from './extract-deps.ts';
import type { PartRequest } from './extract-request.ts';
import { secondsToWait } from './invocation.ts';
import { rangeQuery } from './plan-ranges.ts';
import { restoreTypes } from './project-column.ts';
import {
  type PlanDocument,
  type Range,
  RangeStatement,
  readDocument,
  type Split,
} from './run-documents.ts';
import { countRows, followStatement, startStatement } from './run-query.ts';

export interface PartStep {
  readonly deps: ExtractDeps;
  readonly warehouse: Warehouse;
  readonly plan: PlanDocument;
  readonly keys: BronzeKeys;
  readonly request: PartRequest;
}

/** A result, and which of its partitions are to be fetched into which files. */
export interface PartWork {
  readonly plan: PlanDocument & { readonly queryId: string };
  readonly keys: BronzeKeys;
  readonly part: PartRequest['part'];
  /** Rows that the source counts in a range. */
  readonly sourceRows?: number;
}

/** Engines read the files of a window as one table, whose columns must be the same in every file. */
function requireColumns(plan: PlanDocument, { queryId, columns }: QueryResult): void {
  const shape = (list: QueryResult['columns']) => list.map(({ name, type }) => [name, type]);
  const restored = restoreTypes(columns, plan.sourceColumns);
  if (isDeepStrictEqual(shape(restored), shape(plan.sourceColumns))) return;
  throw new TerminalError(
    `Cannot take query ${queryId} of run ${plan.runId}: ` +
      'its columns are not those that were planned. Extract again.',
    { code: 'SCHEMA_DRIFT', details: { queryId, runId: plan.runId } },
  );
}

async function findRange({ deps, warehouse, plan, keys, request }: PartStep, split: Split) {
  const { part } = request;
  const range = split.ranges[part.part] as Range;
  const query = rangeQuery(plan.sql, split.column, range);
  const key = keys.rangeStatement(part.part);
  let statement = await readDocument(deps.lake, key, RangeStatement);
  if (statement === null) {
    const before = await countRows(warehouse, query);
    const queryId = await startStatement(warehouse, query, plan.runId);
    statement = { version: 1, queryId, before };
    await deps.lake.putText(key, JSON.stringify(statement));
  }
  const seconds = secondsToWait(deps.remainingMs());
  return followStatement(warehouse, query, statement, seconds);
}

/**
 * What a part has to fetch: partitions of the plan's result, or those of its range's own statement,
 * which is started here. Null when that is running still.
 *
 * @throws TerminalError RECONCILE_MISMATCH when the range has other rows than the source counts,
 *   SCHEMA_DRIFT when it has other columns than were planned
 */
export async function findWork(step: PartStep): Promise<PartWork | null> {
  const { plan, keys, request } = step;
  const { part } = request;
  if (plan.queryId !== null) return { plan: { ...plan, queryId: plan.queryId }, keys, part };
  const counted = await findRange(step, plan.split as Split);
  if (counted === null) return null;
  const { result, sourceRows } = counted;
  requireColumns(plan, result);
  const { queryId, partitions, rows } = result;
  return {
    plan: { ...plan, queryId, partitions: [...partitions] },
    keys: { ...keys, file: (file) => keys.rangeFile(part.part, file) },
    part: { ...part, fromPartition: 0, toPartition: partitions.length, firstFile: 0, rows },
    sourceRows,
  };
}
