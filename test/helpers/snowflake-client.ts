import { createPrivateKey, createPublicKey, createSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binds, Connection, ConnectionOptions, RowStatement } from 'snowflake-sdk';
import { fingerprintOf } from '#local/snowflake/auth/key-pair-jwt.ts';
import { type StandIn, startStandIn } from '#local/snowflake/server.ts';
import type { Engine } from '#local/snowflake/statement.ts';
import type { Limits } from '#local/snowflake/wire/door.ts';

process.env.SNOWFLAKE_DISABLE_MINICORE = '1';
process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true';
process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = '1';

/** The driver, quiet and without the probes it makes of cloud hosts. */
export const { default: snowflake } = await import('snowflake-sdk');
snowflake.configure({
  logLevel: 'OFF',
  additionalLogToConsole: false,
  disableOCSPChecks: true,
} as Parameters<typeof snowflake.configure>[0]);

export interface TestStandIn extends StandIn {
  readonly dataDir: string;
  /** Closes it and removes its data. */
  dispose(): Promise<void>;
}

export interface TestStandInOptions {
  readonly engine: (dataDir: string) => Promise<Engine> | Engine;
  readonly limits?: Partial<Limits>;
  readonly nowMs?: () => number;
}

/** A stand-in on a free port with a data directory of its own. */
export async function startTestStandIn(options: TestStandInOptions): Promise<TestStandIn> {
  const dataDir = mkdtempSync(join(tmpdir(), 'snowmelt-stand-in-'));
  const { limits = {}, nowMs = Date.now } = options;
  const engine = await options.engine(dataDir);
  const standIn = await startStandIn({ port: 0, dataDir, engine, limits, nowMs });
  return {
    ...standIn,
    dataDir,
    async dispose() {
      await standIn.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Options of a connection by password; `more` replaces any of them. */
export function connectionOptions(
  { accessUrl, credentials }: StandIn,
  more: Partial<ConnectionOptions> = {},
): ConnectionOptions {
  const { account, user, password, database, schema, warehouse, role } = credentials;
  const place = { account, accessUrl, database, schema, warehouse, role };
  return { ...place, username: user, password, representNullAsStringNull: false, ...more };
}

export const connect = (
  standIn: StandIn,
  more: Partial<ConnectionOptions> = {},
): Promise<Connection> =>
  new Promise((done, fail) => {
    const connection = snowflake.createConnection(connectionOptions(standIn, more));
    connection.connect((error) => (error ? fail(error) : done(connection)));
  });

export const disconnect = (connection: Connection): Promise<void> =>
  new Promise((done, fail) => {
    connection.destroy((error) => (error === undefined ? done() : fail(error)));
  });

export type Row = Record<string, unknown>;

export interface Executed {
  readonly rows: readonly Row[];
  readonly statement: RowStatement;
}

export const execute = (
  connection: Connection,
  sqlText: string,
  options: { readonly binds?: Binds; readonly parameters?: Record<string, unknown> } = {},
): Promise<Executed> =>
  new Promise((done, fail) => {
    connection.execute({
      sqlText,
      ...options,
      complete: (error, statement, rows) =>
        error === undefined || error === null
          ? done({ rows: rows ?? [], statement: statement as RowStatement })
          : fail(error),
    });
  });

const part = (document: object): string =>
  Buffer.from(JSON.stringify(document)).toString('base64url');

export interface JwtOptions {
  readonly privateKeyPem: string;
  readonly account: string;
  readonly user: string;
  readonly issuedAt?: number;
  readonly lifetimeSeconds?: number;
}

/** A key-pair token as Snowflake's documentation has it made. */
export function createJwt(options: JwtOptions): string {
  const {
    privateKeyPem,
    issuedAt = Math.floor(Date.now() / 1000),
    lifetimeSeconds = 600,
  } = options;
  const key = createPrivateKey(privateKeyPem);
  const subject = `${options.account.toUpperCase()}.${options.user.toUpperCase()}`;
  const claims = {
    iss: `${subject}.${fingerprintOf(createPublicKey(key))}`,
    sub: subject,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
  };
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(key, 'base64url')}`;
}

/** The user's own token, valid at `nowMs`. */
export const ownJwt = ({ credentials }: StandIn, nowMs = Date.now()): string =>
  createJwt({
    privateKeyPem: readFileSync(credentials.privateKeyPath, 'utf8'),
    account: credentials.account,
    user: credentials.user,
    issuedAt: Math.floor(nowMs / 1000),
  });
