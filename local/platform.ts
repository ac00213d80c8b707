import { rmSync } from 'node:fs';
import { paths } from '#local/setup/paths.ts';
import { TerminalError } from '#src/errors.ts';
import { ensureHomeId, homeIdPath } from './platform/home-identity.ts';
import { writeJsonFile } from './platform/json-file.ts';
import { withLock } from './platform/lock.ts';
import { answers, ensurePiece, HEALTH_PATHS, pieces, stopPiece, url } from './platform/pieces.ts';
import { emulatorCredentials, type Places, platformPlaces, REGION } from './platform/places.ts';
import {
  becomesFree,
  freePorts,
  PIECES,
  type PieceName,
  type Ports,
  portsFrom,
} from './platform/ports.ts';
import { isRunning } from './platform/processes.ts';
import { liveAccess, readStandInLine } from './platform/snowflake-access.ts';
import { ensureStack, putSnowflakeSecret, type StackOutputs } from './platform/stack.ts';
import { changeState, readState, type SnowflakeAccess } from './platform/state.ts';
import { endProcesses, taggedProcesses } from './platform/tagged-processes.ts';

export interface PlatformOptions {
  /** Folder of the platform's state; the checkout's `.snowmelt`, or SNOWMELT_HOME, by default. */
  readonly home?: string;
  /** First of four ports in a row; free ones by default, the same again at the next start. */
  readonly portBase?: number;
  readonly snowflake?: 'stand-in' | 'live';
}

/** The document of `.snowmelt/endpoints.json`. */
export interface Endpoints {
  readonly aws: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly stackOutputs: StackOutputs;
  };
  readonly snowflake: SnowflakeAccess;
  readonly status: { readonly url: string };
}

export type Progress = (line: string) => void;

export interface PieceStatus {
  readonly name: PieceName;
  readonly url?: string;
  readonly pid?: number;
  readonly running: boolean;
  readonly answers: boolean;
}

export interface PlatformStatus {
  readonly state: 'up' | 'down' | 'damaged';
  readonly home: string;
  readonly pieces: readonly PieceStatus[];
}

const LOCK_SECONDS = 300;
/** How long the port of a piece that was killed may take to become free. */
const RELEASE_SECONDS = 3;

const places = ({ home }: PlatformOptions): Places => platformPlaces(home ?? paths.home);

/** A port that its own piece holds, or nobody. */
async function isUsable(at: Places, piece: PieceName, port: number): Promise<boolean> {
  const holder = readState(at).pieces[piece];
  if (holder === undefined) return becomesFree(port, 0);
  return isRunning(holder) || (await becomesFree(port, RELEASE_SECONDS));
}

/** The ports of the last time if they can be had again, so that what was stored with them stays valid. */
async function choosePorts(at: Places, portBase: number | undefined): Promise<Ports> {
  const wanted = portBase === undefined ? readState(at).ports : portsFrom(portBase);
  const usable =
    wanted !== undefined &&
    (await Promise.all(PIECES.map((piece) => isUsable(at, piece, wanted[piece])))).every(Boolean);
  if (wanted !== undefined && usable) return wanted;
  if (portBase !== undefined) {
    throw new TerminalError(
      `Cannot start the local platform: a port from ${portBase} to ${portBase + PIECES.length - 1} is taken. Leave out --port-base for free ones.`,
      { code: 'CONFIG_INVALID' },
    );
  }
  return freePorts();
}

/** Pieces that were started for other ports are stopped. */
async function moveTo(at: Places, ports: Ports): Promise<void> {
  const before = readState(at).ports;
  if (before !== undefined && PIECES.some((piece) => before[piece] !== ports[piece])) {
    await Promise.all(PIECES.map((piece) => stopPiece(at, piece)));
  }
  changeState(at, { ports });
}

async function ensureSnowflake(
  at: Places,
  ports: Ports,
  kind: 'stand-in' | 'live',
): Promise<SnowflakeAccess> {
  if (kind === 'live') return liveAccess(process.env);
  const started = await ensurePiece(at, pieces.standIn(at, ports));
  const access = started ? readStandInLine(at) : (readState(at).snowflake ?? readStandInLine(at));
  if (access === undefined) {
    throw new TerminalError(
      `Cannot use the Snowflake stand-in: it did not say how to log in. Its log is ${at.log('stand-in')}.`,
      { code: 'UNEXPECTED' },
    );
  }
  changeState(at, { snowflake: access });
  return access;
}

/** Address of the status function's HTTP API at the emulator, which has no host names of its own. */
function statusTarget(endpoint: string, outputs: StackOutputs): string {
  const apiId = /\/\/([^.]+)\.execute-api\./.exec(outputs.StatusPageUrl ?? '')?.[1];
  if (apiId === undefined) {
    throw new TerminalError(
      `Cannot open the status page: the stack's output StatusPageUrl is ${outputs.StatusPageUrl ?? 'missing'}. Run snowmelt local reset, then local up.`,
      { code: 'NOT_FOUND' },
    );
  }
  return `${endpoint}/_aws/execute-api/${apiId}/$default`;
}

async function ensureFrontDoor(at: Places, ports: Ports, target: string): Promise<void> {
  if (readState(at).frontDoorTarget !== target) await stopPiece(at, 'front-door');
  await ensurePiece(at, pieces.frontDoor(at, ports, target));
  changeState(at, { frontDoorTarget: target });
}

async function timed<T>(progress: Progress, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const result = await work();
  progress(`  ${what}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

/** The emulator and the jobs runner alone, without the product's stack. */
export async function ensureEmulator(at: Places, ports: Ports): Promise<void> {
  await Promise.all([
    ensurePiece(at, pieces.runner(at, ports)),
    ensurePiece(at, pieces.emulator(at, ports)),
  ]);
}

/** Ends what runs of this home and belongs to no piece that is known: of a home before it, or forgotten. */
async function endForgotten(at: Places): Promise<void> {
  const id = ensureHomeId(at.home);
  const { pieces: known } = readState(at);
  const isKnown = (name: string): boolean => {
    const piece = known[name as PieceName];
    return piece !== undefined && isRunning(piece);
  };
  await endProcesses(() =>
    taggedProcesses(at.home).filter(({ tag }) => tag.homeId !== id || !isKnown(tag.piece)),
  );
}

async function bringUp(
  at: Places,
  options: PlatformOptions,
  progress: Progress,
): Promise<Endpoints> {
  await endForgotten(at);
  const ports = await choosePorts(at, options.portBase);
  await moveTo(at, ports);
  const endpoint = url(ports.emulator);
  const [access] = await Promise.all([
    timed(progress, 'Snowflake', () => ensureSnowflake(at, ports, options.snowflake ?? 'stand-in')),
    timed(progress, 'AWS emulator and jobs runner', () => ensureEmulator(at, ports)),
  ]);
  progress('  stack: deploying if it has changed …');
  const { outputs } = await timed(progress, 'stack', () => ensureStack(at, endpoint));
  await putSnowflakeSecret(endpoint, outputs.SnowflakeSecretArn ?? '', access);
  await timed(progress, 'status page', () =>
    ensureFrontDoor(at, ports, statusTarget(endpoint, outputs)),
  );
  const endpoints: Endpoints = {
    aws: { endpoint, region: REGION, ...emulatorCredentials(), stackOutputs: outputs },
    snowflake: access,
    status: { url: url(ports['front-door']) },
  };
  writeJsonFile(at.endpoints, endpoints);
  return endpoints;
}

/**
 * Starts what does not run yet, deploys the stack if it has changed, and writes endpoints.json when
 * everything answers. A second call on a platform that is up takes a second or two.
 */
export async function platformUp(
  options: PlatformOptions = {},
  progress: Progress = () => undefined,
): Promise<Endpoints> {
  const at = places(options);
  return withLock(at.lock, LOCK_SECONDS, () => bringUp(at, options, progress));
}

async function bringDown(at: Places): Promise<void> {
  rmSync(at.endpoints, { force: true });
  await stopPiece(at, 'front-door');
  await stopPiece(at, 'emulator');
  await Promise.all([stopPiece(at, 'runner'), stopPiece(at, 'stand-in')]);
  await endProcesses(() => taggedProcesses(at.home));
}

/**
 * Stops everything, also what no record names any more; the data stays for the next `platformUp`.
 *
 * @throws TerminalError naming the processes that do not end
 */
export async function platformDown(options: PlatformOptions = {}): Promise<void> {
  const at = places(options);
  await withLock(at.lock, LOCK_SECONDS, () => bringDown(at));
}

/** Stops everything and removes the platform's data: source tables, lake, runs, logs. */
export async function platformReset(options: PlatformOptions = {}): Promise<void> {
  const at = places(options);
  await withLock(at.lock, LOCK_SECONDS, async () => {
    await bringDown(at);
    const data = [at.emulator, at.standIn, at.jobs, at.build, at.logs, at.deployed, at.state];
    for (const path of [...data, homeIdPath(at.home)])
      rmSync(path, { recursive: true, force: true });
  });
}

/** What runs and answers, piece by piece. */
export async function platformStatus(options: PlatformOptions = {}): Promise<PlatformStatus> {
  const at = places(options);
  const { ports, pieces: known } = readState(at);
  const status = await Promise.all(
    PIECES.map(async (name): Promise<PieceStatus> => {
      const identity = known[name];
      if (identity === undefined || ports === undefined) {
        return { name, running: false, answers: false };
      }
      const running = isRunning(identity);
      const address = url(ports[name]);
      const answering = running && (await answers(`${address}${HEALTH_PATHS[name]}`));
      return { name, url: address, pid: identity.pid, running, answers: answering };
    }),
  );
  const started = status.filter((piece) => piece.pid !== undefined);
  const healthy = started.length > 0 && started.every((piece) => piece.answers);
  const state = started.length === 0 ? 'down' : healthy ? 'up' : 'damaged';
  return { state, home: at.home, pieces: status };
}
