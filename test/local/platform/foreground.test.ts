import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { taggedProcesses } from '#local/platform/tagged-processes.ts';
import { platformDown } from '#local/platform.ts';
import { paths } from '#local/setup/paths.ts';

/** A Node that cannot run TypeScript, if the machine has one beside ours: what users come with. */
function olderNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'node'));
  return candidates.find((node) => {
    if (!existsSync(node)) return false;
    return Number(execFileSync(node, ['--version'], { encoding: 'utf8' }).slice(1, 3)) < 24;
  });
}

let home: string;
let child: ChildProcess;

/** Runs `snowmelt local up` in the foreground; when it is up, answers how it will end. */
async function up(node: string) {
  child = spawn(node, [join(paths.root, 'cli', 'bin.mjs'), 'local', 'up'], {
    cwd: paths.root,
    env: { ...process.env, SNOWMELT_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  let told = '';
  child.stderr?.on('data', (data) => {
    told += data;
  });
  await vi.waitFor(() => expect(told).toContain('Press Ctrl-C'), { timeout: 200_000 });
  return { ended };
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'snowmelt-foreground-'));
});
afterEach(async () => {
  child.kill('SIGKILL');
  await platformDown({ home });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('local up in the foreground', () => {
  it('stops the platform when it is interrupted, twice too, under the Node that users have', async () => {
    const { ended } = await up(olderNode() ?? process.execPath);

    child.kill('SIGINT');
    child.kill('SIGINT');

    expect(await ended).toEqual([0, null]);
    expect(taggedProcesses(home)).toEqual([]);
  });

  it('ends when the platform is stopped elsewhere', async () => {
    const { ended } = await up(process.execPath);

    await platformDown({ home });

    expect(await ended).toEqual([0, null]);
  });
});
