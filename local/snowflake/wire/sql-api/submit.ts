import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoredUser } from '../../auth/users.ts';
import type { EngineSession } from '../../statement.ts';
import type { Door } from '../door.ts';
import { executeRequest, type StatementRequest } from '../execute.ts';
import { quoted } from '../identifier.ts';
import { createQueryId } from '../query-id.ts';
import { Binds } from '../query-routes.ts';
import { type RunOutcome, StatementRun } from '../statement-run.ts';
import { wireError } from '../wire-errors.ts';
import { writePages } from './pages.ts';

/** Body of a request, https://docs.snowflake.com/en/developer-guide/sql-api/reference */
export const SubmitRequest = z.object({
  statement: z.string(),
  /** Seconds; 0 for the longest that Snowflake allows. */
  timeout: z.number().int().nonnegative().nullish(),
  database: z.string().nullish(),
  schema: z.string().nullish(),
  warehouse: z.string().nullish(),
  role: z.string().nullish(),
  bindings: Binds.nullish(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});
export type SubmitRequest = z.infer<typeof SubmitRequest>;

export interface Submission {
  readonly user: StoredUser;
  readonly body: SubmitRequest;
  readonly requestId: string | undefined;
  readonly nullAsText: boolean;
}

const COUNT = 'MULTI_STATEMENT_COUNT';

/** Parameters in upper case; the number of statements is told apart from the session's own. */
function readParameters(body: SubmitRequest) {
  const entries = Object.entries(body.parameters ?? {}).map(
    ([name, value]) => [name.toUpperCase(), value] as const,
  );
  const count = entries.find(([name]) => name === COUNT)?.[1];
  return {
    statementCount: count === undefined ? undefined : Number(count),
    parameters: Object.fromEntries(entries.filter(([name]) => name !== COUNT)),
  };
}

/** Opens a session where the request says; its names are case-sensitive, which `quoted` keeps. */
async function openSession(door: Door, { user, body }: Submission): Promise<EngineSession> {
  const { defaults } = user;
  return door.engine.openSession({
    user: user.name,
    database: quoted(body.database ?? defaults.database),
    schema: quoted(body.schema ?? defaults.schema),
    warehouse: quoted(body.warehouse ?? defaults.warehouse),
    role: quoted(body.role ?? defaults.role),
    parameters: readParameters(body).parameters,
  });
}

/** Moves an outcome's rows to disk, so that nothing of the session is needed any more. */
async function settle(
  door: Door,
  id: string,
  outcome: RunOutcome,
  nullAsText: boolean,
): Promise<RunOutcome> {
  const dir = join(door.resultsDir, id);
  const pages = await writePages(outcome.statementTypeId, outcome.result, { dir, nullAsText });
  return { ...outcome, result: { ...outcome.result, partitions: [] }, pages };
}

/** Runs a request in a session of its own, which ends with it. */
async function execute(
  door: Door,
  submission: Submission,
  request: StatementRequest,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const session = await openSession(door, submission);
  try {
    const outcome = await executeRequest(session, request, signal);
    if (outcome.transfer) throw wireError.transferBySqlApi();
    for (const child of outcome.children) {
      child.replaceOutcome(await settle(door, child.id, child.outcome(), submission.nullAsText));
      door.log.add(child);
    }
    return await settle(door, request.queryId, outcome, submission.nullAsText);
  } finally {
    await session.close();
  }
}

/** Aborts the run with 000630 once its time is over. */
function limitTime(run: StatementRun, seconds: number | null | undefined): void {
  if (!seconds) return;
  const timer = setTimeout(() => run.abort(wireError.timedOut(seconds)), seconds * 1000);
  void run.ended.then(() => clearTimeout(timer));
}

/** Starts a statement of the SQL API; it goes on whether or not anybody waits for it. */
export function submit(door: Door, submission: Submission): StatementRun {
  const id = createQueryId(door.nowMs());
  const { body, user, requestId } = submission;
  const request: StatementRequest = {
    queryId: id,
    sql: body.statement,
    user: user.name,
    binds: body.bindings ?? undefined,
    describeOnly: false,
    statementCount: readParameters(body).statementCount ?? 1,
  };
  const run = new StatementRun(
    { id, sql: body.statement, user: user.name, requestId, startedAtMs: door.nowMs() },
    (signal) => execute(door, submission, request, signal),
  );
  limitTime(run, body.timeout);
  door.log.add(run);
  return run;
}

/** Removes the files of results that are over. */
export async function removeResults(door: Door, ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.map((id) => rm(join(door.resultsDir, id), { recursive: true, force: true })),
  );
}
