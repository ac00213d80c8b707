import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PIECE_VARIABLE } from '#local/platform/home-identity.ts';
import { paths } from '#local/setup/paths.ts';

/** Where the runner finds and puts things. */
export interface RunnerSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly python: string;
  readonly jarsDir: string;
  /** Folder that holds our `awsglue` package. */
  readonly glueLibraryDir: string;
  readonly recordsDir: string;
  /** Environment of every job's process. */
  readonly jobEnvironment: NodeJS.ProcessEnv;
  glueFolder(runId: string): string;
  glueLogPath(runId: string): string;
  trainingFolder(jobName: string): string;
  trainingLogPath(jobName: string): string;
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' } as const;

function jobEnvironment(endpoint: string, region: string): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, [PIECE_VARIABLE]: piece } = process.env;
  const javaHome = paths.javaHome;
  return {
    ...{ PATH, HOME, LANG: LANG ?? 'C.UTF-8' },
    ...(piece === undefined ? {} : { [PIECE_VARIABLE]: piece }),
    ...(javaHome !== undefined && existsSync(javaHome) ? { JAVA_HOME: javaHome } : {}),
    ...CREDENTIALS,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    TZ: 'UTC',
  };
}

/** Settings of a runner for the emulator at `endpoint`, with its state below `home`. */
export function runnerSettings(options: {
  endpoint: string;
  region: string;
  account: string;
  home: string;
}): RunnerSettings {
  const { endpoint, region, account, home } = options;
  return {
    endpoint,
    region,
    account,
    python: paths.venvPython,
    jarsDir: paths.jarsDir,
    glueLibraryDir: join(paths.root, 'local', 'jobs'),
    recordsDir: join(home, 'jobs'),
    jobEnvironment: jobEnvironment(endpoint, region),
    glueFolder: (id) => join(home, 'jobs', 'work', id),
    glueLogPath: (id) => join(home, 'logs', 'glue', `${id}.log`),
    trainingFolder: (name) => join(home, 'jobs', 'work', `training-${name}`),
    trainingLogPath: (name) => join(home, 'logs', 'training', `${name}.log`),
  };
}
