import type { ExtractDeps } from './extract-deps.ts';
import type { PlanAnswer } from './extract-request.ts';
import { type Found, foundRanges, foundResult, foundUnload, maxFileBytes } from './found-rows.ts';
import { secondsToWait, WAIT_SECONDS } from './invocation.ts';
import { type Noted, nothingOf, type Run } from './plan-run.ts';
import type { PlanDocument, Split } from './run-documents.ts';
import { followStatement } from './run-query.ts';
import { followUnload } from './unload-window.ts';

function planOf(
  deps: ExtractDeps,
  { request, query }: Run,
  { pending, statement }: Noted,
  found: Found,
): PlanDocument {
  const { reading } = statement;
  return {
    version: 1,
    runId: request.runId,
    pipeline: request.pipeline,
    pipelineKey: statement.pipelineKey,
    query: query.name,
    interval: request.interval,
    window: reading.window,
    watermarkColumn: reading.watermarkColumn?.name ?? null,
    watermarkAfter: reading.watermarkAfter,
    nullWatermarkRows: reading.nullWatermarkRows,
    drift: [...reading.drift],
    strategy: statement.strategy,
    sql: reading.sql,
    split: statement.split,
    snapshotAt: `${reading.snapshotAt.replace(' ', 'T')}Z`,
    extractedAt: pending.plannedAt,
    maxFileBytes: maxFileBytes(query),
    columns: statement.unloadedColumns ?? [...deps.files.columnsOf(found.sourceColumns)],
    ...found,
  };
}

async function writePlan(
  deps: ExtractDeps,
  run: Run,
  noted: Noted,
  found: Found,
): Promise<PlanDocument> {
  const plan = planOf(deps, run, noted, found);
  await deps.lake.putText(noted.keys.plan, JSON.stringify(plan));
  return plan;
}

/** Follows the statement for as long as the invocation allows; the plan once it has ended. */
export async function followPlan(deps: ExtractDeps, run: Run, noted: Noted): Promise<PlanAnswer> {
  const { request, warehouse } = run;
  const { reading, pipelineKey, split, queryId, before } = noted.statement;
  const answer = {
    ...nothingOf(request, pipelineKey),
    hasWindow: true,
    window: reading.window,
    ...(reading.drift.length === 0 ? {} : { drift: reading.drift }),
  };
  if (queryId === null) {
    const ranges = split as Split;
    const plan = await writePlan(deps, run, noted, foundRanges(noted.statement, ranges));
    await deps.lake.putText(noted.keys.ranges, JSON.stringify(plan.parts));
    return { ...answer, rangesKey: noted.keys.ranges, plannedRows: plan.rows };
  }
  const seconds = secondsToWait(deps.remainingMs());
  if (noted.statement.strategy.name === 'unload') {
    const { keys } = noted;
    const part = await followUnload(warehouse, reading, { queryId, keys }, seconds);
    if (part === null) return { ...answer, waitSeconds: WAIT_SECONDS };
    await deps.lake.putText(keys.part(0), JSON.stringify({ ...part, queryId }));
    const found = foundUnload(noted.statement, queryId, part);
    return { ...answer, plannedRows: (await writePlan(deps, run, noted, found)).rows };
  }
  const counted = await followStatement(warehouse, reading, { queryId, before }, seconds);
  if (counted === null) return { ...answer, waitSeconds: WAIT_SECONDS };
  const plan = await writePlan(deps, run, noted, foundResult(run.query, noted.statement, counted));
  return { ...answer, parts: plan.parts, plannedRows: plan.rows };
}
