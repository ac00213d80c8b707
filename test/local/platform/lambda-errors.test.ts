import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { catching, deploy, lambda, machine, oneTask, run } from './sample-stack.ts';

let emulator: Emulator;

const THROWS = `
class TransientError extends Error { name = 'TransientError'; }
exports.handler = async () => { throw new TransientError('the warehouse is suspended'); };`;
const THROWS_AT_ONCE = `exports.handler = () => { throw new RangeError('too far'); };`;
const FAILS_TO_LOAD = `
const error = new Error('LAKE_BUCKET is missing'); error.name = 'TerminalError'; throw error;`;
const EXITS = `exports.handler = async () => process.exit(9);`;

const invoking = (name: string, error: string) =>
  machine(
    name,
    oneTask('arn:aws:states:::lambda:invoke', { FunctionName: name, Payload: {} }, catching(error)),
  );

beforeAll(async () => {
  emulator = await startEmulator('lambda-errors');
  await deploy(emulator, 'errors', {
    Throws: lambda('throws', THROWS),
    ThrowsAtOnce: lambda('throws-at-once', THROWS_AT_ONCE),
    FailsToLoad: lambda('fails-to-load', FAILS_TO_LOAD),
    Exits: lambda('exits', EXITS),
    CatchThrows: invoking('throws', 'TransientError'),
    CatchThrowsAtOnce: invoking('throws-at-once', 'RangeError'),
    CatchFailsToLoad: invoking('fails-to-load', 'TerminalError'),
    CatchExits: invoking('exits', 'Runtime.ExitError'),
  });
});

afterAll(() => emulator.remove());

describe('errors of a deployed function', () => {
  it.each([
    ['throws', 'TransientError', 'the warehouse is suspended'],
    ['throws-at-once', 'RangeError', 'too far'],
    ['fails-to-load', 'TerminalError', 'LAKE_BUCKET is missing'],
    ['exits', 'Runtime.ExitError', 'Runtime exited'],
  ])('are caught by name when it %s', async (name, errorType, message) => {
    const execution = await run(emulator, name);

    expect(execution.status).toBe('SUCCEEDED');
    const { caught } = JSON.parse(execution.output ?? '{}');
    expect(caught.Error).toBe(errorType);
    expect(JSON.parse(caught.Cause)).toMatchObject({ errorType, errorMessage: message });
  });

  it('carry the stack as a list of lines, as Lambda answers it', async () => {
    const answer = await emulator.clients.lambda.send(
      new InvokeCommand({ FunctionName: 'throws' }),
    );

    expect(answer.FunctionError).toBeDefined();
    const { trace } = JSON.parse(Buffer.from(answer.Payload ?? []).toString());
    expect(trace[0]).toBe('TransientError: the warehouse is suspended');
    expect(trace.length).toBeGreaterThan(1);
  });
});
