import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '#local/setup/paths.ts';

/** What is not part of the checkout, or what a build writes itself. */
const NOT_LINKED = new Set(['.git', '.snowmelt', '.serverless', '.esbuild']);

/**
 * A folder that looks like the checkout, its folders linked, and takes what a build writes. Builds of two
 * platforms, or of a platform and a person, in one folder would overwrite each other's files.
 */
export function linkCheckout(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(paths.root, { withFileTypes: true })) {
    if (NOT_LINKED.has(entry.name)) continue;
    const [source, target] = [join(paths.root, entry.name), join(folder, entry.name)];
    // serverless.yml itself must be a file.
    if (entry.isFile()) copyFileSync(source, target);
    else symlinkSync(source, target);
  }
}
