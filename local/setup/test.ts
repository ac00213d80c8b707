// npm test: every TypeScript and Python test, then one closing line over all of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './paths.ts';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const resultsDir = join(paths.setupDir, 'test-results');
const vitestResults = join(resultsDir, 'vitest.json');
const pytestResults = join(resultsDir, 'pytest.xml');

interface Running {
  /** Exit code, once it has ended. */
  readonly ended: Promise<number>;
  /** Everything that it wrote. */
  readonly output: Promise<string>;
}

function start(
  command: string,
  args: readonly string[],
  { stdio, env = {} }: { stdio: 'inherit' | 'pipe'; env?: NodeJS.ProcessEnv },
): Running {
  const child = spawn(command, args, {
    cwd: paths.root,
    stdio: ['ignore', stdio, stdio],
    env: { ...process.env, ...env },
  });
  let output = '';
  const hear = (data: Buffer): void => {
    output += data;
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
  return { ended, output: ended.then(() => output) };
}

/** Many tests wait for servers, so that both runners are done sooner side by side. */
async function runBoth(args: readonly string[]): Promise<{ vitest: number; pytest: number }> {
  const python = start(paths.venvPython, ['-m', 'pytest', '-q', `--junitxml=${pytestResults}`], {
    stdio: 'pipe',
    env: paths.javaHome === undefined ? {} : { JAVA_HOME: paths.javaHome },
  });
  process.stdout.write('Python tests run meanwhile; what they say comes at the end.\n');
  const reporters = ['--reporter=default', '--reporter=json'];
  const vitest = await start(
    join(paths.root, 'node_modules', '.bin', 'vitest'),
    ['run', ...reporters, `--outputFile.json=${vitestResults}`, ...args],
    { stdio: 'inherit' },
  ).ended;
  process.stdout.write(`\nPython tests:\n${await python.output}`);
  return { vitest, pytest: await python.ended };
}

/** A runner that ended badly without a failed test, or left no result, counts as one failure. */
function settle(tally: Tally | undefined, exitCode: number): Tally {
  if (tally === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function vitestTally(): Tally | undefined {
  if (!existsSync(vitestResults)) return undefined;
  const results = JSON.parse(readFileSync(vitestResults, 'utf8'));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function pytestTally(): Tally | undefined {
  if (!existsSync(pytestResults)) return undefined;
  const suite = /<testsuite [^>]*>/.exec(readFileSync(pytestResults, 'utf8'))?.[0] ?? '';
  const count = (name: string): number =>
    Number(new RegExp(`${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}

async function main(args: readonly string[]): Promise<void> {
  rmSync(resultsDir, { recursive: true, force: true });
  mkdirSync(resultsDir, { recursive: true });
  const { vitest, pytest } = await runBoth(args);
  const tallies = [settle(vitestTally(), vitest), settle(pytestTally(), pytest)];
  const total = (name: keyof Tally): number => tallies.reduce((sum, tally) => sum + tally[name], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed${skipped}\n`);
  process.exitCode = total('failed') > 0 ? 1 : 0;
}

await main(process.argv.slice(2));
