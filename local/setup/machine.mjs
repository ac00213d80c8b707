import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NODE_MINIMUM = [20, 19];
const PYTHON_MINIMUM = [3, 11];
/** Spark 4.1 runs on these; https://spark.apache.org/docs/4.1.1/ */
const JAVA_VERSIONS = [17, 21];

const atLeast = (version, minimum) =>
  version[0] > minimum[0] || (version[0] === minimum[0] && version[1] >= minimum[1]);

const numbers = (text) => (text.match(/(\d+)\.(\d+)/) ?? []).slice(1).map(Number);

const answer = (command, args) => {
  const run = spawnSync(command, args, { encoding: 'utf8' });
  return run.status === 0 ? `${run.stdout}${run.stderr}`.trim() : undefined;
};

/** The first Python on the PATH that is new enough and can make virtual environments. */
export function findPython() {
  const found = [];
  for (const name of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11']) {
    const text = answer(name, ['--version']);
    if (text === undefined) continue;
    found.push(`${name}: ${text}`);
    if (!atLeast(numbers(text), PYTHON_MINIMUM)) continue;
    if (answer(name, ['-c', 'import venv, ensurepip']) !== undefined)
      return { command: name, found };
    found.push(`${name} cannot make virtual environments (Debian: apt-get install python3-venv)`);
  }
  return { command: undefined, found };
}

/** The machine's own Java if Spark can run on it: JAVA_HOME first, then the PATH. */
export function findJava() {
  const candidates = [process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin', 'java'), 'java'];
  for (const java of candidates) {
    if (!java || (java !== 'java' && !existsSync(java))) continue;
    const version = /version "(\d+)/.exec(answer(java, ['-version']) ?? '')?.[1];
    if (version !== undefined && JAVA_VERSIONS.includes(Number(version))) return { java, version };
  }
  return undefined;
}

/** Everything that is missing, each with what brings it; empty when the machine will do. */
export function machineProblems() {
  const problems = [];
  if (!atLeast(numbers(process.versions.node), NODE_MINIMUM)) {
    problems.push(
      `Node ${NODE_MINIMUM.join('.')} or newer is needed, this is ${process.versions.node}: https://nodejs.org`,
    );
  }
  const python = findPython();
  if (python.command === undefined) {
    const seen = python.found.length > 0 ? `found ${python.found.join('; ')}` : 'none was found';
    problems.push(
      `Python ${PYTHON_MINIMUM.join('.')} or newer is needed, ${seen}: https://www.python.org`,
    );
  }
  if (process.platform === 'win32') {
    problems.push('Windows itself is not supported: run inside WSL 2');
  }
  return problems;
}
