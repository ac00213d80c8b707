import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paths } from '#local/setup/paths.ts';
import { unzip } from './unzip.ts';

const run = promisify(execFile);

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties have no type of ours
  readonly Properties: any;
  readonly DependsOn?: unknown;
}

export interface PackagedStack {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Files of a function's bundle, by the function's key. */
  bundle(functionKey: string): Map<string, Buffer>;
}

/** What `serverless package` makes for a stage, without a network to AWS, in a folder of its own. */
export async function packageStack(stage: string): Promise<PackagedStack> {
  const folder = join('.snowmelt', 'package-test', stage);
  const out = join(folder, 'out');
  rmSync(folder, { recursive: true, force: true });
  const env = {
    ...process.env,
    SNOWMELT_WORK_FOLDER: join(folder, 'work'),
    AWS_ACCESS_KEY_ID: 'dummy',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const serverless = join('node_modules', 'serverless', 'bin', 'serverless.js');
  const args = [serverless, 'package', '--stage', stage, '--package', out];
  await run(process.execPath, args, { cwd: paths.root, env });
  const read = (name: string) => readFileSync(join(paths.root, out, name));
  const template = JSON.parse(read('cloudformation-template-update-stack.json').toString());
  return {
    resources: template.Resources,
    outputs: template.Outputs,
    bundle: (functionKey) => unzip(read(`${functionKey}.zip`)),
  };
}
