import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

export interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
}

const KEY_LENGTH = 32;

export function hashPassword(password: string): PasswordHash {
  const salt = randomBytes(16);
  return {
    salt: salt.toString('base64'),
    hash: scryptSync(password, salt, KEY_LENGTH).toString('base64'),
  };
}

export function isPassword(candidate: string, { salt, hash }: PasswordHash): boolean {
  const given = scryptSync(candidate, Buffer.from(salt, 'base64'), KEY_LENGTH);
  return timingSafeEqual(given, Buffer.from(hash, 'base64'));
}

/** Hash of a token that is random by itself, so that no salt is needed. */
export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64');

export const isToken = (candidate: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashToken(candidate), 'base64'), Buffer.from(hash, 'base64'));
