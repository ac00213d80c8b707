import { readFileSync } from 'node:fs';
import { StateMachine } from 'aws-local-stepfunctions';

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Sub'?: string | readonly [string, unknown];
}

const INTRINSICS = new Set(['Ref', 'Fn::GetAtt', 'Fn::Sub', 'Fn::FindInMap']);

/** The definition with CloudFormation's intrinsics replaced by the names they refer to. */
export function readDefinition(machine: string) {
  const text = readFileSync(`statemachines/${machine}.asl.json`, 'utf8');
  return JSON.parse(text, (_key, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const keys = Object.keys(value);
    if (keys.length !== 1 || !INTRINSICS.has(keys[0] ?? '')) return value;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = value as Intrinsic;
    return Ref ?? attribute?.[0] ?? (typeof sub === 'string' ? sub : sub?.[0]) ?? 'found';
  });
}

/** Scripted answers of a state: values are returned, errors thrown, one for each call; the last one stays. */
export type Script = Record<string, readonly unknown[]>;

export interface ScriptedRun {
  readonly output: unknown;
  readonly error: { readonly name: string; readonly message: string } | null;
  /** States whose work was asked for, in order, retries too. */
  readonly calls: readonly { readonly state: string; readonly input: Record<string, unknown> }[];
}

/** An error as Step Functions knows it: by name. */
export function failure(name: string, cause = 'because'): Error {
  const error = new Error(cause);
  error.name = name;
  return error;
}

interface AnyState {
  readonly Type: string;
  readonly Retry?: readonly unknown[];
  readonly ItemProcessor?: { readonly States: Record<string, AnyState> };
}

const allStates = (states: Record<string, AnyState>): [string, AnyState][] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, AnyState],
    ...allStates(state.ItemProcessor?.States ?? {}),
  ]);

/** Runs a machine on an interpreter, with scripted answers for its tasks and no pauses. */
export async function runScripted(
  machine: string,
  input: object,
  script: Script,
): Promise<ScriptedRun> {
  const definition = readDefinition(machine);
  const calls: { state: string; input: Record<string, unknown> }[] = [];
  const tasks = allStates(definition.States).filter(([, { Type }]) => Type === 'Task');
  const taskResourceLocalHandlers = Object.fromEntries(
    tasks.map(([state]) => [
      state,
      async (taskInput: Record<string, unknown>) => {
        const answers = script[state] ?? [{}];
        const nth = calls.filter((call) => call.state === state).length;
        calls.push({ state, input: taskInput });
        const answer = answers[Math.min(nth, answers.length - 1)];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    ]),
  );
  const retryIntervalOverrides = Object.fromEntries(tasks.map(([state]) => [state, 0]));
  const context = {
    Execution: { Id: 'arn:run-1', Name: 'run-1', Input: input },
    State: { EnteredTime: '2026-01-02T03:04:05Z' },
  };
  const { result } = new StateMachine(definition, {
    validationOptions: { noValidate: true },
  }).run(
    input as never,
    {
      overrides: { taskResourceLocalHandlers, retryIntervalOverrides },
      context,
    } as never,
  );
  try {
    return { output: await result, error: null, calls };
  } catch (error) {
    const { name, message } = (error as Error).cause as Error;
    return { output: null, error: { name, message }, calls };
  }
}
