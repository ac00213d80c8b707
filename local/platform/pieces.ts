import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from '#local/setup/paths.ts';
import { TerminalError } from '#src/errors.ts';
import { pieceEnvironment } from './home-identity.ts';
import { ACCOUNT, emulatorCredentials, type Places, REGION } from './places.ts';
import type { PieceName, Ports } from './ports.ts';
import { identify, isRunning, killOrphans, spawnGroup, stopGroup } from './processes.ts';
import { readState, rememberPiece } from './state.ts';
import { endProcesses, taggedProcesses } from './tagged-processes.ts';

/** A process of the platform: how it is started, and when it is ready. */
export interface Piece {
  readonly name: PieceName;
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Answers with any status below 500 when the piece is ready. */
  readonly readyUrl: string;
  readonly readySeconds: number;
}

export const url = (port: number): string => `http://127.0.0.1:${port}`;

/** What answers with a status below 500 when the piece is ready. */
export const HEALTH_PATHS: Readonly<Record<PieceName, string>> = {
  emulator: '/_ministack/health',
  runner: '/health',
  'stand-in': '/',
  'front-door': '/_front-door',
};

/** How long a piece may take to stop before it is killed. */
const STOP_SECONDS = 10;

const node = join(paths.nodeBin, 'node');
/** Arguments of Node that load the watch over the home before the piece. */
const WATCHED = ['--import', join(paths.root, 'local', 'platform', 'watch-home.ts')];

const readyUrl = (name: PieceName, ports: Ports): string =>
  `${url(ports[name])}${HEALTH_PATHS[name]}`;

/** The environment of the emulator, which hands it on to the functions it runs. */
function emulatorEnvironment(places: Places, port: number): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = emulatorCredentials();
  const [state, objects] = [join(places.emulator, 'state'), join(places.emulator, 's3')];
  for (const folder of [state, objects, places.functions]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return {
    PATH: [paths.nodeBin, process.env.PATH].join(delimiter),
    HOME: process.env.HOME,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: places.functions,
    PYTHONDONTWRITEBYTECODE: '1',
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: 'localhost',
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    MINISTACK_REGION: REGION,
    PERSIST_STATE: '1',
    STATE_DIR: state,
    S3_PERSIST: '1',
    S3_DATA_DIR: objects,
    LAMBDA_EXECUTOR: 'local',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    SFN_WAIT_SCALE: process.env.SFN_WAIT_SCALE ?? '1',
    LOG_LEVEL: 'WARNING',
    AWS_ENDPOINT_URL: url(port),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

const emulator = (places: Places, ports: Ports): Piece => ({
  name: 'emulator',
  title: 'AWS emulator',
  command: paths.venvPython,
  args: [
    join(paths.root, 'local', 'aws', 'launcher.py'),
    ...['--port', String(ports.emulator), '--runner', url(ports.runner)],
  ],
  env: emulatorEnvironment(places, ports.emulator),
  readyUrl: readyUrl('emulator', ports),
  readySeconds: 60,
});

const runner = (places: Places, ports: Ports): Piece => ({
  name: 'runner',
  title: 'jobs runner',
  command: node,
  args: [
    ...[...WATCHED, join(paths.root, 'local', 'jobs', 'runner.ts')],
    ...['--port', String(ports.runner), '--endpoint', url(ports.emulator)],
    ...['--home', places.home, '--region', REGION, '--account', ACCOUNT],
  ],
  env: process.env,
  readyUrl: readyUrl('runner', ports),
  readySeconds: 30,
});

/** External stages of the stand-in read and write the emulator's buckets. */
function standInEnvironment(emulatorPort: number): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = emulatorCredentials();
  return {
    ...process.env,
    AWS_ENDPOINT_URL: url(emulatorPort),
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

const standIn = (places: Places, ports: Ports): Piece => ({
  name: 'stand-in',
  title: 'Snowflake stand-in',
  command: node,
  args: [
    ...[...WATCHED, join(paths.root, 'cli', 'bin.mjs')],
    ...['stand-in', '--port', String(ports['stand-in']), '--data', places.standIn],
  ],
  env: standInEnvironment(ports.emulator),
  readyUrl: readyUrl('stand-in', ports),
  readySeconds: 60,
});

const frontDoor = (_places: Places, ports: Ports, target: string): Piece => ({
  name: 'front-door',
  title: 'status page',
  command: node,
  args: [
    ...[...WATCHED, join(paths.root, 'local', 'platform', 'front-door.ts')],
    ...['--port', String(ports['front-door']), '--target', target],
  ],
  env: process.env,
  readyUrl: readyUrl('front-door', ports),
  readySeconds: 30,
});

export const pieces = { emulator, runner, standIn, frontDoor };

/** True when the piece answers over HTTP. */
export async function answers(readyUrl: string): Promise<boolean> {
  try {
    const response = await fetch(readyUrl, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}

function lastLines(path: string, count: number): string {
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

const failedToStart = (places: Places, piece: Piece, why: string): TerminalError =>
  new TerminalError(
    `Cannot start the ${piece.title}: ${why}. Its log is ${places.log(piece.name)}; the last lines are:\n${lastLines(places.log(piece.name), 15)}`,
    { code: 'UNEXPECTED', details: { piece: piece.name } },
  );

/** A log of its own for each start; the one before is kept beside it. */
function openLog(places: Places, name: string): number {
  mkdirSync(places.logs, { recursive: true });
  const path = places.log(name);
  if (existsSync(path)) renameSync(path, `${path}.previous`);
  return openSync(path, 'w', 0o600);
}

/** Ends what carries a piece's name, whether or not it is recorded. */
const endPiece = (places: Places, name: string): Promise<void> =>
  endProcesses(() => taggedProcesses(places.home).filter(({ tag }) => tag.piece === name));

/**
 * Starts a piece unless it runs and answers; a piece that runs without answering, or what a killed or a
 * forgotten one left behind, is ended first. Answers whether it was started. Throws when it does not become ready.
 */
export async function ensurePiece(places: Places, piece: Piece): Promise<boolean> {
  const known = readState(places).pieces[piece.name];
  if (known !== undefined) {
    if (isRunning(known) && (await answers(piece.readyUrl))) return false;
    await stopGroup(known, STOP_SECONDS);
    killOrphans(known);
  }
  await endPiece(places, piece.name);
  const log = openLog(places, piece.name);
  const child = spawnGroup(piece.command, piece.args, {
    cwd: paths.root,
    env: { ...piece.env, ...pieceEnvironment(places.home, piece.name) },
    stdio: ['ignore', log, log],
  });
  const ended = { why: undefined as string | undefined };
  child.on('error', (error) => {
    ended.why = error.message;
  });
  child.on('exit', (code, signal) => {
    ended.why ??= `it ended with ${signal ?? `exit code ${code}`}`;
  });
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity !== undefined) rememberPiece(places, piece.name, identity);
  const deadline = Date.now() + piece.readySeconds * 1000;
  while (!(await answers(piece.readyUrl))) {
    await sleep(50);
    if (ended.why !== undefined) throw failedToStart(places, piece, ended.why);
    if (Date.now() > deadline) {
      if (identity !== undefined) await stopGroup(identity, STOP_SECONDS);
      throw failedToStart(places, piece, `it did not answer within ${piece.readySeconds} s`);
    }
  }
  return true;
}

/**
 * Stops a piece with all that it started, and forgets it.
 *
 * @throws TerminalError naming the processes that do not end
 */
export async function stopPiece(places: Places, name: PieceName): Promise<void> {
  const known = readState(places).pieces[name];
  if (known !== undefined) await stopGroup(known, STOP_SECONDS);
  await endPiece(places, name);
  if (name === 'emulator') rmSync(places.functions, { recursive: true, force: true });
  if (known === undefined) return;
  rememberPiece(places, name, undefined);
}
