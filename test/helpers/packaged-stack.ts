import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { linkCheckout } from '#local/platform/linked-checkout.ts';
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
  /** Removes what was made. */
  remove(): void;
}

/** What `serverless package` makes for a stage, without a network to AWS, in a folder of its own. */
export async function packageStack(stage: string): Promise<PackagedStack> {
  const folder = join(paths.setupDir, 'package-test', `${stage}-${process.pid}`);
  linkCheckout(folder);
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'dummy',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const args = [join('node_modules', 'serverless', 'bin', 'serverless.js'), 'package', '--stage'];
  await run(process.execPath, [...args, stage], { cwd: folder, env }).catch((error) => {
    throw new Error(`serverless package --stage ${stage} failed: ${error.stderr}${error.stdout}`);
  });
  const read = (name: string) => readFileSync(join(folder, '.serverless', name));
  const template = JSON.parse(read('cloudformation-template-update-stack.json').toString());
  return {
    resources: template.Resources,
    outputs: template.Outputs,
    bundle: (functionKey) => unzip(read(`${functionKey}.zip`)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
