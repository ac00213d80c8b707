import { randomUUID } from 'node:crypto';
import { AwsFault } from './aws-fault.ts';
import { publicRun, type StartJobRunRequest } from './glue-job.ts';
import { answerCall, mapTimes, type Runs } from './sdk-calls.ts';
import { publicJob } from './training-job.ts';

/** What a state gets: an output, or an error name and cause for Retry and Catch. */
export type TaskAnswer =
  | { readonly output: unknown }
  | { readonly error: string; readonly cause: string };

export interface TaskRequest {
  /** Resource of the state, `arn:aws:states:::glue:startJobRun.sync`. */
  readonly resource: string;
  readonly input: Record<string, unknown>;
}

interface Task {
  readonly answer: Promise<TaskAnswer>;
  stop: () => Promise<void>;
}

export interface StepFunctionTasks {
  start(request: TaskRequest): string;
  /** The answer if it is there within `waitSeconds`; undefined while the task runs. */
  poll(id: string, waitSeconds: number): Promise<TaskAnswer | undefined>;
  stop(id: string): Promise<void>;
}

const SDK_SERVICES: Readonly<Record<string, string>> = { glue: 'AWSGlue', sagemaker: 'SageMaker' };
const ERROR_PREFIX: Readonly<Record<string, string>> = { glue: 'Glue', sagemaker: 'SageMaker' };

const failed = (run: unknown): TaskAnswer => ({
  error: 'States.TaskFailed',
  cause: JSON.stringify(run),
});

async function runGlueJob(runs: Runs, input: Record<string, unknown>, task: Pick<Task, 'stop'>) {
  const started = await runs.glue.start(input as StartJobRunRequest);
  task.stop = () => runs.glue.stop(started.Id);
  const ended = publicRun(await runs.glue.ended(started.Id));
  return ended.JobRunState === 'SUCCEEDED' ? { output: ended } : failed(ended);
}

async function runTraining(runs: Runs, input: Record<string, unknown>, task: Pick<Task, 'stop'>) {
  const { TrainingJobName: name } = runs.training.create(input);
  task.stop = () => runs.training.stop(name);
  const ended = publicJob(await runs.training.ended(name));
  return ended.TrainingJobStatus === 'Completed' ? { output: ended } : failed(ended);
}

/** Service, action and pattern of a resource: `glue`, `startJobRun`, `.sync`. */
function readResource(resource: string) {
  const [, service = '', action = '', pattern = ''] =
    /^arn:aws:states:::(?:aws-sdk:)?(\w+):(\w+)((?:\.\w+)?(?::\d+)?)$/.exec(resource) ?? [];
  return { service, action, pattern };
}

async function perform(
  runs: Runs,
  request: TaskRequest,
  task: Pick<Task, 'stop'>,
): Promise<TaskAnswer> {
  const { service, action, pattern } = readResource(request.resource);
  if (pattern === '.sync') {
    if (service === 'glue' && action === 'startJobRun')
      return runGlueJob(runs, request.input, task);
    if (service === 'sagemaker' && action === 'createTrainingJob') {
      return runTraining(runs, request.input, task);
    }
  }
  if (pattern !== '' || SDK_SERVICES[service] === undefined) {
    return {
      error: 'States.Runtime',
      cause: `The local platform does not run ${request.resource}; it runs glue:startJobRun and sagemaker:createTrainingJob, with and without .sync.`,
    };
  }
  const target = `${SDK_SERVICES[service]}.${action[0]?.toUpperCase()}${action.slice(1)}`;
  const answer = await answerCall(runs, target, request.input);
  const jobName = target === 'AWSGlue.StartJobRun' ? { JobName: request.input.JobName } : {};
  return { output: mapTimes({ ...jobName, ...(answer as object) }, Math.round) };
}

/** `Glue.ConcurrentRunsExceededException` and the like; SageMaker's own names have one more form. */
function asTaskError(error: unknown, resource: string): TaskAnswer {
  if (!(error instanceof AwsFault)) {
    return { error: 'States.TaskFailed', cause: (error as Error).message };
  }
  const { service } = readResource(resource);
  const type =
    service === 'sagemaker' && error.type === 'ValidationException'
      ? 'AmazonSageMakerException'
      : error.type;
  const source = service === 'glue' ? 'AWSGlue' : 'AmazonSageMaker';
  return {
    error: `${ERROR_PREFIX[service]}.${type}`,
    cause: `${error.message} (Service: ${source}; Status Code: ${error.status}; Error Code: ${error.type}; Request ID: ${randomUUID()}; Proxy: null)`,
  };
}

/** Tasks that Step Functions waits for. They live as long as the runner. */
export function stepFunctionTasks(runs: Runs): StepFunctionTasks {
  const tasks = new Map<string, Task>();
  return {
    start(request) {
      const id = randomUUID();
      const control = { stop: async (): Promise<void> => undefined };
      const answer = perform(runs, request, control).catch((error) =>
        asTaskError(error, request.resource),
      );
      tasks.set(id, { answer, stop: () => control.stop() });
      return id;
    },
    async poll(id, waitSeconds) {
      const task = tasks.get(id);
      if (task === undefined) {
        return {
          error: 'States.TaskFailed',
          cause: 'The jobs runner was stopped while the task ran.',
        };
      }
      const waited = new Promise<undefined>((resolve) => {
        setTimeout(resolve, waitSeconds * 1000, undefined).unref();
      });
      return Promise.race([task.answer, waited]);
    },
    async stop(id) {
      await tasks.get(id)?.stop();
      tasks.delete(id);
    },
  };
}
