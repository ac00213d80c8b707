// npm run soak -- <stage> [--seed N] [--minutes N] [--kills N]: the stage's fault and kill tests over and over, each
// round with another seed, until the time is up or a round fails. A failed round is repeated by its seed. A round of
// extract ends after so many kills.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { paths } from './paths.ts';

/** Tests of each stage that are told apart by SNOWMELT_SEED. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  extract: ['test/local/extract/soak.test.ts'],
  transform: ['test/local/transform'],
};

function usage(problem: string): never {
  process.stderr.write(
    `${problem}\nUsage: npm run soak -- <${Object.keys(STAGES).join('|')}> [--seed N] [--minutes N] [--kills N]\n`,
  );
  process.exit(2);
}

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    kills: { type: 'string', default: '1000' },
  },
  allowPositionals: true,
});
const [stage] = positionals;
const folders = STAGES[stage ?? ''];
if (stage === undefined || folders === undefined) usage(`Cannot soak ${stage ?? 'nothing'}.`);
const firstSeed = Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isInteger(firstSeed) || !(minutes > 0) || !(Number(values.kills) > 0))
  usage('Cannot read --seed, --minutes or --kills: give numbers.');
if (!folders.every((folder) => existsSync(join(paths.root, folder))))
  usage(`There is nothing to soak in ${stage} yet.`);

const deadline = Date.now() + minutes * 60_000;
let rounds = 0;
let failed = 0;
for (let seed = firstSeed; Date.now() < deadline && failed === 0; seed += 1) {
  const run = spawnSync(
    join(paths.root, 'node_modules', '.bin', 'vitest'),
    ['run', '--project', 'local', ...folders],
    {
      cwd: paths.root,
      stdio: 'inherit',
      env: {
        ...process.env,
        SNOWMELT_SEED: String(seed),
        SNOWMELT_KILLS: values.kills,
        SNOWMELT_MINUTES: String((deadline - Date.now()) / 60_000),
      },
    },
  );
  rounds += 1;
  if (run.status !== 0) failed += 1;
  process.stdout.write(
    `round ${rounds}, seed ${seed}: ${run.status === 0 ? 'passed' : 'FAILED'}\n`,
  );
}
process.stdout.write(`${rounds - failed} rounds passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
