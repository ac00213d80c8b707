import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { S3Client } from '@aws-sdk/client-s3';
import { downloadObject, downloadPrefix } from './objects.ts';
import type { CreateTrainingJobRequest } from './training-job.ts';

const execute = promisify(execFile);
const HOST = 'algo-1';

/**
 * The folders of a training container, below a folder of the job instead of /opt/ml:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
 */
export interface TrainingLayout {
  readonly root: string;
  readonly code: string;
  readonly model: string;
  readonly output: string;
  readonly outputData: string;
  readonly input: string;
  readonly config: string;
  readonly failureFile: string;
  channel(name: string): string;
}

export function trainingLayout(root: string): TrainingLayout {
  return {
    root,
    code: join(root, 'code'),
    model: join(root, 'model'),
    output: join(root, 'output'),
    outputData: join(root, 'output', 'data'),
    input: join(root, 'input'),
    config: join(root, 'input', 'config'),
    failureFile: join(root, 'output', 'failure'),
    channel: (name) => join(root, 'input', 'data', name),
  };
}

/** A hyperparameter as the toolkit hands it on: JSON when it is JSON, else the text. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Hyperparameters for the script; those of the toolkit itself (sagemaker_…) are left out. */
function scriptParameters(request: CreateTrainingJobRequest): [string, unknown][] {
  return Object.entries(request.HyperParameters)
    .filter(([name]) => !name.startsWith('sagemaker_'))
    .map(([name, value]): [string, unknown] => [name, decode(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Command line of script mode: `--name value`, one dash for names of one letter:
 * https://github.com/aws/sagemaker-training-toolkit#how-a-script-is-executed-inside-the-container
 */
export function scriptArguments(request: CreateTrainingJobRequest): string[] {
  return scriptParameters(request).flatMap(([name, value]) => [
    name.length === 1 ? `-${name}` : `--${name}`,
    asText(value),
  ]);
}

/** Name of the script to run, from `sagemaker_program`. Throws when it is missing. */
export function programName(request: CreateTrainingJobRequest): string {
  const program = request.HyperParameters.sagemaker_program;
  if (program === undefined) {
    throw new Error(
      'Cannot train: the hyperparameter sagemaker_program is missing, and only script mode runs here.',
    );
  }
  return asText(decode(program));
}

/** The SM_… variables of the training toolkit. */
export function trainingEnvironment(
  request: CreateTrainingJobRequest,
  layout: TrainingLayout,
  arn: string,
): Record<string, string> {
  const channels = request.InputDataConfig.map((channel) => channel.ChannelName);
  const parameters = scriptParameters(request);
  const program = programName(request);
  const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_');
  return {
    ...Object.fromEntries(
      channels.map((name) => [`SM_CHANNEL_${upper(name)}`, layout.channel(name)]),
    ),
    ...Object.fromEntries(
      parameters.map(([name, value]) => [`SM_HP_${upper(name)}`, asText(value)]),
    ),
    SM_MODEL_DIR: layout.model,
    SM_OUTPUT_DIR: layout.output,
    SM_OUTPUT_DATA_DIR: layout.outputData,
    SM_INPUT_DIR: layout.input,
    SM_INPUT_CONFIG_DIR: layout.config,
    SM_CHANNELS: JSON.stringify(channels),
    SM_HPS: JSON.stringify(Object.fromEntries(parameters)),
    SM_USER_ARGS: JSON.stringify(scriptArguments(request)),
    SM_USER_ENTRY_POINT: program,
    SM_MODULE_NAME: basename(program, '.py'),
    SM_MODULE_DIR: asText(decode(request.HyperParameters.sagemaker_submit_directory ?? '')),
    SM_NUM_CPUS: String(availableParallelism()),
    SM_NUM_GPUS: '0',
    SM_CURRENT_HOST: HOST,
    SM_HOSTS: JSON.stringify([HOST]),
    SM_LOG_LEVEL: '20',
    TRAINING_JOB_NAME: request.TrainingJobName,
    TRAINING_JOB_ARN: arn,
    ...request.Environment,
  };
}

/** Writes the input configuration and downloads code and channels. */
export async function fillLayout(
  s3: S3Client,
  request: CreateTrainingJobRequest,
  layout: TrainingLayout,
): Promise<void> {
  for (const folder of [layout.code, layout.model, layout.outputData, layout.config]) {
    mkdirSync(folder, { recursive: true });
  }
  const channels = Object.fromEntries(
    request.InputDataConfig.map((channel) => [
      channel.ChannelName,
      {
        TrainingInputMode: channel.InputMode ?? 'File',
        S3DistributionType: 'FullyReplicated',
        ...(channel.ContentType === undefined ? {} : { ContentType: channel.ContentType }),
      },
    ]),
  );
  const documents = {
    'hyperparameters.json': request.HyperParameters,
    'inputdataconfig.json': channels,
    'resourceconfig.json': { current_host: HOST, hosts: [HOST], network_interface_name: 'lo' },
  };
  for (const [name, document] of Object.entries(documents)) {
    writeFileSync(join(layout.config, name), JSON.stringify(document));
  }
  await downloadCode(s3, request, layout);
  for (const channel of request.InputDataConfig) {
    const uri = channel.DataSource.S3DataSource.S3Uri;
    const files = await downloadPrefix(s3, uri, layout.channel(channel.ChannelName));
    if (files === 0)
      throw new Error(`No S3 objects found under S3 URL "${uri}" given in input data source.`);
  }
}

async function downloadCode(
  s3: S3Client,
  request: CreateTrainingJobRequest,
  layout: TrainingLayout,
): Promise<void> {
  const submitted = request.HyperParameters.sagemaker_submit_directory;
  if (submitted === undefined) {
    throw new Error('Cannot train: the hyperparameter sagemaker_submit_directory is missing.');
  }
  const archive = join(layout.root, 'sourcedir.tar.gz');
  await downloadObject(s3, asText(decode(submitted)), archive);
  await execute('tar', ['-xzf', archive, '-C', layout.code]);
}

/** Packs a folder as SageMaker does, its files at the top of the archive; false when it is empty. */
export async function packFolder(folder: string, archive: string): Promise<boolean> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length === 0) return false;
  await execute('tar', ['-czf', archive, '-C', folder, ...names]);
  return true;
}
