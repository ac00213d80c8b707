import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { platformPlaces } from '#local/platform/places.ts';
import {
  type PlatformOptions,
  type PlatformStatus,
  platformDown,
  platformReset,
  platformStatus,
  platformUp,
} from '#local/platform.ts';
import { untilInterrupted } from '#local/setup/interrupts.ts';
import { paths } from '#local/setup/paths.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { textTable } from './text-table.ts';

const HIGHEST_BASE = 65_531;
/** How soon a platform in the foreground notices that it was stopped elsewhere. */
const WATCH_MS = 1000;

function readPortBase(value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port <= HIGHEST_BASE) return port;
  throw new UsageError(
    `Cannot start at --port-base ${String(value)}: four ports in a row are needed. Give 1 to ${HIGHEST_BASE}.`,
  );
}

function platformOptions({ options, shared }: Invocation): PlatformOptions {
  const portBase = readPortBase(options['port-base']);
  return { snowflake: shared.snowflake, ...(portBase === undefined ? {} : { portBase }) };
}

/** Waits until this command is interrupted, or the platform is stopped by another one or by hand. */
async function untilEnd(interrupted: Promise<unknown>): Promise<'interrupted' | 'stopped'> {
  const { endpoints } = platformPlaces(paths.home);
  const noted = interrupted.then(() => 'interrupted' as const);
  while (existsSync(endpoints)) {
    const end = await Promise.race([noted, sleep(WATCH_MS)]);
    if (end === 'interrupted') return end;
  }
  return 'stopped';
}

/** The local platform; without --detach it ends with this command. */
export const localUpCommand: Command = {
  name: 'local up',
  summary: 'Start the local platform: Snowflake stand-in, AWS emulator, jobs, status page',
  usage: '[--detach] [--port-base N]',
  example: 'snowmelt local up --detach',
  options: { detach: { type: 'boolean', default: false }, 'port-base': { type: 'string' } },
  async run(invocation) {
    const options = platformOptions(invocation);
    const interrupted = invocation.options.detach === true ? undefined : untilInterrupted();
    const endpoints = await platformUp(options, invocation.say);
    invocation.say(`The local platform is up: ${endpoints.status.url}`);
    if (interrupted === undefined) return { document: endpoints };
    invocation.say('Press Ctrl-C to stop it; its data stays.');
    if ((await untilEnd(interrupted)) === 'interrupted') await platformDown(options);
    else invocation.say('The local platform was stopped elsewhere.');
    return { document: endpoints };
  },
};

/** Stops what `local up` started. */
export const localDownCommand: Command = {
  name: 'local down',
  summary: 'Stop the local platform; its data stays',
  usage: '',
  example: 'snowmelt local down',
  async run() {
    await platformDown();
    return { document: { state: 'down' }, text: 'The local platform is down.' };
  },
};

/** Stops the platform and removes its data. */
export const localResetCommand: Command = {
  name: 'local reset',
  summary: 'Stop the local platform and remove its data',
  usage: '',
  example: 'snowmelt local reset',
  async run() {
    await platformReset();
    return {
      document: { state: 'down' },
      text: 'The local platform is down and its data is removed.',
    };
  },
};

function statusText(status: PlatformStatus): string {
  const rows = status.pieces.map((piece) => [
    piece.name,
    piece.answers ? 'answers' : piece.running ? 'runs, does not answer' : 'down',
    piece.pid,
    piece.url,
  ]);
  return `${textTable(['piece', 'state', 'pid', 'url'], rows)}\nThe local platform is ${status.state}.`;
}

/** What of the platform runs and answers. */
export const localStatusCommand: Command = {
  name: 'local status',
  summary: 'Show which pieces of the local platform run and answer',
  usage: '',
  example: 'snowmelt local status',
  async run() {
    const status = await platformStatus();
    return {
      document: status,
      text: statusText(status),
      exitCode: status.state === 'up' ? 0 : 1,
    };
  },
};
