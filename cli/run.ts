import { randomBytes } from 'node:crypto';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { TerminalError } from '#src/errors.ts';
import { executionName } from '#src/model/execution-name.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { type ExecutionOutcome, followExecution, startExecution } from './executions.ts';
import { newestInterval } from './newest-interval.ts';
import { publishPipeline } from './publish-pipeline.ts';
import { openStack, type Stack } from './stack.ts';

const machineArn = ({ outputs }: Stack, name: string | undefined): string => {
  const machines: Record<string, string> = {
    extract: outputs.ExtractStateMachineArn,
    medallion: outputs.MedallionStateMachineArn,
    'train-model': outputs.TrainModelStateMachineArn,
  };
  const arn = name === undefined ? undefined : machines[name];
  if (arn === undefined) {
    throw new UsageError(
      `Cannot run ${name ?? 'nothing'}: expected one of ${Object.keys(machines).join(', ')}.`,
    );
  }
  return arn;
};

/** The input the trigger would have given, for the interval that became ready last. */
async function newestInput(stack: Stack, pipelinePath: string): Promise<Record<string, unknown>> {
  const { name } = (await publishPipeline(stack, pipelinePath)).document;
  const newest = await newestInterval(stack, name);
  if (newest === undefined) {
    throw new TerminalError(
      `Cannot run the medallion of ${name}: no interval of it is ready. Extract its queries first.`,
      { code: 'NOT_FOUND', details: { pipeline: name } },
    );
  }
  return { ...newest, trainDue: false };
}

function inputOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`Cannot read --input: ${(cause as Error).message}. Give one JSON object.`);
  }
}

const outcomeText = (outcome: ExecutionOutcome): string =>
  outcome.status === 'SUCCEEDED'
    ? `${outcome.name}: SUCCEEDED`
    : `${outcome.name}: ${outcome.status}: ${outcome.error}: ${outcome.cause}`;

async function run({ args, options, shared, say }: Invocation): Promise<Outcome> {
  const stack = await openStack(shared);
  const arn = machineArn(stack, args[0]);
  const input =
    options.input === undefined
      ? await newestInput(stack, shared.pipeline)
      : inputOf(String(options.input));
  const name = executionName(
    String(input.pipeline ?? args[0]),
    String(input.interval ?? 'run'),
    randomBytes(2).toString('hex'),
  );
  const execution = await startExecution(stack, arn, name, input);
  if (options.wait !== true) return { document: { arn: execution, name }, text: `started ${name}` };
  const outcome = await followExecution(stack, execution, say);
  return {
    document: outcome,
    text: outcomeText(outcome),
    exitCode: outcome.status === 'SUCCEEDED' ? 0 : 1,
  };
}

export const runCommand: Command = {
  name: 'run',
  summary: 'Starts a state machine; without --input on the newest ready interval of the pipeline',
  usage: '<extract|medallion|train-model> [--input JSON] [--wait]',
  example: 'snowmelt run medallion --wait',
  options: { input: { type: 'string' }, wait: { type: 'boolean' } },
  run,
};

async function stop({ args, shared }: Invocation): Promise<Outcome> {
  const [run] = args;
  if (run === undefined) throw new UsageError('Cannot stop nothing: give the ARN of an execution.');
  const stack = await openStack(shared);
  const executionArn = run;
  await new SFNClient(stack.clientConfig).send(
    new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'Stopped by hand.' }),
  );
  return { document: { stopped: executionArn }, text: `stopped ${executionArn}` };
}

export const stopCommand: Command = {
  name: 'stop',
  summary: 'Stops an execution and the jobs it started',
  usage: '<execution ARN>',
  example:
    'snowmelt stop arn:aws:states:us-east-1:123456789012:execution:snowmelt-local-medallion:shop-daily',
  run: stop,
};
