#!/usr/bin/env node
// Entry of npm start, npm test, npm run check, soak and bench: runs on any Node from 20.19 without a package installed,
// checks the machine, does the set-up that is missing, and goes on under the project's own Node.
import { join } from 'node:path';
import { runInForeground } from './foreground.mjs';
import { machineProblems } from './machine.mjs';
import { paths, root } from './paths.mjs';
import { foreignClients, jars, java, nodePackages, pythonPackages } from './steps.mjs';

const PLATFORM = [nodePackages, pythonPackages, java, jars];

const TASKS = {
  setup: { steps: PLATFORM, script: undefined },
  start: { steps: PLATFORM, script: 'local/demo/start.ts' },
  test: { steps: [...PLATFORM, foreignClients], script: 'local/setup/test.ts' },
  check: { steps: [nodePackages, pythonPackages], script: 'local/setup/check.ts' },
  soak: { steps: PLATFORM, script: 'local/setup/soak.ts' },
  bench: { steps: PLATFORM, script: 'benchmarks/run.ts' },
};

async function main([name, ...args]) {
  const task = TASKS[name];
  if (task === undefined)
    throw new Error(`Cannot run ${name}: expected one of ${Object.keys(TASKS).join(', ')}.`);
  const problems = machineProblems();
  if (problems.length > 0)
    throw new Error(`This machine lacks what Snowmelt needs:\n  - ${problems.join('\n  - ')}`);
  for (const step of task.steps) await step();
  if (task.script === undefined) return 0;
  const env = { ...process.env, PATH: `${paths.nodeBin}:${process.env.PATH}` };
  const node = join(paths.nodeBin, 'node');
  return runInForeground(node, [join(root, task.script), ...args], { cwd: root, env });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
