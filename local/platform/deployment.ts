import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from '#local/setup/paths.ts';
import { TerminalError } from '#src/errors.ts';
import { pieceEnvironment } from './home-identity.ts';
import { linkCheckout } from './linked-checkout.ts';
import { emulatorCredentials, type Places, REGION } from './places.ts';
import { identify, spawnGroup, stopGroup } from './processes.ts';

const LIMIT_SECONDS = 300;
/** A failed deployment that leaves a bundler running does not end by itself. */
const FAILED_GRACE_SECONDS = 10;
const FAILURE = /^\s*(✖|Error:|×)/m;

function serverlessEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  const { accessKeyId, secretAccessKey } = emulatorCredentials();
  return {
    ...{ PATH: [paths.nodeBin, PATH].join(delimiter), HOME, LANG },
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
}

const failed = (log: string, why: string): TerminalError =>
  new TerminalError(
    `Cannot deploy the stack to the local platform: serverless deploy ${why}. Its log is ${log}; the last lines are:\n${readFileSync(log, 'utf8').trim().slice(-4000)}`,
    { code: 'STORE_REFUSED' },
  );

/** Waits for the end of a process that writes `log`; undefined when it had to be stopped. */
async function exitCode(child: ReturnType<typeof spawnGroup>, log: string) {
  const identity = identify(child.pid ?? 0);
  let deadline = Date.now() + LIMIT_SECONDS * 1000;
  let isFailing = false;
  while (child.exitCode === null && child.signalCode === null) {
    await sleep(100);
    if (!isFailing && FAILURE.test(readFileSync(log, 'utf8'))) {
      isFailing = true;
      deadline = Date.now() + FAILED_GRACE_SECONDS * 1000;
    }
    if (Date.now() < deadline) continue;
    if (identity !== undefined) await stopGroup(identity, FAILED_GRACE_SECONDS);
    return undefined;
  }
  return child.exitCode ?? 1;
}

/** Deploys the product's stack, as it is in the checkout, to the emulator. Throws with what it said. */
export async function runServerless(places: Places, endpoint: string): Promise<void> {
  mkdirSync(places.logs, { recursive: true });
  const log = places.log('deploy');
  const output = openSync(log, 'w', 0o600);
  linkCheckout(places.build);
  const child = spawnGroup(
    join(paths.root, 'node_modules', '.bin', 'serverless'),
    ['deploy', '--stage', 'local', '--region', REGION],
    {
      cwd: places.build,
      env: { ...serverlessEnvironment(endpoint), ...pieceEnvironment(places.home, 'deployment') },
      stdio: ['ignore', output, output],
    },
  );
  child.on('error', () => undefined);
  const code = await exitCode(child, log);
  if (code === undefined) throw failed(log, 'did not end');
  if (code !== 0) throw failed(log, `ended with ${code}`);
}
