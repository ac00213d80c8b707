import { describe, expect, it } from 'vitest';
import {
  RetryableFailure,
  retryAfterMs,
  waitAfter,
  withRetries,
} from '#src/adapters/snowflake/retry.ts';

describe('waitAfter', () => {
  it('is anything up to a limit that doubles, and no more than the cap', () => {
    const limits = [1, 2, 3, 10].map((attempt) =>
      waitAfter(attempt, { baseMs: 100, capMs: 1000, random: () => 1 }),
    );

    expect(limits).toEqual([100, 200, 400, 1000]);
    expect(waitAfter(3, { baseMs: 100, random: () => 0 })).toBe(0);
    expect(waitAfter(1)).toBeLessThan(250);
  });
});

describe('withRetries', () => {
  const busy = new Error('busy');

  it('tries again until it succeeds', async () => {
    let attempts = 0;
    const result = await withRetries(
      async () => {
        attempts += 1;
        if (attempts < 3) throw new RetryableFailure(busy);
        return 'done';
      },
      { baseMs: 1 },
    );

    expect([result, attempts]).toEqual(['done', 3]);
  });

  it('throws the error behind the failure when no attempt is left', async () => {
    const failing = () => Promise.reject(new RetryableFailure(busy));

    await expect(withRetries(failing, { attempts: 2, baseMs: 1 })).rejects.toBe(busy);
  });

  it('throws anything else at once', async () => {
    let attempts = 0;
    const failing = () => {
      attempts += 1;
      return Promise.reject(new TypeError('wrong'));
    };

    await expect(withRetries(failing)).rejects.toThrow('wrong');
    expect(attempts).toBe(1);
  });

  it('waits at least as long as it was asked to', async () => {
    const startedAt = performance.now();
    let attempts = 0;
    await withRetries(
      async () => {
        attempts += 1;
        if (attempts === 1) throw new RetryableFailure(busy, 60);
      },
      { baseMs: 1 },
    );

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2024-05-01T12:00:00Z');

  it('reads seconds and dates', () => {
    expect(retryAfterMs('3', now)).toBe(3000);
    expect(retryAfterMs('Wed, 01 May 2024 12:00:05 GMT', now)).toBe(5000);
    expect(retryAfterMs('Wed, 01 May 2024 11:00:00 GMT', now)).toBe(0);
  });

  it('takes no notice of anything else', () => {
    expect(retryAfterMs(null, now)).toBeUndefined();
    expect(retryAfterMs('soon', now)).toBeUndefined();
  });
});
