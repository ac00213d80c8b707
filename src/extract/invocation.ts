/** How long a statement is waited for within one invocation, in seconds; most end sooner. */
const PATIENCE_SECONDS = 10;

/** How long the state machine waits before it asks again, in seconds. */
export const WAIT_SECONDS = 5;

/** What an invocation needs at its end, to write down what it has done, in milliseconds. */
const CLOSING_MS = 3000;

/** How long one invocation may wait for a statement, in seconds. */
export const secondsToWait = (remainingMs: number): number =>
  Math.max(0, Math.min(PATIENCE_SECONDS, (remainingMs - CLOSING_MS) / 2000));

/**
 * Whether an invocation has time for one more piece of work, when the longest so far took so many
 * milliseconds: half as much again, and what the end needs.
 */
export const hasTimeFor = (remainingMs: number, longestMs: number): boolean =>
  remainingMs > longestMs * 1.5 + CLOSING_MS;
