/**
 * The demo shop's 18 months, in UTC. They lie in the past, so that no row is newer than any clock.
 */
const FIRST_YEAR = 2024;
export const MONTHS = 18;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/**
 * Start of a month in epoch milliseconds; month 0 is January 2024, month 18 is the end of the first
 * load.
 */
export const monthStart = (month: number): number => Date.UTC(FIRST_YEAR, month, 1);

/** Index of the month that an instant lies in. */
export function monthOf(at: number): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - FIRST_YEAR) * 12 + date.getUTCMonth();
}

export const FIRST_LOAD_END = monthStart(MONTHS);

/** `YYYY-MM-DD` of an instant. */
export const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** `YYYY-MM-DD HH:MM:SS` of an instant. */
export const secondsText = (at: number): string =>
  new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/**
 * As Snowflake writes TIMESTAMP_NTZ(9): nine digits after the second, of which JavaScript knows
 * three.
 */
export function timestampText(at: number, nanoseconds = 0): string {
  const milliseconds = new Date(at).toISOString().slice(0, 23).replace('T', ' ');
  return `${milliseconds}${String(nanoseconds % 1_000_000).padStart(6, '0')}`;
}
