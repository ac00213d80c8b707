import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { S3Client } from '@aws-sdk/client-s3';
import { killOrphans } from '#local/platform/processes.ts';
import { AwsFault } from './aws-fault.ts';
import { publishLog } from './job-logs.ts';
import { type JobEnd, type JobProcess, startJobProcess } from './job-process.ts';
import { lastPythonError } from './last-error.ts';
import { uploadFile } from './objects.ts';
import type { RunRecords } from './run-records.ts';
import type { RunnerSettings } from './runner-settings.ts';
import {
  isTraining,
  newTrainingJob,
  readMetrics,
  readTrainingRequest,
  type TrainingJob,
  withStatus,
} from './training-job.ts';
import {
  fillLayout,
  packFolder,
  programName,
  scriptArguments,
  type TrainingLayout,
  trainingEnvironment,
  trainingLayout,
} from './training-layout.ts';

const DAY_SECONDS = 86_400;
/** FailureReason keeps this much of the failure file. */
const LONGEST_REASON = 1024;

export interface TrainingDeps {
  readonly settings: RunnerSettings;
  readonly records: RunRecords<TrainingJob>;
  readonly s3: S3Client;
  readonly logs: CloudWatchLogsClient;
}

export interface TrainingRuns {
  /** Throws ValidationException, or ResourceInUse for a name that was used before. */
  create(request: unknown): TrainingJob;
  /** Throws ValidationException when there is no such job, as the API does. */
  describe(name: string | undefined): TrainingJob;
  /** Newest first. */
  list(): TrainingJob[];
  stop(name: string | undefined): Promise<void>;
  /** The job when it has ended. */
  ended(name: string): Promise<TrainingJob>;
}

/** Jobs that were active when an earlier runner ended: their processes are killed, they have Failed. */
export function failInterruptedTraining(records: RunRecords<TrainingJob>): void {
  for (const job of records.list().filter(isTraining)) {
    if (job.process !== undefined) killOrphans(job.process);
    records.save(job.TrainingJobName, {
      ...withStatus(job, 'Failed', 'Failed'),
      FailureReason: 'InternalServerError: the jobs runner was stopped while this job was active.',
    });
  }
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/** The reason as SageMaker words it: the failure file, or what the process ended with. */
export function failureReason(end: JobEnd, failureFile: string): string {
  const text = existsSync(failureFile)
    ? readFileSync(failureFile, 'utf8').slice(0, LONGEST_REASON)
    : `ExecuteUserScriptError: ${lastPythonError(end.errorText) ?? lastLine(end.errorText)}`;
  return `AlgorithmError: ${text.trim()}, exit code: ${end.exitCode ?? end.signal}`;
}

interface ActiveTraining {
  process?: JobProcess;
  stopped: boolean;
  ended: Promise<TrainingJob>;
}

/** One job from its request to its end; `save` is called at each change of status. */
class Training {
  readonly #deps: TrainingDeps;
  readonly #handle: ActiveTraining;
  readonly #layout: TrainingLayout;
  #job: TrainingJob;

  constructor(deps: TrainingDeps, job: TrainingJob, handle: ActiveTraining) {
    this.#deps = deps;
    this.#job = job;
    this.#handle = handle;
    this.#layout = trainingLayout(deps.settings.trainingFolder(job.TrainingJobName));
  }

  #save(job: TrainingJob): TrainingJob {
    this.#job = job;
    this.#deps.records.save(job.TrainingJobName, job);
    return job;
  }

  async run(): Promise<TrainingJob> {
    let job: TrainingJob;
    try {
      job = await this.#train();
    } catch (error) {
      job = this.#failed(`ClientError: ${(error as Error).message}`);
    }
    rmSync(this.#layout.root, { recursive: true, force: true });
    return this.#save({ ...job, TrainingEndTime: Date.now() });
  }

  #failed(reason: string): TrainingJob {
    return { ...withStatus(this.#job, 'Failed', 'Failed'), FailureReason: reason };
  }

  async #train(): Promise<TrainingJob> {
    rmSync(this.#layout.root, { recursive: true, force: true });
    this.#save(withStatus(this.#job, 'InProgress', 'Downloading'));
    await fillLayout(this.#deps.s3, this.#job, this.#layout);
    if (this.#handle.stopped) return withStatus(this.#job, 'Stopped', 'Stopped');
    const end = await this.#start();
    const logPath = this.#deps.settings.trainingLogPath(this.#job.TrainingJobName);
    await publishLog(this.#deps.logs, {
      group: '/aws/sagemaker/TrainingJobs',
      stream: `${this.#job.TrainingJobName}/algo-1-${Math.floor(this.#job.CreationTime / 1000)}`,
      path: logPath,
    }).catch(() => undefined);
    const failed = !end.stopped && !end.timedOut && end.exitCode !== 0;
    if (failed) return this.#failed(failureReason(end, this.#layout.failureFile));
    this.#save(withStatus(this.#job, this.#job.TrainingJobStatus, 'Uploading'));
    const artifacts = await this.#upload();
    const metrics = readMetrics(this.#job, readFileSync(logPath, 'utf8'));
    return {
      ...this.#endStatus(end),
      ...(artifacts === undefined ? {} : { ModelArtifacts: { S3ModelArtifacts: artifacts } }),
      FinalMetricDataList: metrics,
    };
  }

  #endStatus(end: JobEnd): TrainingJob {
    if (end.stopped) return withStatus(this.#job, 'Stopped', 'Stopped');
    if (end.timedOut) return withStatus(this.#job, 'Stopped', 'MaxRuntimeExceeded');
    return withStatus(this.#job, 'Completed', 'Completed');
  }

  #start(): Promise<JobEnd> {
    const { settings } = this.#deps;
    const job = this.#job;
    const process = startJobProcess({
      command: settings.python,
      args: [programName(job), ...scriptArguments(job)],
      cwd: this.#layout.code,
      env: {
        ...settings.jobEnvironment,
        PYTHONPATH: this.#layout.code,
        ...trainingEnvironment(job, this.#layout, job.TrainingJobArn),
      },
      logPath: settings.trainingLogPath(job.TrainingJobName),
      timeoutSeconds: job.StoppingCondition.MaxRuntimeInSeconds ?? DAY_SECONDS,
    });
    this.#handle.process = process;
    const training = { ...withStatus(job, 'InProgress', 'Training'), process: process.identity };
    this.#save({ ...training, TrainingStartTime: Date.now() });
    return process.ended;
  }

  /** Uploads model.tar.gz and output.tar.gz; answers the model's address if there is a model. */
  async #upload(): Promise<string | undefined> {
    const base = this.#job.OutputDataConfig.S3OutputPath.replace(/\/$/, '');
    const target = `${base}/${this.#job.TrainingJobName}/output`;
    const pack = async (folder: string, name: string): Promise<string | undefined> => {
      const archive = join(this.#layout.root, name);
      if (!(await packFolder(folder, archive))) return undefined;
      await uploadFile(this.#deps.s3, archive, `${target}/${name}`);
      return `${target}/${name}`;
    };
    await pack(this.#layout.outputData, 'output.tar.gz');
    return pack(this.#layout.model, 'model.tar.gz');
  }
}

/** SageMaker training jobs in script mode as processes of this machine. */
export function trainingRuns(deps: TrainingDeps): TrainingRuns {
  const { records, settings } = deps;
  const active = new Map<string, ActiveTraining>();

  const describe = (name: string | undefined): TrainingJob => {
    const job = records.get(name ?? '');
    if (job !== undefined) return job;
    throw new AwsFault('ValidationException', 'Requested resource not found.');
  };

  return {
    create(input) {
      const request = readTrainingRequest(input);
      const name = request.TrainingJobName;
      if (records.get(name) !== undefined) {
        throw new AwsFault(
          'ResourceInUse',
          `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${name})`,
        );
      }
      const job = newTrainingJob(request, settings);
      records.save(name, job);
      const handle: ActiveTraining = { stopped: false, ended: Promise.resolve(job) };
      active.set(name, handle);
      handle.ended = new Training(deps, job, handle).run().finally(() => active.delete(name));
      return job;
    },
    describe,
    list: () => records.list().sort((a, b) => b.CreationTime - a.CreationTime),
    async stop(name) {
      const job = describe(name);
      const handle = active.get(job.TrainingJobName);
      if (handle === undefined) {
        throw new AwsFault(
          'ValidationException',
          `The request was rejected because the training job is in status ${job.TrainingJobStatus}.`,
        );
      }
      handle.stopped = true;
      records.save(job.TrainingJobName, withStatus(job, 'Stopping', 'Stopping'));
      await handle.process?.stop();
    },
    ended: async (name) => (await active.get(name)?.ended) ?? describe(name),
  };
}
