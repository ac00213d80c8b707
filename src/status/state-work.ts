import { Machine, type StateRun } from '../model/status.ts';
import { statesOf } from './machine-graph.ts';
import { type RunName, runId } from './run-id.ts';
import { type AslMachine, type AslState, valueAt } from './state-language.ts';
import type { StateTrace } from './state-runs.ts';
import type { StatusDeps } from './status-deps.ts';

export type StateWork = Pick<StateRun, 'job' | 'childRunId'>;

const NONE: StateWork = { job: null, childRunId: null };

const textAt = (value: unknown, path: string): string | null => {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : null;
};

async function glueJob(
  deps: StatusDeps,
  run: RunName,
  state: AslState,
  trace: StateTrace,
): Promise<StateWork> {
  const name = String(state.Parameters.JobName);
  const told = textAt(trace.taskOutput, '$.JobRunId') ?? textAt(trace.taskOutput, '$.Id');
  const id = told ?? (await deps.jobs.find(name, run.name));
  return id === null ? NONE : { ...NONE, job: { kind: 'glue', name, runId: id } };
}

function trainingJob(state: AslState, trace: StateTrace): StateWork {
  const path = String(state.Parameters['TrainingJobName.$']);
  const name = textAt(trace.taskOutput, '$.TrainingJobName') ?? textAt(trace.input, path);
  return name === null ? NONE : { ...NONE, job: { kind: 'sagemaker', name, runId: name } };
}

/** The nested run: as the service tells it, else the one of the same name that the definition asks for. */
function childRun(run: RunName, state: AslState, trace: StateTrace): StateWork {
  const arn =
    textAt(trace.taskOutput, '$.ExecutionArn') ?? String(state.Parameters.StateMachineArn);
  const segments = arn.split(':');
  const stateMachine = segments[6] ?? '';
  const machine = Machine.options.find((option) => stateMachine.endsWith(`-${option}`));
  if (machine === undefined) return NONE;
  return { ...NONE, childRunId: runId(machine, segments[7] ?? run.name) };
}

/** The job or the nested run that a state of a run stands for. */
export async function stateWork(
  deps: StatusDeps,
  run: RunName,
  definition: AslMachine,
  trace: StateTrace,
): Promise<StateWork> {
  const state = statesOf(definition).find(({ name }) => name === trace.name)?.state;
  if (state?.Resource === undefined || trace.enteredAt === null) return NONE;
  if (state.Resource.includes(':::glue:startJobRun')) return glueJob(deps, run, state, trace);
  if (state.Resource.includes(':::sagemaker:createTrainingJob')) return trainingJob(state, trace);
  if (state.Resource.includes(':::states:startExecution')) return childRun(run, state, trace);
  return NONE;
}
