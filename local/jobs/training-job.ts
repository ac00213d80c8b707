import { z } from 'zod';
import type { ProcessIdentity } from '#local/platform/processes.ts';
import { AwsFault } from './aws-fault.ts';

const Channel = z.object({
  ChannelName: z.string(),
  ContentType: z.string().optional(),
  InputMode: z.string().optional(),
  DataSource: z.object({
    S3DataSource: z.object({
      S3DataType: z.enum(['S3Prefix']),
      S3Uri: z.string(),
      S3DataDistributionType: z.string().optional(),
    }),
  }),
});

/**
 * What CreateTrainingJob takes, as far as training on this machine reads it:
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export const CreateTrainingJobRequest = z.looseObject({
  TrainingJobName: z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/),
  HyperParameters: z.record(z.string().max(256), z.string().max(2500)).default({}),
  AlgorithmSpecification: z.looseObject({
    MetricDefinitions: z.array(z.object({ Name: z.string(), Regex: z.string() })).optional(),
  }),
  RoleArn: z.string(),
  InputDataConfig: z.array(Channel).default([]),
  OutputDataConfig: z.looseObject({ S3OutputPath: z.string().startsWith('s3://') }),
  ResourceConfig: z.looseObject({ InstanceType: z.string().optional() }),
  StoppingCondition: z.looseObject({ MaxRuntimeInSeconds: z.number().int().min(1).optional() }),
  Environment: z.record(z.string(), z.string()).default({}),
});
export type CreateTrainingJobRequest = z.infer<typeof CreateTrainingJobRequest>;

export type TrainingStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

export interface Metric {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: number;
}

interface Transition {
  readonly Status: string;
  readonly StartTime: number;
  readonly EndTime?: number;
}

/** A training job: the request and what became of it. Times are milliseconds since 1970. */
export interface TrainingJob extends CreateTrainingJobRequest {
  readonly TrainingJobArn: string;
  readonly TrainingJobStatus: TrainingStatus;
  readonly SecondaryStatus: string;
  readonly SecondaryStatusTransitions: readonly Transition[];
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly TrainingStartTime?: number;
  readonly TrainingEndTime?: number;
  readonly FailureReason?: string;
  readonly ModelArtifacts?: { readonly S3ModelArtifacts: string };
  readonly FinalMetricDataList?: readonly Metric[];
  /** Ours: the process that trains; never part of an answer. */
  readonly process?: ProcessIdentity;
}

export const isTraining = (job: TrainingJob): boolean =>
  job.TrainingJobStatus === 'InProgress' || job.TrainingJobStatus === 'Stopping';

/** Throws ValidationException with every problem, as the API refuses a request. */
export function readTrainingRequest(input: unknown): CreateTrainingJobRequest {
  const parsed = CreateTrainingJobRequest.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AwsFault(
    'ValidationException',
    `${problems.length} validation errors detected: ${problems.join('; ')}`,
  );
}

/** The job with a new status; the transition before it ends now. */
export function withStatus(
  job: TrainingJob,
  TrainingJobStatus: TrainingStatus,
  SecondaryStatus: string,
): TrainingJob {
  const now = Date.now();
  const earlier = job.SecondaryStatusTransitions.map((transition) =>
    transition.EndTime === undefined ? { ...transition, EndTime: now } : transition,
  );
  return {
    ...job,
    TrainingJobStatus,
    SecondaryStatus,
    LastModifiedTime: now,
    SecondaryStatusTransitions: [...earlier, { Status: SecondaryStatus, StartTime: now }],
  };
}

/** A job that has just been asked for. */
export function newTrainingJob(
  request: CreateTrainingJobRequest,
  place: { region: string; account: string },
): TrainingJob {
  const now = Date.now();
  const name = request.TrainingJobName;
  const arn = `arn:aws:sagemaker:${place.region}:${place.account}:training-job/${name}`;
  const job: TrainingJob = {
    ...request,
    TrainingJobArn: arn,
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Starting',
    SecondaryStatusTransitions: [],
    CreationTime: now,
    LastModifiedTime: now,
  };
  return withStatus(job, 'InProgress', 'Starting');
}

/** The last value that each metric definition finds in a log, line by line. */
export function readMetrics(request: CreateTrainingJobRequest, log: string): Metric[] {
  const definitions = request.AlgorithmSpecification.MetricDefinitions ?? [];
  return definitions.flatMap(({ Name, Regex }) => {
    const found = [...log.matchAll(new RegExp(Regex, 'g'))].at(-1);
    const value = Number(found?.[1]);
    return found === undefined || Number.isNaN(value)
      ? []
      : [{ MetricName: Name, Value: value, Timestamp: Date.now() }];
  });
}

/** A job without what is only ours. */
export function publicJob({ process: _, ...job }: TrainingJob): Omit<TrainingJob, 'process'> {
  return job;
}
