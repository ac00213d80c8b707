import { setTimeout as sleep } from 'node:timers/promises';

/** A failure after which the same request may be sent again. */
export class RetryableFailure extends Error {
  override readonly name = 'RetryableFailure';
  /** What is thrown when no attempt is left. */
  readonly final: Error;
  /** What the server asked to wait, in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(final: Error, waitMs?: number) {
    super(final.message);
    this.final = final;
    this.waitMs = waitMs;
  }
}

export interface RetryOptions {
  readonly attempts?: number;
  /** Longest wait before the second attempt; it doubles with each. Milliseconds. */
  readonly baseMs?: number;
  readonly capMs?: number;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/**
 * Milliseconds to wait after an attempt: any time up to a limit that doubles ("full jitter"), so
 * that clients that failed together do not come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitAfter(attempt: number, options: RetryOptions = {}): number {
  const { baseMs = 250, capMs = 20_000, random = Math.random } = options;
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}

/** Runs something until it succeeds, fails for good, or has been tried often enough. */
export async function withRetries<Result>(
  run: () => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  const { attempts = 6 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof RetryableFailure)) throw error;
      if (attempt === attempts) throw error.final;
      await sleep(Math.max(error.waitMs ?? 0, waitAfter(attempt, options)));
    }
  }
}

/**
 * Milliseconds that a Retry-After header asks for: seconds or a date.
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
