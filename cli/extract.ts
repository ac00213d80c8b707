import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { TerminalError } from '#src/errors.ts';
import { executionName } from '#src/model/execution-name.ts';
import type { Interval } from '#src/model/interval.ts';
import type { ExtractQuery } from '#src/model/pipeline.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { followExecution, manualIntervalId, startExecution } from './executions.ts';
import type { LoadedPipeline } from './pipeline-file.ts';
import { publishPipeline } from './publish-pipeline.ts';
import { openStack, type Stack } from './stack.ts';

function chosenQuery({ document }: LoadedPipeline, name: string | undefined): ExtractQuery {
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

async function dryRun(stack: Stack, input: PlanInput): Promise<Outcome> {
  const lambda = new LambdaClient(stack.clientConfig);
  const FunctionName = stack.outputs.ExtractTableFunction;
  const runId = executionName(input.pipeline, input.query, input.interval.id);
  const Payload = JSON.stringify({ step: 'plan', dryRun: true, runId, ...input });
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  const plan = JSON.parse(answer.Payload?.transformToString() ?? 'null');
  if (answer.FunctionError !== undefined) {
    throw new TerminalError(plan.errorMessage ?? 'The plan failed.', {
      code: 'EVENT_INVALID',
      details: { plan },
    });
  }
  return { document: plan, text: JSON.stringify(plan, null, 2) };
}

async function run(invocation: Invocation): Promise<Outcome> {
  const { args, shared, say, options } = invocation;
  const stack = await openStack(shared);
  const pipeline = await publishPipeline(stack, shared.pipeline);
  const query = chosenQuery(pipeline, args[0]);
  const input = planInput(pipeline.document.name, query.name, invocation);
  if (options['dry-run'] === true) return dryRun(stack, input);
  const name = executionName(pipeline.document.name, query.name, input.interval.id);
  const arn = await startExecution(stack, stack.outputs.ExtractStateMachineArn, name, input);
  const outcome = await followExecution(stack, arn, say);
  const done = outcome.status === 'SUCCEEDED';
  const text = done
    ? `extracted ${query.name}: ${JSON.stringify(outcome.output)}`
    : `extracting ${query.name} ended as ${outcome.status}: ${outcome.error}: ${outcome.cause}`;
  return { document: { ...outcome, interval: input.interval.id }, text, exitCode: done ? 0 : 1 };
}

export const extractCommand: Command = {
  name: 'extract',
  summary: 'One window of a query of pipeline.yml, from Snowflake to bronze',
  usage: '<query> [--from T --to T] [--dry-run]',
  example: 'snowmelt extract orders',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  run,
};
