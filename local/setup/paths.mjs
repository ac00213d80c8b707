import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What the set-up makes; shared by every platform of this checkout. */
export const setupDir = join(root, '.snowmelt');

const executable = (venv, name) =>
  process.platform === 'win32' ? join(venv, 'Scripts', `${name}.exe`) : join(venv, 'bin', name);

const client = (name, requirements) => ({
  venv: join(setupDir, name),
  python: executable(join(setupDir, name), 'python'),
  requirements,
});

/**
 * Where things are on this machine. `home` holds one platform's state and logs and can be moved with
 * SNOWMELT_HOME, so that tests have a platform of their own; the rest belongs to the checkout.
 */
export const paths = {
  root,
  setupDir,
  home: process.env.SNOWMELT_HOME ? resolve(process.env.SNOWMELT_HOME) : setupDir,
  venv: join(setupDir, 'venv'),
  venvPython: executable(join(setupDir, 'venv'), 'python'),
  /** Environments of the foreign clients that tests point at the stand-in, by what they hold. */
  clients: {
    'foreign clients': client('clients-venv', 'requirements.txt'),
    'older Snowflake connector': client('clients-4-venv', 'requirements-4.txt'),
  },
  jarsDir: join(setupDir, 'jars'),
  clientJarsDir: join(setupDir, 'client-jars'),
  stampsDir: join(setupDir, 'stamps'),
  bundledJavaHome: join(setupDir, 'java'),
  nodeBin: join(root, 'node_modules', 'node', 'bin'),
  /** JAVA_HOME for Spark: the runtime that the set-up brought, or undefined for the machine's own. */
  get javaHome() {
    if (existsSync(join(setupDir, 'java', 'bin', 'java'))) return join(setupDir, 'java');
    return process.env.JAVA_HOME;
  },
};
