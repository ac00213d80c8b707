import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { refusal } from './auth-error.ts';
import { isJwtValid, readJwt, readPublicKey } from './key-pair-jwt.ts';
import { isPassword, isToken } from './password.ts';

/** What the stand-in knows of a user; no secret is among it. */
export const StoredUser = z.object({
  name: z.string(),
  password: z.object({ salt: z.string(), hash: z.string() }),
  /** PEM; two of them while a key is being rotated, as RSA_PUBLIC_KEY and RSA_PUBLIC_KEY_2. */
  rsaPublicKeys: z.array(z.string()).max(2),
  patHashes: z.array(z.string()),
  defaults: z.object({
    database: z.string(),
    schema: z.string(),
    warehouse: z.string(),
    role: z.string(),
  }),
});
export type StoredUser = z.infer<typeof StoredUser>;

export interface Users {
  /**
   * Throws AuthError 390100. User names are case-insensitive. A programmatic access token may stand
   * in the password's place, https://docs.snowflake.com/en/user-guide/programmatic-access-tokens
   */
  byPassword(name: string, password: string): StoredUser;
  /** Throws AuthError 390144. With `name`, the token must be that user's. */
  byJwt(token: string, name?: string): StoredUser;
  /** Throws AuthError 394400. With `name`, the token must be that user's. */
  byPat(token: string, name?: string): StoredUser;
}

export interface UsersOptions {
  readonly account: string;
  readonly users: readonly StoredUser[];
  nowMs(): number;
}

/** The users of one account, and the three ways to prove to be one of them. */
export function createUsers({ account, users, nowMs }: UsersOptions): Users {
  const byName = new Map(users.map((user) => [user.name.toUpperCase(), user]));
  const keysOf = new Map<StoredUser, readonly KeyObject[]>(
    users.map((user) => [user, user.rsaPublicKeys.map(readPublicKey)]),
  );
  const isNamed = (user: StoredUser, name: string | undefined): boolean =>
    name === undefined || name === '' || user.name.toUpperCase() === name.toUpperCase();
  return {
    byPassword(name, password) {
      const user = byName.get(name.toUpperCase());
      const isKnown =
        user !== undefined &&
        (isPassword(password, user.password) ||
          user.patHashes.some((hash) => isToken(password, hash)));
      if (!isKnown) throw refusal.password();
      return user;
    },
    byJwt(token, name) {
      const jwt = readJwt(token);
      const user = jwt === undefined ? undefined : byName.get(jwt.user);
      if (jwt === undefined || user === undefined || !isNamed(user, name)) throw refusal.jwt();
      const isOurs = jwt.account === account.toUpperCase();
      if (!isOurs || !isJwtValid(jwt, keysOf.get(user) ?? [], nowMs())) throw refusal.jwt();
      return user;
    },
    byPat(token, name) {
      const user = users.find(({ patHashes }) => patHashes.some((hash) => isToken(token, hash)));
      if (user === undefined || !isNamed(user, name)) throw refusal.pat();
      return user;
    },
  };
}
