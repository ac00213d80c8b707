import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { compactTime } from '#src/model/interval-id.ts';
import type { Stack } from './stack.ts';

const POLL_MS = 500;

/** How one execution ended, with its steps. */
export interface ExecutionOutcome {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Id of an interval that a person started. */
export const manualIntervalId = (at = new Date()): string =>
  `manual-${compactTime(at)}-${randomBytes(2).toString('hex')}`;

/** Starts an execution and answers its ARN. */
export async function startExecution(
  stack: Stack,
  stateMachineArn: string,
  name: string,
  input: unknown,
): Promise<string> {
  const sfn = new SFNClient(stack.clientConfig);
  const started = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
  );
  return started.executionArn ?? '';
}

const parse = (text: string | undefined): unknown => {
  if (text === undefined || text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

function outcomeOf(described: DescribeExecutionOutput): ExecutionOutcome {
  return {
    arn: described.executionArn ?? '',
    name: described.name ?? '',
    status: described.status ?? 'UNKNOWN',
    input: parse(described.input),
    output: parse(described.output),
    ...(described.error === undefined ? {} : { error: described.error }),
    ...(described.cause === undefined ? {} : { cause: described.cause }),
    startedAt: described.startDate?.toISOString() ?? '',
    endedAt: described.stopDate?.toISOString() ?? null,
  };
}

/** Line of progress for a history event that people care about; undefined for the others. */
function progressLine(event: HistoryEvent): string | undefined {
  const at = event.timestamp?.toISOString().slice(11, 19) ?? '';
  if (event.stateEnteredEventDetails) return `${at}  → ${event.stateEnteredEventDetails.name}`;
  if (event.stateExitedEventDetails) return `${at}  ✓ ${event.stateExitedEventDetails.name}`;
  const failed =
    event.taskFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.executionFailedEventDetails;
  return failed === undefined
    ? undefined
    : `${at}  ✗ ${failed.error}: ${failed.cause?.slice(0, 400)}`;
}

async function newEvents(
  sfn: SFNClient,
  executionArn: string,
  seen: number,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events.slice(seen);
}

/** Follows an execution to its end, telling each step as it happens. */
export async function followExecution(
  stack: Stack,
  executionArn: string,
  say: (line: string) => void,
  /** Called at every look, for what the execution's history does not tell. */
  tellMore: () => Promise<void> = async () => undefined,
): Promise<ExecutionOutcome> {
  const sfn = new SFNClient(stack.clientConfig);
  let seen = 0;
  for (;;) {
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const events = await newEvents(sfn, executionArn, seen);
    seen += events.length;
    for (const event of events) {
      const line = progressLine(event);
      if (line !== undefined) say(`  ${line}`);
    }
    if (described.status !== 'RUNNING') return outcomeOf(described);
    await tellMore();
    await sleep(POLL_MS);
  }
}
