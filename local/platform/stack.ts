import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { paths } from '#local/setup/paths.ts';
import { TerminalError } from '#src/errors.ts';
import { runServerless } from './deployment.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { emulatorCredentials, type Places, REGION, STACK_NAME } from './places.ts';
import type { SnowflakeAccess } from './state.ts';

export type StackOutputs = Readonly<Record<string, string>>;

/** What a deployment is made of; when none of it has changed, the stack is as it was. */
const INGREDIENTS = [
  'serverless.yml',
  'package-lock.json',
  'functions',
  'src',
  'statemachines',
  'infra',
  'glue-scripts',
  'training',
  'web/index.html',
  'web/vite.config.ts',
  'web/src',
  'web/public',
];

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function fingerprint(): string {
  const hash = createHash('sha256').update(process.arch);
  for (const ingredient of INGREDIENTS) {
    const path = join(paths.root, ingredient);
    const files = /\.\w+$/.test(ingredient) ? [path] : filesBelow(path).sort();
    for (const file of files) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const client = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: emulatorCredentials(),
});

/** Outputs of the stack; undefined when it is not there, or not in a good state. */
export async function stackOutputs(endpoint: string): Promise<StackOutputs | undefined> {
  const cloudFormation = new CloudFormationClient(client(endpoint));
  try {
    const answer = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK_NAME }));
    const stack = answer.Stacks?.[0];
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(stack?.StackStatus ?? '')) return undefined;
    const pairs = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
      OutputKey,
      OutputValue,
    ]);
    return Object.fromEntries(pairs);
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return undefined;
    throw error;
  }
}

/**
 * Deploys the product's stack to the emulator, unless it is there and nothing it is made of has
 * changed since. Answers the outputs and whether it was deployed now.
 */
export async function ensureStack(
  places: Places,
  endpoint: string,
): Promise<{ outputs: StackOutputs; deployed: boolean }> {
  const current = fingerprint();
  const recorded = readJsonFile<{ fingerprint: string }>(places.deployed)?.fingerprint;
  if (recorded === current) {
    const outputs = await stackOutputs(endpoint);
    if (outputs !== undefined) return { outputs, deployed: false };
  }
  await runServerless(places, endpoint);
  const outputs = await stackOutputs(endpoint);
  if (outputs === undefined) {
    throw new TerminalError(
      `Cannot use the stack ${STACK_NAME} on the local platform: it is not complete after its deployment. Run snowmelt local reset, then local up.`,
      { code: 'STORE_REFUSED' },
    );
  }
  writeJsonFile(places.deployed, { fingerprint: current });
  return { outputs, deployed: true };
}

/** Puts what the functions need to log in to Snowflake into the stack's secret. */
export async function putSnowflakeSecret(
  endpoint: string,
  secretArn: string,
  access: SnowflakeAccess,
): Promise<void> {
  const { account, accessUrl, user, pat } = access;
  const privateKey = readFileSync(access.privateKeyPath, 'utf8');
  const value = { account, accessUrl, user, privateKey, ...(pat === undefined ? {} : { pat }) };
  await new SecretsManagerClient(client(endpoint)).send(
    new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value) }),
  );
}
