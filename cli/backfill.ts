import { randomBytes } from 'node:crypto';
import type { CommitAnswer, PlanAnswer } from '#src/extract/extract-request.ts';
import { executionName } from '#src/model/execution-name.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { type DayWindow, dayWindows, inParallel } from './day-windows.ts';
import { type ExecutionOutcome, followExecution, startExecution } from './executions.ts';
import { chosenQuery } from './extract.ts';
import { publishPipeline } from './publish-pipeline.ts';
import { openStack, type Stack } from './stack.ts';

const DEFAULT_PARALLEL = 2;
const MOST_PARALLEL = 20;

interface Backfill {
  readonly stack: Stack;
  readonly pipeline: string;
  readonly query: string;
  /** Tells this command's executions from those of another for the same days. */
  readonly mark: string;
}

type Result = DayWindow & {
  readonly status: 'done' | 'held' | 'failed';
  readonly rows: number;
  readonly reason?: string;
};

/**
 * One window in a lane of its own: what the live watermark says does not matter, and it is not moved. Another backfill
 * of the same window holds the same lane's lease.
 */
const inputOf = ({ pipeline, query, mark }: Backfill, window: DayWindow) => ({
  pipeline,
  query,
  lane: `${window.from}_${window.to}`,
  window,
  interval: { id: `backfill-${window.from}-${mark}`, group: 'backfill', queries: [query] },
});

function resultOf(window: DayWindow, outcome: ExecutionOutcome): Result {
  if (outcome.status !== 'SUCCEEDED') {
    const reason = `${outcome.error ?? outcome.status}: ${outcome.cause ?? ''}`;
    return { ...window, status: 'failed', rows: 0, reason };
  }
  const answer = outcome.output as Partial<CommitAnswer & PlanAnswer>;
  if (answer.heldBy !== undefined) {
    const { holder, since } = answer.heldBy;
    return { ...window, status: 'held', rows: 0, reason: `${holder} since ${since}` };
  }
  return { ...window, status: 'done', rows: answer.rows ?? 0 };
}

async function fill(backfill: Backfill, window: DayWindow): Promise<Result> {
  const { stack, pipeline, query, mark } = backfill;
  const name = executionName(pipeline, query, window.from, mark);
  const machine = stack.outputs.ExtractStateMachineArn;
  const arn = await startExecution(stack, machine, name, inputOf(backfill, window));
  return resultOf(window, await followExecution(stack, arn, () => undefined));
}

function parallelOf(option: string | boolean | undefined): number {
  const parallel = Number(option ?? DEFAULT_PARALLEL);
  if (Number.isInteger(parallel) && parallel >= 1 && parallel <= MOST_PARALLEL) return parallel;
  throw new UsageError(
    `Cannot read --parallel ${option}: give a number from 1 to ${MOST_PARALLEL}.`,
  );
}

const line = ({ from, status, rows, reason }: Result): string =>
  `${from}  ${status === 'done' ? `${rows} rows` : `${status}: ${reason}`}`;

async function run({ args, options, shared, say }: Invocation): Promise<Outcome> {
  const whole = options.whole === true;
  const days = dayWindows(options.from, options.to);
  const windows = whole ? [{ from: String(options.from), to: String(options.to) }] : days;
  const parallel = parallelOf(options.parallel);
  const stack = await openStack(shared);
  const pipeline = await publishPipeline(stack, shared.pipeline);
  const query = chosenQuery(pipeline, args[0]);
  if (query.watermark_column === undefined) {
    throw new UsageError(
      `Cannot backfill ${query.name} by days: it has no watermark_column. Extract it, which reads it whole.`,
    );
  }
  const mark = randomBytes(3).toString('hex');
  const backfill = { stack, pipeline: pipeline.document.name, query: query.name, mark };
  const results = await inParallel(windows, parallel, async (window) => {
    const result = await fill(backfill, window);
    say(line(result));
    return result;
  });
  const count = (status: Result['status']) =>
    results.filter((result) => result.status === status).length;
  const rows = results.reduce((sum, result) => sum + result.rows, 0);
  const text =
    `${query.name}: ${rows} rows in ${count('done')} of ${windows.length} windows; ` +
    `${count('held')} held by another run, ${count('failed')} failed`;
  const exitCode = count('failed') > 0 ? 1 : count('held') > 0 ? 75 : 0;
  return { document: { query: query.name, windows: results, rows }, text, exitCode };
}

export const backfillCommand: Command = {
  name: 'backfill',
  summary: 'Extracts past days again, several at a time, beside the live watermark',
  usage: '<query> --from DAY --to DAY [--parallel N] [--whole]',
  example: 'snowmelt backfill orders --from 2024-01-01 --to 2024-02-01 --parallel 4',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    parallel: { type: 'string' },
    whole: { type: 'boolean' },
  },
  run,
};
