import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { TerminalError } from '../../errors.ts';
import type { SnowflakeCredentials } from '../../ports/credentials.ts';

export interface LoginToken {
  readonly token: string;
  /** Value of the header X-Snowflake-Authorization-Token-Type. */
  readonly type: 'KEYPAIR_JWT' | 'PROGRAMMATIC_ACCESS_TOKEN';
  /** Milliseconds since 1970 after which another must be made. */
  readonly renewAt: number;
}

/**
 * Snowflake refuses a token of more than an hour:
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 */
const TOKEN_SECONDS = 3540;

/** A token is renewed before its last minutes, which a slow request may take. */
const RENEW_SECONDS = 3000;

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function missing(what: string): TerminalError {
  return new TerminalError(
    `Cannot log in at Snowflake: the secret holds no usable ${what}. ` +
      'Put one in, or change snowflake.authentication in pipeline.yml.',
    { code: 'CONFIG_INVALID' },
  );
}

/** An account locator's region is no part of its name; organisation-account names have no dot. */
const accountName = (account: string) => (account.split('.')[0] as string).toUpperCase();

function keyPairToken(credentials: SnowflakeCredentials, now: number): LoginToken {
  const seconds = Math.floor(now / 1000);
  const subject = `${accountName(credentials.account)}.${credentials.user.toUpperCase()}`;
  try {
    const privateKey = createPrivateKey(credentials.privateKey ?? '');
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    const fingerprint = createHash('sha256').update(publicKey).digest('base64');
    const claims = {
      iss: `${subject}.SHA256:${fingerprint}`,
      sub: subject,
      iat: seconds,
      exp: seconds + TOKEN_SECONDS,
    };
    const unsigned = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(unsigned), privateKey).toString('base64url');
    return {
      token: `${unsigned}.${signature}`,
      type: 'KEYPAIR_JWT',
      renewAt: now + RENEW_SECONDS * 1000,
    };
  } catch {
    throw missing('private key');
  }
}

/**
 * What a request carries to log in: a token signed with the private key, or the programmatic access
 * token.
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 *
 * @param now milliseconds since 1970
 * @throws TerminalError CONFIG_INVALID when the key or token is missing or malformed
 */
export function makeLoginToken(
  credentials: SnowflakeCredentials,
  authentication: 'key_pair' | 'pat',
  now: number,
): LoginToken {
  if (authentication === 'key_pair') return keyPairToken(credentials, now);
  if (credentials.pat === undefined) throw missing('programmatic access token');
  const type = 'PROGRAMMATIC_ACCESS_TOKEN';
  return { token: credentials.pat, type, renewAt: Number.POSITIVE_INFINITY };
}
