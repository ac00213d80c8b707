import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { identify, isRunning, spawnGroup, stopGroup } from '#local/platform/processes.ts';

const start = async (script: string) => {
  const child = spawnGroup('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [first] = await once(child.stdout ?? child, 'data');
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('the process has ended');
  return { identity, said: Number(String(first)) };
};

describe('a process group', () => {
  it('is stopped with the processes that its leader started', async () => {
    const { identity, said: child } = await start('sleep 300 & echo $!; wait');

    await stopGroup(identity, 5);

    expect(isRunning(identity)).toBe(false);
    await vi.waitFor(() => expect(identify(child)).toBeUndefined());
  });

  it('is killed when it does not stop in time', async () => {
    const { identity } = await start("trap '' TERM; echo 1; while :; do sleep 0.1; done");

    await stopGroup(identity, 0.3);

    expect(isRunning(identity)).toBe(false);
  });

  it('is not taken for a later process of the same number', () => {
    const self = identify(process.pid);

    expect(isRunning({ pid: process.pid, startedAt: `${self?.startedAt}0` })).toBe(false);
  });
});
