import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { paths } from '#local/setup/paths.ts';

export interface StartResult {
  readonly exitCode: number;
  /** What it told people. */
  readonly told: string;
}

/** Runs `npm start -- <args>` after its set-up, against the platform of the tests. */
export function npmStart(...args: readonly string[]): Promise<StartResult> {
  const script = join(paths.root, 'local', 'demo', 'start.ts');
  const child = spawn(process.execPath, [script, ...args], {
    cwd: paths.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (data) => {
    told += data;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ exitCode: code ?? 1, told }));
  });
}
