import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RunnerSettings } from './runner-settings.ts';
import { type SparkHost, startSparkHost } from './spark-host.ts';

/** A host that a job has to itself. */
export interface Loan {
  readonly host: SparkHost;
  /** Ends the loan; `isClean` says that the job left nothing behind, so that the next may have it. */
  giveBack(isClean: boolean): void;
}

export interface SparkHosts {
  lend(): Promise<Loan>;
  close(): Promise<void>;
}

/** Code that Spark generates stays in the process: after so many jobs another one is taken. */
const JOBS_PER_HOST = 25;
/** A host has a gigabyte: it is not kept for long without work. */
const IDLE_MS = 5 * 60 * 1000;

interface IdleHost {
  readonly host: SparkHost;
  readonly served: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Java processes for Spark, kept for the next job: classes are loaded and compiled once. As with
 * Glue's own warm workers a job cannot tell, since its Spark context and settings are its own.
 */
export function sparkHosts(settings: RunnerSettings): SparkHosts {
  let idle: IdleHost | undefined;
  let isClosed = false;
  const ending = new Set<Promise<void>>();

  const takeIdle = (): IdleHost | undefined => {
    const taken = idle;
    idle = undefined;
    clearTimeout(taken?.timer);
    return taken?.host.isAlive ? taken : undefined;
  };

  const end = (host: SparkHost): void => {
    const ended = host.close().finally(() => ending.delete(ended));
    ending.add(ended);
  };

  const endIdle = (): void => {
    const left = takeIdle();
    if (left !== undefined) end(left.host);
  };

  const keep = (host: SparkHost, served: number): void => {
    const timer = setTimeout(endIdle, IDLE_MS).unref();
    idle = { host, served, timer };
  };

  return {
    async lend() {
      const { host, served } = takeIdle() ?? {
        host: await startSparkHost(
          settings,
          join(settings.recordsDir, 'work', `host-${randomUUID()}`),
        ),
        served: 0,
      };
      return {
        host,
        giveBack(isClean) {
          host.logTo();
          const isKept = isClean && host.isAlive && idle === undefined && !isClosed;
          if (isKept && served + 1 < JOBS_PER_HOST) keep(host, served + 1);
          else end(host);
        },
      };
    },
    async close() {
      isClosed = true;
      endIdle();
      await Promise.all(ending);
    },
  };
}
