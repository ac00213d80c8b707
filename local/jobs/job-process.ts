import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import {
  identify,
  type ProcessIdentity,
  spawnGroup,
  stopGroup,
} from '#local/platform/processes.ts';

export interface JobCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Standard output and error go here, in the order they come. */
  readonly logPath: string;
  readonly timeoutSeconds: number;
}

export interface JobEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly stopped: boolean;
  /** The last part of the standard error, for the error message. */
  readonly errorText: string;
}

export interface JobProcess {
  readonly identity: ProcessIdentity;
  readonly ended: Promise<JobEnd>;
  stop(): Promise<void>;
}

const STOP_GRACE_SECONDS = 5;
const KEPT_ERROR_CHARACTERS = 200_000;
/** setTimeout fires at once beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A job's log, to add to. */
export function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { flags: 'a' });
}

/** Starts a job's process in a group of its own and follows it to its end. */
export function startJobProcess(job: JobCommand): JobProcess {
  const log = openLog(job.logPath);
  const child = spawnGroup(job.command, job.args, {
    cwd: job.cwd,
    env: job.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const identity = (child.pid === undefined ? undefined : identify(child.pid)) ?? {
    pid: child.pid ?? 0,
    startedAt: 'unknown',
  };
  const state = { timedOut: false, stopped: false, errorText: '' };
  child.stdout?.on('data', (data: Buffer) => log.write(data));
  child.stderr?.on('data', (data: Buffer) => {
    log.write(data);
    state.errorText = `${state.errorText}${data}`.slice(-KEPT_ERROR_CHARACTERS);
  });
  const timer = setTimeout(
    () => {
      state.timedOut = true;
      void stopGroup(identity, STOP_GRACE_SECONDS);
    },
    Math.min(job.timeoutSeconds * 1000, LONGEST_TIMER_MS),
  );
  const ended = new Promise<JobEnd>((resolve) => {
    const finish = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      log.end(() => resolve({ exitCode, signal, ...state }));
    };
    child.on('error', (error) => {
      state.errorText += String(error);
      finish(null, null);
    });
    child.on('close', finish);
  });
  return {
    identity,
    ended,
    async stop() {
      state.stopped = true;
      await stopGroup(identity, STOP_GRACE_SECONDS);
    },
  };
}
