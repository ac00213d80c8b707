import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { GlueJob, GlueRun } from './glue-job.ts';
import { scriptWords } from './glue-job.ts';
import type { JobCommand } from './job-process.ts';
import { downloadObject, parseS3Uri } from './objects.ts';
import type { RunnerSettings } from './runner-settings.ts';
import { LOG4J2, readConfArgument, sparkDefaults } from './spark-conf.ts';

const list = (text: string | undefined): string[] =>
  (text ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));

async function downloadAll(s3: S3Client, uris: readonly string[], folder: string) {
  const files = uris.map((uri) => ({ uri, path: join(folder, basename(parseS3Uri(uri).key)) }));
  for (const { uri, path } of files) await downloadObject(s3, uri, path);
  return files.map(({ path }) => path);
}

/** Downloads the deployed script and what it imports, and writes Spark's configuration. */
async function fillWorkspace(
  settings: RunnerSettings,
  s3: S3Client,
  job: GlueJob,
  run: GlueRun,
  folder: string,
) {
  const location = job.Command?.ScriptLocation;
  if (location === undefined || location === '') {
    throw new Error(`Cannot run the Glue job ${job.Name}: it has no script location.`);
  }
  const [script = ''] = await downloadAll(s3, [location], folder);
  const modules = await downloadAll(
    s3,
    list(run.Arguments['--extra-py-files']),
    join(folder, 'py'),
  );
  const imports = modules.map((path) => (path.endsWith('.py') ? dirname(path) : path));
  await downloadAll(s3, list(run.Arguments['--extra-files']), folder);
  const conf = join(folder, 'conf');
  const scratchDir = join(folder, 'scratch');
  for (const path of [conf, scratchDir]) mkdirSync(path, { recursive: true });
  const jobConf = readConfArgument(run.Arguments['--conf'] ?? '');
  const { endpoint, region, jarsDir } = settings;
  writeFileSync(
    join(conf, 'spark-defaults.conf'),
    sparkDefaults(jobConf, { endpoint, region, jarsDir, scratchDir }),
  );
  writeFileSync(join(conf, 'log4j2.properties'), LOG4J2);
  return { script, imports, conf, scratchDir };
}

/** Everything a run needs in its folder, and the command that runs it there. */
export async function prepareGlueRun(
  settings: RunnerSettings,
  s3: S3Client,
  job: GlueJob,
  run: GlueRun,
): Promise<JobCommand> {
  const folder = settings.glueFolder(run.Id);
  const { script, imports, conf, scratchDir } = await fillWorkspace(settings, s3, job, run, folder);
  return {
    command: settings.python,
    args: [script, ...scriptWords(run)],
    cwd: folder,
    env: {
      ...settings.jobEnvironment,
      SPARK_CONF_DIR: conf,
      SPARK_LOCAL_IP: '127.0.0.1',
      SPARK_LOCAL_DIRS: scratchDir,
      PYSPARK_PYTHON: settings.python,
      PYSPARK_DRIVER_PYTHON: settings.python,
      PYTHONPATH: [...imports, settings.glueLibraryDir].join(delimiter),
      TMPDIR: scratchDir,
    },
    logPath: settings.glueLogPath(run.Id),
    timeoutSeconds: run.Timeout * 60,
  };
}
