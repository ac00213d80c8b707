import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  identify,
  type ProcessIdentity,
  spawnGroup,
  stopGroup,
} from '#local/platform/processes.ts';
import type { RunnerSettings } from './runner-settings.ts';
import { LOG4J2, sparkDefaults } from './spark-conf.ts';

/** A Java process that Python drives Spark in, for one job at a time. */
export interface SparkHost {
  /** What PySpark finds the process by. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the process writes to, from now on; nowhere when absent. */
  logTo(log?: Writable): void;
  readonly isAlive: boolean;
  close(): Promise<void>;
}

const START_SECONDS = 60;
const STOP_GRACE_SECONDS = 1;
const POLL_MS = 20;

/** Port and secret as PySpark's own server writes them: two numbers of four bytes, then the text. */
function readAddress(path: string): Record<string, string> {
  const bytes = readFileSync(path);
  return {
    PYSPARK_GATEWAY_PORT: String(bytes.readInt32BE(0)),
    PYSPARK_GATEWAY_SECRET: bytes.subarray(8, 8 + bytes.readInt32BE(4)).toString('utf8'),
  };
}

function writeConfiguration(settings: RunnerSettings, folder: string): void {
  const { endpoint, region, jarsDir } = settings;
  const surroundings = { endpoint, region, jarsDir, scratchDir: join(folder, 'scratch') };
  mkdirSync(surroundings.scratchDir, { recursive: true });
  writeFileSync(join(folder, 'spark-defaults.conf'), sparkDefaults({}, surroundings));
  writeFileSync(join(folder, 'log4j2.properties'), LOG4J2);
}

/** The process ends when its standard input does, so it never outlives the runner. */
function spawnHost(settings: RunnerSettings, folder: string, addressPath: string): ChildProcess {
  return spawnGroup(join(dirname(settings.python), 'spark-submit'), ['pyspark-shell'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...settings.jobEnvironment,
      SPARK_CONF_DIR: folder,
      SPARK_CONNECT_MODE: '0',
      SPARK_LOCAL_IP: '127.0.0.1',
      PYSPARK_PYTHON: settings.python,
      PYSPARK_DRIVER_PYTHON: settings.python,
      TMPDIR: join(folder, 'scratch'),
      _PYSPARK_DRIVER_CONN_INFO_PATH: addressPath,
    },
  });
}

function identityOf(child: ChildProcess): ProcessIdentity {
  const pid = child.pid ?? 0;
  return identify(pid) ?? { pid, startedAt: 'unknown' };
}

/**
 * Starts a host in `folder`.
 * @throws Error with the process's last words when it ends before it answers.
 */
export async function startSparkHost(settings: RunnerSettings, folder: string): Promise<SparkHost> {
  writeConfiguration(settings, folder);
  const addressPath = join(folder, 'address');
  const child = spawnHost(settings, folder, addressPath);
  const identity = identityOf(child);
  const state: { log?: Writable | undefined; words: string; isAlive: boolean } = {
    words: '',
    isAlive: true,
  };
  const hear = (data: Buffer): void => {
    state.words = `${state.words}${data}`.slice(-2000);
    state.log?.write(data);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.stdin?.on('error', () => undefined);
  child.on('error', (error) => hear(Buffer.from(String(error))));
  child.on('close', () => {
    state.isAlive = false;
  });
  const close = async (): Promise<void> => {
    state.isAlive = false;
    await stopGroup(identity, STOP_GRACE_SECONDS);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!existsSync(addressPath)) {
    if (!state.isAlive || Date.now() > deadline) {
      await close();
      throw new Error(`Cannot start Java for Spark: ${state.words.trim() || 'no answer'}`);
    }
    await sleep(POLL_MS);
  }
  return {
    environment: readAddress(addressPath),
    logTo(log) {
      state.log = log;
    },
    get isAlive() {
      return state.isAlive;
    },
    close,
  };
}
