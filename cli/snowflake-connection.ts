import { readFileSync } from 'node:fs';
import type { Connection, ConnectionOptions } from 'snowflake-sdk';
import { TerminalError } from '#src/errors.ts';
import type { SharedOptions } from './command.ts';
import { readEndpoints } from './stack.ts';

/** A session of the official driver: statements in, rows out. */
export interface SnowflakeSession {
  execute(sql: string, binds?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

function standInOptions(): ConnectionOptions {
  const { snowflake } = readEndpoints();
  const { account, accessUrl, database, schema, warehouse, role } = snowflake;
  return {
    account,
    accessUrl,
    database,
    schema,
    warehouse,
    role,
    username: snowflake.user,
    authenticator: 'SNOWFLAKE_JWT',
    privateKey: readFileSync(snowflake.privateKeyPath, 'utf8'),
  };
}

/** Environment that names a user's own account; the same variables as the live tests take. */
function liveOptions(): ConnectionOptions {
  const value = (name: string): string => {
    const found = process.env[`SNOWMELT_LIVE_${name}`];
    if (found === undefined || found === '') {
      throw new TerminalError(
        `Cannot log in to Snowflake: SNOWMELT_LIVE_${name} is not set. Set SNOWMELT_LIVE_ACCOUNT, _USER, _PRIVATE_KEY_PATH, _DATABASE, _SCHEMA, _WAREHOUSE and _ROLE.`,
        { code: 'CONFIG_INVALID' },
      );
    }
    return found;
  };
  return {
    account: value('ACCOUNT'),
    username: value('USER'),
    authenticator: 'SNOWFLAKE_JWT',
    privateKey: readFileSync(value('PRIVATE_KEY_PATH'), 'utf8'),
    database: value('DATABASE'),
    schema: value('SCHEMA'),
    warehouse: value('WAREHOUSE'),
    role: value('ROLE'),
  };
}

/** Binds are sent inline: the driver's other way, a temporary stage, needs a file system it shares with the server. */
const NEVER_STAGE_BINDS = 1_000_000_000;

function execute(connection: Connection, sqlText: string, binds: readonly unknown[] | undefined) {
  return new Promise<Record<string, unknown>[]>((done, fail) => {
    connection.execute({
      sqlText,
      ...(binds === undefined ? {} : { binds: binds as never }),
      complete: (error, _statement, rows) => {
        if (error) {
          fail(
            new TerminalError(
              `Cannot run a statement in Snowflake: ${error.message} Correct the statement or the object it names.`,
              { code: 'WAREHOUSE_REFUSED', cause: error },
            ),
          );
        } else done((rows ?? []) as Record<string, unknown>[]);
      },
    });
  });
}

/** Where a pipeline's tables are. */
export interface SnowflakePlace {
  readonly database: string;
  readonly schema: string;
  readonly warehouse: string;
}

/** Makes on the stand-in what an account's owner would have made: the pipeline's database, schema and warehouse. */
async function furnish(
  session: SnowflakeSession,
  { database, schema, warehouse }: SnowflakePlace,
): Promise<void> {
  await session.execute(`create warehouse if not exists ${warehouse}`);
  await session.execute(`create database if not exists ${database}`);
  await session.execute(`create schema if not exists ${database}.${schema}`);
}

/**
 * Logs in with the official driver, to the stand-in or to the account that SNOWMELT_LIVE_* names, and goes to the
 * pipeline's database and schema.
 */
export async function openSnowflake(
  { snowflake }: Pick<SharedOptions, 'snowflake'>,
  place: SnowflakePlace,
): Promise<SnowflakeSession> {
  process.env.SNOWFLAKE_DISABLE_MINICORE = '1';
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true';
  process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = '1';
  const { default: driver } = await import('snowflake-sdk');
  driver.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  const options = snowflake === 'live' ? liveOptions() : standInOptions();
  const connection = driver.createConnection({
    ...options,
    arrayBindingThreshold: NEVER_STAGE_BINDS,
  } as ConnectionOptions);
  await connection.connectAsync();
  const session: SnowflakeSession = {
    execute: (sql, binds) => execute(connection, sql, binds),
    close: () =>
      new Promise((done) => {
        connection.destroy(() => done());
      }),
  };
  if (snowflake === 'stand-in') await furnish(session, place);
  await session.execute(`use schema ${place.database}.${place.schema}`);
  return session;
}
