import { executionName } from '#src/model/execution-name.ts';
import type { Interval } from '#src/model/interval.ts';
import type { ExtractQuery } from '#src/model/pipeline.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { dryRun } from './dry-run.ts';
import { followExecution, manualIntervalId, startExecution } from './executions.ts';
import { watchProgress } from './extract-progress.ts';
import type { LoadedPipeline } from './pipeline-file.ts';
import { publishPipeline } from './publish-pipeline.ts';
import { openStack } from './stack.ts';

/** @throws UsageError when the pipeline has no query of that name */
export function chosenQuery(
  { document }: Pick<LoadedPipeline, 'document'>,
  name: string | undefined,
): ExtractQuery {
  const names = document.extract.queries.map((query) => query.name);
  const query = document.extract.queries.find((candidate) => candidate.name === name);
  if (query === undefined) {
    throw new UsageError(
      `Cannot extract ${name ?? 'nothing'}: expected one query of the pipeline ${document.name}, one of ${names.join(', ')}.`,
    );
  }
  return query;
}

interface PlanInput {
  readonly pipeline: string;
  readonly query: string;
  readonly interval: Interval;
  readonly window?: { readonly from: string | null; readonly to: string };
}

function planInput(pipeline: string, query: string, { options }: Invocation): PlanInput {
  const { from, to } = options;
  if (from !== undefined && to === undefined)
    throw new UsageError('Cannot extract from --from alone: give --to as well.');
  const interval = { id: manualIntervalId(), group: 'manual', queries: [query] };
  if (to === undefined) return { pipeline, query, interval };
  return {
    pipeline,
    query,
    interval,
    window: { from: from === undefined ? null : String(from), to: String(to) },
  };
}

async function run(invocation: Invocation): Promise<Outcome> {
  const { args, shared, say, options } = invocation;
  const stack = await openStack(shared);
  const pipeline = await publishPipeline(stack, shared.pipeline);
  const query = chosenQuery(pipeline, args[0]);
  const input = planInput(pipeline.document.name, query.name, invocation);
  const name = executionName(pipeline.document.name, query.name, input.interval.id);
  if (options['dry-run'] === true)
    return dryRun(stack, { runId: name, ...input }, options['warehouse-size']);
  const arn = await startExecution(stack, stack.outputs.ExtractStateMachineArn, name, input);
  const id = { pipeline: input.pipeline, query: input.query };
  const outcome = await followExecution(stack, arn, say, watchProgress(stack, id, name, say));
  const done = outcome.status === 'SUCCEEDED';
  const text = done
    ? `extracted ${query.name}: ${JSON.stringify(outcome.output)}`
    : `extracting ${query.name} ended as ${outcome.status}: ${outcome.error}: ${outcome.cause}`;
  const exitCode = done ? 0 : outcome.error === 'LEASE_HELD' ? 75 : 1;
  return { document: { ...outcome, interval: input.interval.id }, text, exitCode };
}

export const extractCommand: Command = {
  name: 'extract',
  summary: 'One window of a query of pipeline.yml, from Snowflake to bronze',
  usage: '<query> [--from T --to T] [--dry-run [--warehouse-size SIZE]]',
  example: 'snowmelt extract orders',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
    'warehouse-size': { type: 'string' },
  },
  run,
};
