import { readdirSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { functionKey, functionNames } from '#test/helpers/function-files.ts';
import { readDefinition } from '#test/helpers/state-machine.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly ItemProcessor?: { readonly States: Record<string, State> };
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: string;
}

interface Placed {
  readonly name: string;
  readonly state: State;
  readonly parent: State | null;
}

const placed = (states: Record<string, State>, parent: State | null = null): Placed[] =>
  Object.entries(states).flatMap(([name, state]) => [
    { name, state, parent },
    ...placed(state.ItemProcessor?.States ?? {}, state),
  ]);

const machines = readdirSync('statemachines')
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => file.replace('.asl.json', ''));

/** Errors of the services themselves, for which trying again may help; never `States.*`, which holds ours too. */
const SERVICE_ERROR = /^(Lambda|Sandbox|Glue|DynamoDB|SNS|SageMaker|StepFunctions)\.\w+$/;

describe.each(machines)('the state machine %s', (machine) => {
  const definition = readDefinition(machine);
  const states = placed(definition.States);
  const tasks = states.filter(({ state }) => state.Type === 'Task');

  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkArn: false });

    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  it('tolerates no part that failed', () => {
    expect(JSON.stringify(definition)).not.toContain('ToleratedFailure');
  });

  it('names every state once, as a verb and an object in PascalCase', () => {
    const names = states.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^([A-Z][a-z0-9]+){2,}$/);
  });

  it('keeps to JSONPath without Assign, which every interpreter of it runs alike', () => {
    const text = JSON.stringify(definition);

    expect(text).not.toContain('"Assign"');
    expect(text).not.toContain('JSONata');
  });

  it.each(tasks)('retries $name after transient errors only, with full jitter', ({ state }) => {
    const errors = state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];

    expect(errors).toContain('TransientError');
    for (const error of errors.filter((one) => one !== 'TransientError')) {
      expect(error).toMatch(SERVICE_ERROR);
    }
    for (const retrier of state.Retry ?? []) {
      expect(retrier.JitterStrategy).toBe('FULL');
      expect(retrier.MaxDelaySeconds).toBeGreaterThan(0);
      expect(retrier.MaxAttempts).toBeGreaterThan(0);
    }
  });

  it.each(tasks)('catches whatever else $name fails with', ({ state, parent }) => {
    const caught = state.Catch ?? parent?.Catch;

    expect(caught?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([['States.ALL']]);
  });

  it('records, tells, then fails with the error and its cause', () => {
    const { RecordFailure, NotifyFailure, FailRun } = definition.States;

    expect(RecordFailure).toMatchObject({
      Next: 'NotifyFailure',
      Catch: [{ Next: 'NotifyFailure' }],
    });
    expect(NotifyFailure).toMatchObject({ Next: 'FailRun', Catch: [{ Next: 'FailRun' }] });
    expect(FailRun).toMatchObject({ ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' });
  });

  it('calls functions that exist', () => {
    const known = functionNames.map(functionKey);

    for (const { state } of tasks) {
      const called = state.Parameters?.FunctionName;
      if (state.Resource?.includes(':::lambda:')) expect(known).toContain(called);
    }
  });
});
