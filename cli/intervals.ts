import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { TransientError } from '#src/errors.ts';
import { executionName } from '#src/model/execution-name.ts';
import type { Interval } from '#src/model/interval.ts';
import { compactTime } from '#src/model/interval-id.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import { type ExecutionOutcome, followExecution, startExecution } from './executions.ts';
import type { Stack } from './stack.ts';

const TRIGGER_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

export interface IntervalOutcome {
  readonly interval: Interval;
  readonly extracts: ReadonlyMap<string, ExecutionOutcome>;
  readonly medallion: ExecutionOutcome;
}

/** ARN that an execution of the machine has under that name. */
export const executionArn = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** One turn of a schedule group, begun now: every query of the group is expected in it. */
export function intervalOf(pipeline: PipelineDocument, group: string, at = new Date()): Interval {
  const queries = pipeline.extract.queries.filter((query) => query.group === group);
  return { id: `${group}-${compactTime(at)}`, group, queries: queries.map((query) => query.name) };
}

/** Starts the extraction of every query of the interval and waits until all have ended. */
export async function extractInterval(
  stack: Stack,
  pipeline: string,
  interval: Interval,
  say: (line: string) => void,
): Promise<Map<string, ExecutionOutcome>> {
  const outcomes = await Promise.all(
    interval.queries.map(async (query) => {
      const name = executionName(pipeline, query, interval.id);
      const arn = await startExecution(stack, stack.outputs.ExtractStateMachineArn, name, {
        pipeline,
        query,
        interval,
      });
      return [query, await followExecution(stack, arn, (line) => say(`${query}${line}`))] as const;
    }),
  );
  return new Map(outcomes);
}

/** Waits for the execution that the deployed trigger starts. Throws JOB_FAILED when none has begun within a minute. */
export async function followTriggered(
  stack: Stack,
  pipeline: string,
  interval: Interval,
  say: (line: string) => void,
): Promise<ExecutionOutcome> {
  const sfn = new SFNClient(stack.clientConfig);
  const name = executionName(pipeline, interval.id);
  const arn = executionArn(stack.outputs.MedallionStateMachineArn, name);
  const deadline = Date.now() + TRIGGER_TIMEOUT_MS;
  while (Date.now() < deadline) {
    try {
      await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
      return await followExecution(stack, arn, say);
    } catch (error) {
      if (!(error instanceof ExecutionDoesNotExist)) throw error;
      await sleep(POLL_MS);
    }
  }
  throw new TransientError(
    `Cannot follow the medallion of ${pipeline}, interval ${interval.id}: the trigger has not started it. Look at \`snowmelt status\` and at the log of orchestrate.`,
    { code: 'JOB_FAILED', details: { pipeline, interval: interval.id, arn } },
  );
}

/** Extracts one interval of a group and follows the medallion that its last manifest starts. */
export async function runInterval(
  stack: Stack,
  pipeline: PipelineDocument,
  group: string,
  say: (line: string) => void,
): Promise<IntervalOutcome> {
  const interval = intervalOf(pipeline, group);
  const extracts = await extractInterval(stack, pipeline.name, interval, say);
  const medallion = await followTriggered(stack, pipeline.name, interval, say);
  return { interval, extracts, medallion };
}
