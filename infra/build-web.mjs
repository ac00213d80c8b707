import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'vite';

/** What the web application is made of. */
const SOURCES = ['web/index.html', 'web/vite.config.ts', 'web/src', 'web/public', 'src/model'];

function changedAt(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const below = readdirSync(path, { recursive: true }).map((name) => join(path, String(name)));
  return Math.max(stat.mtimeMs, ...below.map((name) => statSync(name).mtimeMs));
}

/** A build takes seconds: a lock older than this is of one that was killed. */
const STALE_MS = 60_000;

/** Makes the folder `lock`, waiting for another process that has made it. */
async function acquire(lock) {
  for (;;) {
    try {
      return mkdirSync(lock);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - changedAt(lock) > STALE_MS) rmSync(lock, { recursive: true, force: true });
      await sleep(100);
    }
  }
}

const isCurrent = (root) =>
  changedAt(join(root, 'web/dist/index.html')) >
  Math.max(...SOURCES.map((source) => changedAt(join(root, source))));

/**
 * Builds web/dist unless it is newer than everything it is made of. Two deployments may want it at once: one builds
 * it beside its place and moves it there, the other waits.
 *
 * @param {string} root the repository
 */
export async function buildWeb(root) {
  const lock = join(root, 'web/dist.lock');
  await acquire(lock);
  try {
    if (isCurrent(root)) return;
    const outDir = join(root, 'web/dist.next');
    const configFile = join(root, 'web/vite.config.ts');
    await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
    rmSync(join(root, 'web/dist'), { recursive: true, force: true });
    renameSync(outDir, join(root, 'web/dist'));
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Builds the web application before the functions are packaged, one of which serves it. */
export default class BuildWeb {
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => buildWeb(serverless.serviceDir),
    };
  }
}
