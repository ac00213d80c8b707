import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

const Header = z.object({ alg: z.literal('RS256') });
const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  iat: z.number(),
  exp: z.number(),
});

export interface JwtSubject {
  readonly account: string;
  readonly user: string;
  /** `SHA256:<base64>` of the public key that the token claims to be signed with. */
  readonly fingerprint: string;
}

interface ReadJwt extends JwtSubject {
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** A token lives one hour at most, whatever it says; see the URL of `readJwt`. */
const LONGEST_LIFE_MS = 3_600_000;
/** Tolerated difference between two clocks. */
const SKEW_MS = 60_000;

/** The Node driver writes milliseconds where the standard has seconds; Snowflake takes both. */
const toMs = (time: number): number => (time > 100_000_000_000 ? time : time * 1000);

const decode = (part: string): unknown =>
  JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** `SHA256:` and the base64 SHA-256 of the key's DER form, as `DESC USER` shows it. */
export const fingerprintOf = (key: KeyObject): string =>
  `SHA256:${createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64')}`;

export const readPublicKey = (pem: string): KeyObject => createPublicKey(pem);

/** True for text that has the form of a JSON Web Token. */
export const looksLikeJwt = (token: string): boolean =>
  /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) && token.startsWith('ey');

/**
 * Reads a key-pair token without checking it: `iss` is ACCOUNT.USER.SHA256:fingerprint, `sub` is
 * ACCOUNT.USER, https://docs.snowflake.com/en/developer-guide/sql-api/authenticating. Undefined for
 * anything else.
 */
export function readJwt(token: string): ReadJwt | undefined {
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  if (signature === '' || more.length > 0) return undefined;
  try {
    Header.parse(decode(header));
    const claims = Claims.parse(decode(payload));
    const named = /^(?<account>[^.]+)\.(?<user>.+)\.(?<fingerprint>SHA256:.+)$/.exec(claims.iss);
    const { account = '', user = '', fingerprint = '' } = named?.groups ?? {};
    if (named === null || claims.sub !== `${account}.${user}`) return undefined;
    return {
      account,
      user,
      fingerprint,
      issuedAtMs: toMs(claims.iat),
      expiresAtMs: toMs(claims.exp),
      signed: Buffer.from(`${header}.${payload}`),
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    return undefined;
  }
}

/**
 * True when one of the keys has signed the token, its fingerprint is the one claimed, and its time
 * has not run out.
 */
export function isJwtValid(jwt: ReadJwt, keys: readonly KeyObject[], nowMs: number): boolean {
  const { issuedAtMs, expiresAtMs } = jwt;
  if (issuedAtMs > nowMs + SKEW_MS) return false;
  if (Math.min(expiresAtMs, issuedAtMs + LONGEST_LIFE_MS) <= nowMs) return false;
  return keys.some(
    (key) =>
      fingerprintOf(key) === jwt.fingerprint &&
      verify('RSA-SHA256', jwt.signed, key, jwt.signature),
  );
}
