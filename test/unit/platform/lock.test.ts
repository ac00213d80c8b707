import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '#local/platform/lock.ts';
import { identify } from '#local/platform/processes.ts';

const lockPath = (): string => join(mkdtempSync(join(tmpdir(), 'lock-')), 'platform.lock');

describe('withLock', () => {
  it('lets one work at a time', async () => {
    const path = lockPath();
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      events.push(`${name} ends`);
    };

    await Promise.all([withLock(path, 5, work('a')), withLock(path, 5, work('b'))]);

    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(existsSync(path)).toBe(false);
  });

  it('takes over the lock of a process that has ended', async () => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));

    await expect(withLock(path, 0, async () => 'done')).resolves.toBe('done');
  });

  it('gives up naming the holder, and may be tried again', async () => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify(identify(process.pid)));

    await expect(withLock(path, 0, async () => 'done')).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining(`process ${process.pid}`),
    });
  });
});
