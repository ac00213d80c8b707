import { describe, expect, it } from 'vitest';
import { WriteLock } from '#local/snowflake/storage/write-lock.ts';

describe('WriteLock', () => {
  it('serves waiters in the order they came', async () => {
    const lock = new WriteLock();
    const order: number[] = [];
    const release = await lock.acquire(60);
    const waiters = [1, 2, 3].map(async (number) => {
      const done = await lock.acquire(60);
      order.push(number);
      done();
    });
    release();
    await Promise.all(waiters);
    expect(order).toEqual([1, 2, 3]);
  });

  it('ends a wait that is cancelled with 000604, and the next one is served', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(60);
    const abort = new AbortController();
    const cancelled = lock.acquire(60, abort.signal);
    const next = lock.acquire(60);
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({ code: '000604' });
    release();
    (await next)();
  });

  it('ends a wait that is longer than LOCK_TIMEOUT with 000625', async () => {
    const lock = new WriteLock();
    await lock.acquire(60);
    await expect(lock.acquire(0)).rejects.toMatchObject({ code: '000625', sqlState: '57014' });
  });

  it('releases once, however often it is told', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(60);
    release();
    const second = await lock.acquire(60);
    release();
    await expect(lock.acquire(0)).rejects.toMatchObject({ code: '000625' });
    second();
  });
});
