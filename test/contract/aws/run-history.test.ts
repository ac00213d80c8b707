import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sfnExecutionStarter } from '#src/adapters/aws/sfn-execution-starter.ts';
import { sfnRunHistory } from '#src/adapters/aws/sfn-run-history.ts';
import type { ExecutionStarter } from '#src/ports/execution-starter.ts';
import type { RunHistory } from '#src/ports/run-history.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';

const definition = {
  StartAt: 'TakeInput',
  States: {
    TakeInput: { Type: 'Pass', Next: 'IsBad' },
    IsBad: {
      Type: 'Choice',
      Choices: [{ Variable: '$.bad', BooleanEquals: true, Next: 'FailRun' }],
      Default: 'Done',
    },
    Done: { Type: 'Succeed' },
    FailRun: { Type: 'Fail', Error: 'CheckFailed', Cause: 'has_id' },
  },
};

let emulator: Emulator;
let starter: ExecutionStarter;
let history: RunHistory;

async function ended(name: string) {
  for (let tries = 0; tries < 100; tries++) {
    const run = await history.find('medallion', name);
    if (run !== null && run.summary.status !== 'RUNNING') return run;
    await sleep(50);
  }
  throw new Error(`${name} does not end`);
}

beforeAll(async () => {
  emulator = await startEmulator('run-history');
  const client = emulator.clients.stepFunctions;
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: 'snowmelt-local-medallion',
      roleArn: 'arn:aws:iam::123456789012:role/any',
      definition: JSON.stringify(definition),
    }),
  );
  const stateMachineArns = {
    extract: stateMachineArn,
    medallion: stateMachineArn,
    'train-model': stateMachineArn,
  };
  starter = sfnExecutionStarter({ stateMachineArns, client });
  history = sfnRunHistory({ stateMachineArns, client });
});

afterAll(() => emulator.remove());

describe('executions of Step Functions', () => {
  it('start once under a name', async () => {
    expect(await starter.start('medallion', 'once', { bad: false })).toBe(true);
    expect(await starter.start('medallion', 'once', { bad: false })).toBe(false);
  });

  it('are found with what they were given and what they ended with', async () => {
    await starter.start('medallion', 'bad', { bad: true });

    const run = await ended('bad');

    expect(run.summary).toMatchObject({ id: 'medallion:bad', status: 'FAILED' });
    expect(JSON.parse(run.input)).toEqual({ bad: true });
    expect(run).toMatchObject({ error: 'CheckFailed', cause: 'has_id' });
    expect(await history.find('medallion', 'never')).toBeNull();
  });

  it('tell their definition and every state that they entered', async () => {
    await starter.start('medallion', 'told', { bad: false });
    await ended('told');

    expect(JSON.parse(await history.definition('medallion', 'told'))).toEqual(definition);
    const events = await history.events('medallion', 'told');
    const entered = events.filter(({ kind }) => kind === 'entered').map(({ state }) => state);
    expect(entered).toEqual(['TakeInput', 'IsBad', 'Done']);
    expect(events.find(({ state }) => state === 'TakeInput')?.data).toContain('bad');
  });

  it('are listed newest first, by status, and before an instant', async () => {
    for (const name of ['a', 'b', 'c']) {
      await starter.start('medallion', name, { bad: name === 'b' });
      await ended(name);
      await sleep(5);
    }

    const newest = await history.list({ machine: 'medallion', limit: 3 });
    const failed = await history.list({ machine: 'medallion', limit: 1, status: 'FAILED' });
    const startedBefore = newest[1]?.startedAt ?? '';
    const older = await history.list({ machine: 'medallion', limit: 1, startedBefore });

    expect(newest.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(failed.map(({ name }) => name)).toEqual(['b']);
    expect(older.map(({ name }) => name)).toEqual(['a']);
  });
});
