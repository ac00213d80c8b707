// npm run bench [-- <subject> …]: runs the benchmarks; what follows the subject is passed on, --json among them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '#local/setup/paths.ts';

const folder = join(paths.root, 'benchmarks');
const subjects = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'bench.ts')));
const [first, ...rest] = process.argv.slice(2);
const named = first !== undefined && !first.startsWith('--');

if (named && !subjects.includes(first)) {
  process.stderr.write(
    `Cannot run the benchmark ${first}: expected one of ${subjects.join(', ')}.\n`,
  );
  process.exitCode = 2;
} else {
  const args = named ? rest : process.argv.slice(2);
  for (const subject of named ? [first] : subjects) {
    const run = spawnSync(process.execPath, [join(folder, subject, 'bench.ts'), ...args], {
      stdio: 'inherit',
    });
    process.exitCode = process.exitCode || (run.status ?? 1);
  }
}
