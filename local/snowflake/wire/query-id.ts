import { randomBytes } from 'node:crypto';

/**
 * A query id of Snowflake's form: 8-4-4-4-12 lower-case hex, growing with time, minute by minute.
 */
export function createQueryId(nowMs: number): string {
  const minutes = Math.floor(nowMs / 60_000)
    .toString(16)
    .padStart(8, '0')
    .slice(-6);
  const rest = randomBytes(12).toString('hex');
  const parts = [rest.slice(0, 4), rest.slice(4, 8), rest.slice(8, 12), rest.slice(12, 24)];
  return `01${minutes}-${parts.join('-')}`;
}
