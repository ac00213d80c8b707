import { describe, expect, it } from 'vitest';
import { parseJson } from '#src/status/parse-json.ts';
import { AslMachine } from '#src/status/state-language.ts';
import { type TracedRun, traceStates } from '#src/status/state-runs.ts';
import { readDefinition } from '#test/helpers/state-machine.ts';
import { eventsOf, type Happening } from '#test/helpers/status-fixtures.ts';

const running: TracedRun = { status: 'RUNNING', error: null, cause: null };

function trace(machine: string, run: TracedRun, ...happenings: Happening[]) {
  const definition = AslMachine.parse(readDefinition(machine));
  const states = traceStates(definition, eventsOf(...happenings), run);
  return { states, of: (name: string) => states.find((state) => state.name === name) };
}

describe('traceStates', () => {
  it('tells what is done, what runs and what is to come', () => {
    const { of, states } = trace(
      'medallion',
      running,
      ['entered', 'BuildSilver', { data: '{"a":1}' }],
      ['begun', null],
      ['succeeded', null, { data: '{"Id":"jr_1"}' }],
      ['exited', 'BuildSilver', { data: '{"a":2}' }],
      ['entered', 'CheckSilver'],
    );

    expect(of('BuildSilver')).toMatchObject({
      status: 'succeeded',
      durationMs: 3_000,
      attempts: 1,
      input: { a: 1 },
      output: { a: 2 },
      taskOutput: { Id: 'jr_1' },
    });
    expect(of('CheckSilver')).toMatchObject({ status: 'running', durationMs: null });
    expect(of('BuildGold')).toMatchObject({ status: 'pending', attempts: 0 });
    expect(states.slice(0, 2).map(({ name }) => name)).toEqual(['BuildSilver', 'CheckSilver']);
  });

  it('counts attempts, and forgets the error of one that was followed by success', () => {
    const { of } = trace(
      'medallion',
      { ...running, status: 'SUCCEEDED' },
      ['entered', 'CheckSilver'],
      ['begun', null],
      ['failed', null, { error: 'TransientError', cause: 'busy' }],
      ['begun', null],
      ['succeeded', null],
      ['exited', 'CheckSilver'],
    );

    expect(of('CheckSilver')).toMatchObject({ status: 'succeeded', attempts: 2, error: null });
    expect(of('BuildGold')?.status).toBe('skipped');
  });

  it('tells a caught error from the state that failed the run', () => {
    const { of } = trace(
      'medallion',
      { status: 'FAILED', error: 'TerminalError', cause: 'bad' },
      ['entered', 'BuildSilver'],
      ['begun', null],
      ['failed', null, { error: 'TerminalError', cause: 'bad' }],
      ['exited', 'BuildSilver'],
      ['entered', 'FailRun'],
    );

    expect(of('BuildSilver')).toMatchObject({ status: 'caught', error: 'TerminalError' });
    expect(of('FailRun')).toMatchObject({ status: 'failed', error: 'TerminalError', cause: 'bad' });
  });

  it.each([
    ['ABORTED', 'aborted'],
    ['TIMED_OUT', 'failed'],
    ['SUCCEEDED', 'succeeded'],
  ] as const)('says of a state left open by a run that %s: %s', (status, expected) => {
    const { of } = trace('medallion', { ...running, status }, ['entered', 'BuildSilver']);

    expect(of('BuildSilver')?.status).toBe(expected);
  });

  it('gives events to their states by the chain of events where the history has one', () => {
    const { of } = trace(
      'extract',
      running,
      ['entered', 'ExtractParts', { data: '{}' }],
      ['iterationStarted', null, { previousId: 1 }],
      ['iterationStarted', null, { previousId: 1 }],
      ['entered', 'ExtractPart', { previousId: 2 }],
      ['entered', 'ExtractPart', { previousId: 3 }],
      ['begun', null, { previousId: 4 }],
      ['begun', null, { previousId: 5 }],
      ['succeeded', null, { previousId: 6 }],
      ['exited', 'ExtractPart', { previousId: 8 }],
      ['iterationSucceeded', null, { previousId: 1 }],
      ['failed', null, { previousId: 7, error: 'TransientError' }],
    );

    expect(of('ExtractParts')?.iterations).toEqual({ total: 2, succeeded: 1, failed: 0 });
    expect(of('ExtractPart')).toMatchObject({ status: 'running', error: 'TransientError' });
  });

  it('takes what a Map is at from its input where the history has nothing of inside', () => {
    const data = JSON.stringify({ planned: { plan: { parts: [1, 2, 3] } } });
    const inside = trace('extract', running, ['entered', 'ExtractParts', { data }]);
    const after = trace(
      'extract',
      running,
      ['entered', 'ExtractParts', { data }],
      ['exited', 'ExtractParts'],
    );

    expect(inside.of('ExtractParts')?.iterations).toEqual({ total: 3, succeeded: 0, failed: 0 });
    expect(inside.of('ExtractPart')).toMatchObject({ status: 'running', iterations: null });
    expect(after.of('ExtractParts')?.iterations).toEqual({ total: 3, succeeded: 3, failed: 0 });
    expect(trace('extract', running).of('ExtractParts')?.iterations).toBeNull();
  });

  it('passes over events that belong to no state', () => {
    const { of } = trace('medallion', running, ['other', null], ['exited', 'BuildSilver']);

    expect(of('BuildSilver')?.status).toBe('pending');
  });
});

describe('parseJson', () => {
  it('keeps what is no JSON as text, and only the beginning of what is long', () => {
    expect(parseJson(null)).toBeNull();
    expect(parseJson('plain')).toBe('plain');
    expect(parseJson(`"${'x'.repeat(20_001)}"`)).toMatchObject({ truncated: true });
  });
});
