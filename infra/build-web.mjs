import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
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

/**
 * Builds web/dist unless it is newer than everything it is made of. It is built beside its place and then moved
 * there, since two deployments may do it at once.
 *
 * @param {string} root the repository
 */
export async function buildWeb(root) {
  const dist = join(root, 'web/dist');
  const newest = Math.max(...SOURCES.map((source) => changedAt(join(root, source))));
  if (changedAt(join(dist, 'index.html')) > newest) return;
  const outDir = join(root, `web/dist-${process.pid}`);
  const configFile = join(root, 'web/vite.config.ts');
  await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  rmSync(dist, { recursive: true, force: true });
  renameSync(outDir, dist);
}

/** Builds the web application before the functions are packaged, one of which serves it. */
export default class BuildWeb {
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => buildWeb(serverless.serviceDir),
    };
  }
}
