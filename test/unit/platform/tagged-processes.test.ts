import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pieceEnvironment, readHomeId } from '#local/platform/home-identity.ts';
import { endProcesses, taggedProcesses } from '#local/platform/tagged-processes.ts';

const newHome = (): string => mkdtempSync(join(tmpdir(), 'a home: '));

const started: ChildProcess[] = [];

function start(home: string, piece: string, script = 'exec sleep 300'): number {
  const env = { PATH: process.env.PATH, ...pieceEnvironment(home, piece) };
  const child = spawn('sh', ['-c', script], { env, stdio: 'ignore' });
  started.push(child);
  return child.pid ?? 0;
}

const found = (home: string): Promise<unknown> =>
  vi.waitFor(() => expect(taggedProcesses(home)).not.toHaveLength(0));

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('processes of a platform', () => {
  it('are found by the home that they were started for, without a record of them', async () => {
    const [home, other] = [newHome(), newHome()];
    const pid = start(home, 'emulator');
    start(other, 'emulator');
    await found(home);

    const tag = { piece: 'emulator', homeId: readHomeId(home), home };
    expect(taggedProcesses(home)).toEqual([{ pid, tag }]);
  });

  it('are ended, those that do not stop too', async () => {
    const home = newHome();
    start(home, 'runner');
    start(home, 'emulator', "trap '' TERM; while :; do sleep 0.1; done");
    await found(home);

    await endProcesses(() => taggedProcesses(home), { graceSeconds: 0.3, killSeconds: 5 });

    expect(taggedProcesses(home)).toEqual([]);
  });

  it('are named when they do not end', async () => {
    const immortal = { pid: 2 ** 22 + 1, tag: { piece: 'emulator', homeId: 'a', home: '/h' } };

    const ending = endProcesses(() => [immortal], { graceSeconds: 0, killSeconds: 0 });

    await expect(ending).rejects.toThrow(`did not end process ${immortal.pid} (emulator)`);
  });
});
