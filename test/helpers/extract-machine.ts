import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { zip } from '../../infra/archives.mjs';
import type { Emulator } from './emulator.ts';
import { NAMES } from './extract-stage.ts';
import { readDefinition } from './state-machine.ts';

const ROLE = 'arn:aws:iam::123456789012:role/extract';
const FUNCTION = 'extract-under-test';
const MACHINE = 'extract-under-test';

export interface DeployedMachine {
  /** Starts an execution and answers its ARN. */
  start(name: string, input: object): Promise<string>;
  stop(executionArn: string): Promise<void>;
  /** How an execution ended. */
  end(executionArn: string): Promise<DescribeExecutionOutput>;
  /** How long each invocation took that the machine's own states asked for, by state, in milliseconds. */
  invocations(executionArn: string): Promise<{ state: string; ms: number }[]>;
}

/** The package that a bundle leaves out; the stack's own archive carries it, this one points at it. */
const NATIVE = '@duckdb/node-api';

const nativePackage = () =>
  `module.exports = require(${JSON.stringify(createRequire(import.meta.url).resolve(NATIVE))});`;

async function createFunction(
  { clients }: Emulator,
  module: string,
  env: Readonly<Record<string, string>>,
  timeout: number,
): Promise<string> {
  const ZipFile = zip([
    { name: 'index.js', content: readFileSync(module) },
    { name: `node_modules/${NATIVE}/index.js`, content: Buffer.from(nativePackage()) },
  ]);
  const { FunctionArn } = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: FUNCTION,
      Role: ROLE,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: timeout,
      Code: { ZipFile },
      Environment: { Variables: { ...env } },
    }),
  );
  return FunctionArn ?? '';
}

/** The extract machine of statemachines/, over the function's bundle with a time-out of its own. */
export async function deployMachine(
  emulator: Emulator,
  module: string,
  env: Readonly<Record<string, string>>,
  timeout: number,
): Promise<DeployedMachine> {
  const { stepFunctions } = emulator.clients;
  const functionArn = await createFunction(emulator, module, env, timeout);
  const definition = JSON.stringify(readDefinition('extract'))
    .replaceAll('"extractTable"', JSON.stringify(functionArn))
    .replaceAll('"LakeBucket"', JSON.stringify(NAMES.lake))
    .replaceAll('"StateTable"', JSON.stringify(NAMES.table));
  const { stateMachineArn } = await stepFunctions.send(
    new CreateStateMachineCommand({ name: MACHINE, roleArn: ROLE, definition }),
  );
  const describe = (executionArn: string) =>
    stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  return {
    async start(name, input) {
      const { executionArn } = await stepFunctions.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return executionArn ?? '';
    },
    async stop(executionArn) {
      await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    },
    async end(executionArn) {
      for (;;) {
        const described = await describe(executionArn);
        if (described.status !== 'RUNNING') return described;
        await sleep(200);
      }
    },
    async invocations(executionArn) {
      const { events = [] } = await stepFunctions.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      let entered = { state: '', at: 0 };
      return events.flatMap(({ type, timestamp, stateEnteredEventDetails: into }) => {
        const at = Number(timestamp);
        if (type === 'TaskStateEntered') entered = { state: into?.name ?? '', at };
        return type === 'TaskStateExited' ? [{ state: entered.state, ms: at - entered.at }] : [];
      });
    },
  };
}
