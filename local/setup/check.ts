// npm run check: formatting, lint, types and the import rule, without any server.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { paths } from './paths.ts';

const bin = (name: string): string => join(paths.root, 'node_modules', '.bin', name);
const python = (...args: string[]): [string, string[]] => [paths.venvPython, ['-m', ...args]];

const CHECKS: ReadonlyArray<readonly [title: string, command: string, args: readonly string[]]> = [
  ['lint and formatting (biome)', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types (tsc)', bin('tsc'), ['--noEmit']],
  [
    'import rule and coherence',
    bin('vitest'),
    ['run', '--project', 'package', 'test/package/imports.test.ts'],
  ],
  ['Python lint (ruff)', ...python('ruff', 'check', '.')],
  ['Python formatting (ruff)', ...python('ruff', 'format', '--check', '.')],
  ['Python types (pyright)', bin('pyright'), ['--pythonpath', paths.venvPython]],
];

let failed = 0;
for (const [title, command, args] of CHECKS) {
  const startedAt = Date.now();
  const run = spawnSync(command, args, { cwd: paths.root, encoding: 'utf8' });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${run.status === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)\n`);
  if (run.status !== 0) {
    failed += 1;
    process.stdout.write(`${run.stdout}${run.stderr}\n`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
