import { Machine, type RunPage, type RunStatus, type RunSummary } from '../model/status.ts';
import { compareText } from './compare-text.ts';
import type { StatusDeps } from './status-deps.ts';

export interface RunQuery {
  readonly machine?: Machine;
  readonly status?: RunStatus;
  readonly cursor?: string;
  readonly limit: number;
}

const newestFirst = (a: RunSummary, b: RunSummary) =>
  compareText(b.startedAt, a.startedAt) || compareText(b.id, a.id);

/** One millisecond later, so that runs of the same instant as the cursor's are looked at again. */
const after = (at: string) => new Date(Date.parse(at) + 1).toISOString();

/** Runs of one machine or of all, newest first. The cursor is the last run of the page before: `<startedAt> <id>`. */
export async function listRuns(deps: StatusDeps, query: RunQuery): Promise<RunPage> {
  const machines = query.machine === undefined ? Machine.options : [query.machine];
  const [startedAt, lastId] = query.cursor?.split(' ') ?? [];
  const filter = {
    limit: query.limit + 50,
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(startedAt === undefined ? {} : { startedBefore: after(startedAt) }),
  };
  const found = await Promise.all(
    machines.map((machine) => deps.runs.list({ machine, ...filter })),
  );
  const rest = found
    .flat()
    .sort(newestFirst)
    .filter((run) => startedAt === undefined || isBehind(run, startedAt, lastId ?? ''));
  const runs = rest.slice(0, query.limit);
  const last = runs.at(-1);
  const nextCursor =
    last !== undefined && rest.length > query.limit ? `${last.startedAt} ${last.id}` : null;
  return { runs, nextCursor };
}

const isBehind = (run: RunSummary, startedAt: string, id: string) =>
  run.startedAt < startedAt || (run.startedAt === startedAt && run.id < id);
