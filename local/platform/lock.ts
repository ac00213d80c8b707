import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '#src/errors.ts';
import { identify, isRunning, type ProcessIdentity } from './processes.ts';

const POLL_MS = 200;

function holder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Runs `work` while no other process holds the lock file; a lock whose holder has ended is taken over.
 * Throws a TransientError when it is still held after `waitSeconds`.
 */
export async function withLock<T>(
  path: string,
  waitSeconds: number,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + waitSeconds * 1000;
  while (!take(path)) {
    const other = holder(path);
    if (other === undefined || !isRunning(other)) {
      rmSync(path, { force: true });
    } else if (Date.now() > deadline) {
      throw new TransientError(
        `Cannot work on the local platform: process ${other.pid} is starting or stopping it. Try again when it is done.`,
        { code: 'STORE_UNAVAILABLE', details: { lock: path, pid: other.pid } },
      );
    } else {
      await sleep(POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
