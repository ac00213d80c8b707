#!/usr/bin/env node
// The snowmelt command. The rest of the CLI is TypeScript, which the project's own Node runs as it is.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_THAT_STRIPS_TYPES = 24;

async function runByOwnNode() {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    process.stderr.write(
      'Cannot run snowmelt: its packages are not installed. Run npm run setup in the checkout.\n',
    );
    return 2;
  }
  const { runInForeground } = await import('../local/setup/foreground.mjs');
  return runInForeground(node, process.argv.slice(1));
}

if (Number(process.versions.node.split('.')[0]) >= NODE_THAT_STRIPS_TYPES) {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.exitCode = await runByOwnNode();
}
