import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeStateMachineForExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { type Machine, RunStatus, type RunSummary } from '../../model/status.ts';
import type {
  RunEvent,
  RunEventKind,
  RunFilter,
  RunHistory,
  RunRecord,
} from '../../ports/run-history.ts';
import { callAws } from './translate-error.ts';

export interface SfnRunHistoryOptions {
  readonly stateMachineArns: Readonly<Record<Machine, string>>;
  readonly client?: SFNClient;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const PAGE = 200;

/** Types of history events whose names do not end in what they mean. */
const KINDS: readonly (readonly [RegExp, RunEventKind])[] = [
  [/StateEntered$/, 'entered'],
  [/StateExited$/, 'exited'],
  [/^MapIterationStarted$/, 'iterationStarted'],
  [/^MapIterationSucceeded$/, 'iterationSucceeded'],
  [/^MapIteration(Failed|Aborted)$/, 'iterationFailed'],
  [/^(Task|LambdaFunction|Activity)Scheduled$/, 'begun'],
  [/^TaskSubmitted$/, 'submitted'],
  [/^(Task|LambdaFunction|Activity)Succeeded$/, 'succeeded'],
  [
    /^(Task|LambdaFunction|Activity)(Failed|TimedOut|StartFailed|ScheduleFailed|SubmitFailed)$/,
    'failed',
  ],
];

/** What an event carries, whichever of the API's many details it is under. */
interface Details {
  readonly name?: string;
  readonly input?: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

function detailsOf(event: HistoryEvent): Details {
  const found = Object.entries(event).find(([key]) => key.endsWith('EventDetails'));
  return (found?.[1] as Details | undefined) ?? {};
}

function runEvent(event: HistoryEvent): RunEvent {
  const type = event.type ?? '';
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
  const { name, input, output, error, cause } = detailsOf(event);
  return {
    id: event.id ?? 0,
    previousId: event.previousEventId ?? 0,
    at: (event.timestamp ?? new Date(0)).toISOString(),
    kind,
    state: kind === 'entered' || kind === 'exited' ? (name ?? null) : null,
    data: (kind === 'entered' ? input : output) ?? null,
    error: error ?? null,
    cause: cause ?? null,
  };
}

function summary(
  machine: Machine,
  run: ExecutionListItem | DescribeExecutionCommandOutput,
): RunSummary {
  const startedAt = run.startDate ?? new Date(0);
  const stoppedAt = run.stopDate ?? null;
  const name = run.name ?? '';
  return {
    id: `${machine}:${name}`,
    machine,
    name,
    status: RunStatus.catch('RUNNING').parse(run.status),
    startedAt: startedAt.toISOString(),
    stoppedAt: stoppedAt?.toISOString() ?? null,
    durationMs: stoppedAt === null ? null : Math.max(0, stoppedAt.getTime() - startedAt.getTime()),
  };
}

async function listRuns(
  client: SFNClient,
  stateMachineArn: string,
  { machine, status, startedBefore, limit }: RunFilter,
): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListExecutionsCommand({
        stateMachineArn,
        maxResults: startedBefore === undefined ? Math.min(PAGE, limit) : PAGE,
        statusFilter: status,
        nextToken,
      }),
    );
    const found = (page.executions ?? []).map((run) => summary(machine, run));
    runs.push(
      ...found.filter((run) => startedBefore === undefined || run.startedAt < startedBefore),
    );
    nextToken = page.nextToken;
  } while (nextToken !== undefined && runs.length < limit);
  return runs.slice(0, limit);
}

async function listEvents(client: SFNClient, executionArn: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000, nextToken }),
    );
    events.push(...(page.events ?? []).map(runEvent));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

/** Runs as Step Functions remembers them. Methods throw STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function sfnRunHistory({
  stateMachineArns,
  client = new SFNClient(),
}: SfnRunHistoryOptions): RunHistory {
  const executionArn = (machine: Machine, name: string) =>
    `${stateMachineArns[machine].replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    list(filter) {
      const arn = stateMachineArns[filter.machine];
      return callAws(`list the runs of ${filter.machine}`, () => listRuns(client, arn, filter));
    },
    find(machine, name) {
      return callAws(`read the run ${name}`, async (): Promise<RunRecord | null> => {
        try {
          const run = await client.send(
            new DescribeExecutionCommand({ executionArn: executionArn(machine, name) }),
          );
          const { input = '{}', output = null, error = null, cause = null } = run;
          return { summary: summary(machine, run), input, output, error, cause };
        } catch (error) {
          if (error instanceof ExecutionDoesNotExist) return null;
          throw error;
        }
      });
    },
    definition(machine, name) {
      return callAws(`read the definition of ${name}`, async () => {
        const input = { executionArn: executionArn(machine, name) };
        const answer = await client.send(new DescribeStateMachineForExecutionCommand(input));
        return answer.definition ?? '';
      });
    },
    events(machine, name) {
      const arn = executionArn(machine, name);
      return callAws(`read the history of ${name}`, () => listEvents(client, arn));
    },
  };
}
