import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { GlueJob, GlueRun } from './glue-job.ts';
import { scriptWords } from './glue-job.ts';
import type { JobCommand } from './job-process.ts';
import { downloadObject, parseS3Uri } from './objects.ts';
import type { RunnerSettings } from './runner-settings.ts';
import { readConfArgument, sparkDefaults } from './spark-conf.ts';
import type { SparkHost } from './spark-host.ts';

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
  const scratchDir = join(folder, 'scratch');
  mkdirSync(scratchDir, { recursive: true });
  const jobConf = readConfArgument(run.Arguments['--conf'] ?? '');
  const { endpoint, region, jarsDir } = settings;
  const pythonPath = [...imports, settings.glueLibraryDir].join(delimiter);
  const conf = join(folder, 'spark-defaults.conf');
  const surroundings = { endpoint, region, jarsDir, scratchDir };
  const ours = { 'spark.app.name': job.Name, 'spark.executorEnv.PYTHONPATH': pythonPath };
  writeFileSync(conf, sparkDefaults({ ...jobConf, ...ours }, surroundings));
  return { script, pythonPath, conf, scratchDir };
}

/** Everything a run needs in its folder, and the command that runs it there on a Spark host. */
export async function prepareGlueRun(
  settings: RunnerSettings,
  s3: S3Client,
  job: GlueJob,
  run: GlueRun,
): Promise<(host: SparkHost) => JobCommand> {
  const folder = settings.glueFolder(run.Id);
  const files = await fillWorkspace(settings, s3, job, run, folder);
  const starter = join(settings.glueLibraryDir, 'run_on_host.py');
  return (host) => ({
    command: settings.python,
    args: [starter, files.conf, files.script, ...scriptWords(run)],
    cwd: folder,
    env: {
      ...settings.jobEnvironment,
      ...host.environment,
      PYSPARK_PYTHON: settings.python,
      PYTHONPATH: files.pythonPath,
      TMPDIR: files.scratchDir,
    },
    logPath: settings.glueLogPath(run.Id),
    timeoutSeconds: run.Timeout * 60,
  });
}
