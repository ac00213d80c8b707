import { join, resolve } from 'node:path';
import { untilInterrupted } from '#local/setup/interrupts.ts';
import { paths } from '#local/setup/paths.ts';
import { createEngine } from '#local/snowflake/engine.ts';
import { type StandIn, startStandIn } from '#local/snowflake/server.ts';
import type { ObjectStoreAccess } from '#local/snowflake/stage/s3-store.ts';
import type { Engine } from '#local/snowflake/statement.ts';
import { TerminalError } from '#src/errors.ts';
import { type Command, UsageError } from './command.ts';

export interface RunStandIn {
  readonly port: number;
  readonly dataDir: string;
}

/** The line by which programs find the stand-in; the password stays in its file. */
export function standInLine({ accessUrl, credentials }: StandIn): object {
  const { account, user, privateKeyPath, pat, database, schema, warehouse, role } = credentials;
  return { account, accessUrl, user, privateKeyPath, pat, database, schema, warehouse, role };
}

const refused = (message: string, cause: unknown): TerminalError =>
  new TerminalError(message, { code: 'CONFIG_INVALID', cause });

/**
 * What the user can change: a port that is taken, a folder that is in use. Anything else stays what
 * it is.
 */
function cannotStart(error: unknown, { port, dataDir }: RunStandIn): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const why = code === 'EADDRINUSE' ? 'another process listens there' : 'it is not allowed';
    return refused(
      `Cannot start the stand-in on port ${port}: ${why}. ` +
        'Choose another with --port, or 0 for any.',
      error,
    );
  }
  if (!/Could not set lock on file/.test(message)) return error;
  return refused(
    `Cannot start the stand-in over ${dataDir}: another process has it open. ` +
      'Stop that one, or choose another folder with --data.',
    error,
  );
}

/** External stages reach S3 where the AWS SDK would: at AWS_ENDPOINT_URL, when it is set. */
function objectStore(): ObjectStoreAccess {
  const { AWS_ENDPOINT_URL, AWS_REGION } = process.env;
  return { endpoint: AWS_ENDPOINT_URL || undefined, region: AWS_REGION || undefined };
}

/**
 * Starts the stand-in with the real engine over a data directory.
 *
 * @throws TerminalError CONFIG_INVALID when the port or the directory is in use
 */
export async function runStandIn(options: RunStandIn): Promise<StandIn> {
  const { port, dataDir } = options;
  let engine: Engine | undefined;
  try {
    engine = await createEngine({ dataDir, objectStore: objectStore() });
    return await startStandIn({ port, dataDir, engine });
  } catch (error) {
    await engine?.close();
    throw cannotStart(error, options);
  }
}

function readPort(value: string | boolean | undefined): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || value === '') {
    throw new UsageError(
      `Cannot listen on --port ${String(value)}: it is no port. Give 0 to 65535.`,
    );
  }
  return port;
}

const defaultDataDir = (): string => join(paths.home, 'stand-in');

/** The Snowflake stand-in alone, in the foreground, until it is told to end. */
export const standInCommand: Command = {
  name: 'stand-in',
  summary: 'Run the Snowflake stand-in alone, in the foreground',
  usage: '--port N [--data DIR]',
  example: 'snowmelt stand-in --port 4580 --data .snowmelt/stand-in',
  options: { port: { type: 'string', default: '0' }, data: { type: 'string' } },
  async run({ options, shared, say }) {
    const port = readPort(options.port);
    const dataDir = resolve(String(options.data ?? defaultDataDir()));
    const running = await runStandIn({ port, dataDir });
    const stop = untilInterrupted();
    process.stdout.write(`${JSON.stringify(standInLine(running))}\n`);
    const ready = `snowflake stand-in ready on ${running.accessUrl}`;
    if (shared.json) say(ready);
    else process.stdout.write(`${ready}\n`);
    await stop;
    await running.close();
    return undefined;
  },
};
