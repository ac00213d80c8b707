import { rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { S3Client } from '@aws-sdk/client-s3';
import { killOrphans } from '#local/platform/processes.ts';
import { AwsFault } from './aws-fault.ts';
import {
  type GlueJob,
  type GlueRun,
  type GlueRunState,
  isActive,
  newRun,
  refuseTooMany,
  type StartJobRunRequest,
} from './glue-job.ts';
import { prepareGlueRun } from './glue-workspace.ts';
import { publishLog } from './job-logs.ts';
import {
  type JobCommand,
  type JobEnd,
  type JobProcess,
  openLog,
  startJobProcess,
} from './job-process.ts';
import { lastPythonError } from './last-error.ts';
import type { RunRecords } from './run-records.ts';
import type { RunnerSettings } from './runner-settings.ts';
import type { Loan, SparkHosts } from './spark-hosts.ts';

export interface GlueDeps {
  readonly settings: RunnerSettings;
  readonly records: RunRecords<GlueRun>;
  readonly s3: S3Client;
  readonly logs: CloudWatchLogsClient;
  readonly hosts: SparkHosts;
  /** The deployed definition. Throws EntityNotFoundException. */
  getJob(name: string): Promise<GlueJob>;
}

export interface GlueRuns {
  /** Starts a run; answers at once, in state STARTING. */
  start(request: StartJobRunRequest): Promise<GlueRun>;
  /** Throws EntityNotFoundException. */
  get(jobName: string | undefined, runId: string | undefined): GlueRun;
  /** Newest first. */
  list(jobName: string | undefined): GlueRun[];
  stop(runId: string): Promise<void>;
  /** The run when it has ended and its log is kept. */
  ended(runId: string): Promise<GlueRun>;
}

interface ActiveRun {
  process?: JobProcess;
  stopped: boolean;
  ended: Promise<GlueRun>;
}

/** State and message of a run whose process has ended; Glue's own words where it has some. */
export function judgeEnd(end: JobEnd): { state: GlueRunState; message?: string } {
  if (end.stopped) return { state: 'STOPPED' };
  if (end.timedOut) return { state: 'TIMEOUT', message: 'Job run exceeded its timeout.' };
  if (end.exitCode === 0) return { state: 'SUCCEEDED' };
  const killed = `Command failed with signal ${end.signal}`;
  const failed = end.signal === null ? `Command failed with exit code ${end.exitCode}` : killed;
  return { state: 'FAILED', message: lastPythonError(end.errorText) ?? failed };
}

/** Runs that were active when an earlier runner ended: their processes are killed, they have FAILED. */
export function failInterrupted(records: RunRecords<GlueRun>): void {
  for (const run of records.list().filter(isActive)) {
    if (run.process !== undefined) killOrphans(run.process);
    const now = Date.now();
    records.save(run.Id, {
      ...run,
      JobRunState: 'FAILED',
      ErrorMessage: 'The jobs runner was stopped while this run was active.',
      CompletedOn: now,
      LastModifiedOn: now,
    });
  }
}

/** Runs of Glue jobs as processes of this machine. */
export function glueRuns(deps: GlueDeps): GlueRuns {
  const { settings, records } = deps;
  const active = new Map<string, ActiveRun>();

  const change = (run: GlueRun, changes: Partial<GlueRun>): GlueRun => {
    const changed = { ...run, ...changes, LastModifiedOn: Date.now() };
    records.save(run.Id, changed);
    return changed;
  };

  const finish = async (run: GlueRun, state: GlueRunState, message?: string): Promise<GlueRun> => {
    const path = settings.glueLogPath(run.Id);
    const group = `${run.LogGroupName}/${state === 'SUCCEEDED' ? 'output' : 'error'}`;
    await publishLog(deps.logs, { group, stream: run.Id, path }).catch(() => undefined);
    rmSync(settings.glueFolder(run.Id), { recursive: true, force: true });
    const completedOn = Date.now();
    active.delete(run.Id);
    return change(run, {
      JobRunState: state,
      CompletedOn: completedOn,
      ExecutionTime: Math.round((completedOn - run.StartedOn) / 1000),
      ...(message === undefined ? {} : { ErrorMessage: message }),
    });
  };

  const execute = async (job: GlueJob, starting: GlueRun, handle: ActiveRun): Promise<GlueRun> => {
    let loan: Loan | undefined;
    let command: JobCommand;
    try {
      const commandOn = await prepareGlueRun(settings, deps.s3, job, starting);
      loan = await deps.hosts.lend();
      command = commandOn(loan.host);
    } catch (error) {
      return finish(starting, 'FAILED', (error as Error).message);
    }
    if (handle.stopped) {
      loan.giveBack(true);
      return finish(starting, 'STOPPED');
    }
    const log = openLog(command.logPath);
    loan.host.logTo(log);
    handle.process = startJobProcess(command);
    const running = change(starting, {
      JobRunState: 'RUNNING',
      process: handle.process.identity,
    });
    const { state, message } = judgeEnd(await handle.process.ended);
    loan.giveBack(state === 'SUCCEEDED');
    log.end();
    await finished(log);
    return finish(running, state, message);
  };

  const begin = (job: GlueJob, request: StartJobRunRequest, previous?: GlueRun): GlueRun => {
    const run = newRun(job, request, previous);
    records.save(run.Id, run);
    const handle: ActiveRun = { stopped: false, ended: Promise.resolve(run) };
    active.set(run.Id, handle);
    handle.ended = execute(job, run, handle);
    void handle.ended.then((ended) => {
      if (ended.JobRunState === 'FAILED' && ended.Attempt < (job.MaxRetries ?? 0)) {
        begin(job, request, ended);
      }
    });
    return run;
  };

  return {
    async start(request) {
      const job = await deps.getJob(request.JobName ?? '');
      refuseTooMany(job, records.list());
      return begin(job, request);
    },
    get(jobName, runId) {
      const run = records.get(runId ?? '');
      if (run === undefined || run.JobName !== jobName) {
        throw new AwsFault(
          'EntityNotFoundException',
          `Job Run with name: ${jobName} and id: ${runId} not found.`,
        );
      }
      return run;
    },
    list: (jobName) =>
      records
        .list()
        .filter((run) => run.JobName === jobName)
        .sort((a, b) => b.StartedOn - a.StartedOn),
    async stop(runId) {
      const handle = active.get(runId);
      const run = records.get(runId);
      if (handle === undefined || run === undefined) return;
      handle.stopped = true;
      change(run, { JobRunState: 'STOPPING' });
      await handle.process?.stop();
    },
    async ended(runId) {
      const run = (await active.get(runId)?.ended) ?? records.get(runId);
      if (run === undefined) throw new AwsFault('EntityNotFoundException', `No run ${runId}.`);
      return run;
    },
  };
}
