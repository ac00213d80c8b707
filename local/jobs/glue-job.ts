import { randomBytes } from 'node:crypto';
import type { ProcessIdentity } from '#local/platform/processes.ts';
import { AwsFault } from './aws-fault.ts';

/** A deployed Glue job, as GetJob answers it. */
export interface GlueJob {
  readonly Name: string;
  readonly Command?: { readonly ScriptLocation?: string; readonly Name?: string };
  readonly DefaultArguments?: Readonly<Record<string, string>>;
  readonly NonOverridableArguments?: Readonly<Record<string, string>>;
  readonly ExecutionProperty?: { readonly MaxConcurrentRuns?: number };
  readonly MaxRetries?: number;
  /** Minutes. */
  readonly Timeout?: number;
  readonly GlueVersion?: string;
  readonly WorkerType?: string;
  readonly NumberOfWorkers?: number;
  readonly MaxCapacity?: number | null;
}

export type GlueRunState =
  | 'STARTING'
  | 'RUNNING'
  | 'STOPPING'
  | 'STOPPED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMEOUT';

/** A run of a Glue job. Times are milliseconds since 1970. */
export interface GlueRun {
  readonly Id: string;
  readonly JobName: string;
  readonly Attempt: number;
  readonly PreviousRunId?: string;
  readonly JobRunState: GlueRunState;
  readonly Arguments: Readonly<Record<string, string>>;
  readonly ErrorMessage?: string;
  readonly StartedOn: number;
  readonly LastModifiedOn: number;
  readonly CompletedOn?: number;
  /** Seconds. */
  readonly ExecutionTime: number;
  /** Minutes. */
  readonly Timeout: number;
  readonly GlueVersion: string;
  readonly WorkerType: string;
  readonly NumberOfWorkers: number;
  readonly LogGroupName: string;
  /** Ours: the process that runs it; never part of an answer. */
  readonly process?: ProcessIdentity;
}

export interface StartJobRunRequest {
  readonly JobName?: string;
  readonly JobRunId?: string;
  readonly Arguments?: Readonly<Record<string, string>>;
  readonly Timeout?: number;
}

const DEFAULT_TIMEOUT_MINUTES = 2880;
const ACTIVE: readonly GlueRunState[] = ['STARTING', 'RUNNING', 'STOPPING'];

export const isActive = (run: GlueRun): boolean => ACTIVE.includes(run.JobRunState);

/**
 * Arguments that Glue reads itself and does not hand to the script:
 * https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
 */
const TAKEN_BY_GLUE = new Set([
  '--additional-python-modules',
  '--conf',
  '--continuous-log-logGroup',
  '--datalake-formats',
  '--enable-auto-scaling',
  '--enable-continuous-cloudwatch-log',
  '--enable-glue-datacatalog',
  '--enable-job-insights',
  '--enable-metrics',
  '--enable-observability-metrics',
  '--enable-spark-ui',
  '--extra-files',
  '--extra-jars',
  '--extra-py-files',
  '--job-bookmark-option',
  '--job-language',
  '--python-modules-installer-option',
  '--spark-event-logs-path',
]);

/** The script's words on its command line: JOB_NAME and JOB_RUN_ID as Glue adds them, then the arguments. */
export function scriptWords(run: GlueRun): string[] {
  const own = Object.entries(run.Arguments).filter(([name]) => !TAKEN_BY_GLUE.has(name));
  return [
    ...['--JOB_NAME', run.JobName, '--JOB_ID', `j_${run.JobName}`, '--JOB_RUN_ID', run.Id],
    ...own.flat(),
  ];
}

/** A new run of a job: default arguments under the run's own under those that cannot be overridden. */
export function newRun(job: GlueJob, request: StartJobRunRequest, previous?: GlueRun): GlueRun {
  const startedOn = Date.now();
  return {
    Id: `jr_${randomBytes(32).toString('hex')}`,
    JobName: job.Name,
    Attempt: previous === undefined ? 0 : previous.Attempt + 1,
    ...(previous === undefined ? {} : { PreviousRunId: previous.Id }),
    JobRunState: 'STARTING',
    Arguments: { ...job.DefaultArguments, ...request.Arguments, ...job.NonOverridableArguments },
    StartedOn: startedOn,
    LastModifiedOn: startedOn,
    ExecutionTime: 0,
    Timeout: request.Timeout ?? job.Timeout ?? DEFAULT_TIMEOUT_MINUTES,
    GlueVersion: job.GlueVersion ?? '',
    WorkerType: job.WorkerType ?? 'G.1X',
    NumberOfWorkers: job.NumberOfWorkers ?? 2,
    LogGroupName: '/aws-glue/jobs',
  };
}

/** Throws ConcurrentRunsExceededException when the job runs as often as it may. */
export function refuseTooMany(job: GlueJob, runs: readonly GlueRun[]): void {
  const active = runs.filter((run) => run.JobName === job.Name && isActive(run)).length;
  if (active < (job.ExecutionProperty?.MaxConcurrentRuns ?? 1)) return;
  throw new AwsFault('ConcurrentRunsExceededException', `Concurrent runs exceeded for ${job.Name}`);
}

/** A run without what is only ours. */
export function publicRun({ process: _, ...run }: GlueRun): Omit<GlueRun, 'process'> {
  return run;
}
