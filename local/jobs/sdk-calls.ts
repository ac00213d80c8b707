import { AwsFault } from './aws-fault.ts';
import { isActive, publicRun, type StartJobRunRequest } from './glue-job.ts';
import type { GlueRuns } from './glue-runs.ts';
import { publicJob } from './training-job.ts';
import type { TrainingRuns } from './training-runs.ts';

export interface Runs {
  readonly glue: GlueRuns;
  readonly training: TrainingRuns;
}

type Call = (runs: Runs, input: Record<string, unknown>) => unknown;

/** Fields that hold a time, in milliseconds here. */
const isTime = (name: string): boolean =>
  /(On|Time|Timestamp)$/.test(name) && name !== 'ExecutionTime';

/** A document with its times in another unit; the AWS JSON protocols use seconds. */
export function mapTimes(value: unknown, map: (milliseconds: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => mapTimes(item, map));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'number' && isTime(name) ? map(item) : mapTimes(item, map),
    ]),
  );
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

async function batchStop(runs: Runs, input: Record<string, unknown>): Promise<unknown> {
  const jobName = text(input.JobName);
  const ids = Array.isArray(input.JobRunIds) ? input.JobRunIds.map(String) : [];
  const answers = ids.map((id) => {
    const found = runs.glue.list(jobName).find((run) => run.Id === id);
    if (found === undefined || !isActive(found)) {
      const code = found === undefined ? 'EntityNotFoundException' : 'InvalidInputException';
      const message = `Job run ${id} of ${jobName} ${found === undefined ? 'does not exist' : 'has ended'}.`;
      return {
        error: {
          JobName: jobName,
          JobRunId: id,
          ErrorDetail: { ErrorCode: code, ErrorMessage: message },
        },
      };
    }
    void runs.glue.stop(id);
    return { success: { JobName: jobName, JobRunId: id } };
  });
  return {
    SuccessfulSubmissions: answers.flatMap((answer) => answer.success ?? []),
    Errors: answers.flatMap((answer) => answer.error ?? []),
  };
}

function listTrainingJobs(runs: Runs, input: Record<string, unknown>): unknown {
  const limit = typeof input.MaxResults === 'number' ? input.MaxResults : 100;
  const jobs = runs.training
    .list()
    .filter(
      (job) => input.StatusEquals === undefined || job.TrainingJobStatus === input.StatusEquals,
    )
    .filter((job) => job.TrainingJobName.includes(text(input.NameContains) ?? ''));
  return {
    TrainingJobSummaries: jobs.slice(0, limit).map((job) => ({
      TrainingJobName: job.TrainingJobName,
      TrainingJobArn: job.TrainingJobArn,
      CreationTime: job.CreationTime,
      LastModifiedTime: job.LastModifiedTime,
      TrainingJobStatus: job.TrainingJobStatus,
      ...(job.TrainingEndTime === undefined ? {} : { TrainingEndTime: job.TrainingEndTime }),
    })),
  };
}

/** The calls that the runner answers, under their X-Amz-Target. */
const CALLS: Readonly<Record<string, Call>> = {
  'AWSGlue.StartJobRun': async ({ glue }, input) => ({
    JobRunId: (await glue.start(input as StartJobRunRequest)).Id,
  }),
  'AWSGlue.GetJobRun': ({ glue }, input) => ({
    JobRun: publicRun(glue.get(text(input.JobName), text(input.RunId))),
  }),
  'AWSGlue.GetJobRuns': ({ glue }, input) => ({
    JobRuns: glue
      .list(text(input.JobName))
      .slice(0, typeof input.MaxResults === 'number' ? input.MaxResults : 200)
      .map(publicRun),
  }),
  'AWSGlue.BatchStopJobRun': batchStop,
  'SageMaker.CreateTrainingJob': ({ training }, input) => ({
    TrainingJobArn: training.create(input).TrainingJobArn,
  }),
  'SageMaker.DescribeTrainingJob': ({ training }, input) =>
    publicJob(training.describe(text(input.TrainingJobName))),
  'SageMaker.StopTrainingJob': async ({ training }, input) => {
    await training.stop(text(input.TrainingJobName));
    return {};
  },
  'SageMaker.ListTrainingJobs': listTrainingJobs,
};

/** Answers an SDK call, times in milliseconds. Throws AwsFault, also for a call it does not know. */
export async function answerCall(
  runs: Runs,
  target: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  const call = CALLS[target];
  if (call === undefined) {
    throw new AwsFault(
      'UnknownOperationException',
      `The local platform does not offer ${target}; it offers ${Object.keys(CALLS).join(', ')}.`,
    );
  }
  return call(runs, input);
}
