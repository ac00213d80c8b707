import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.ts';

const MODULE = join(paths.root, 'local', 'setup', 'foreground.mjs');

/** A process that runs a script of another Node in its place; answers once that one has spoken. */
async function start(script: string) {
  const outer = [
    `const { runInForeground } = await import(${JSON.stringify(MODULE)});`,
    `process.exitCode = await runInForeground(process.execPath, ['-e', ${JSON.stringify(script)}]);`,
  ].join('\n');
  const child = spawn(process.execPath, ['--input-type=module', '-e', outer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

const LISTENING = "console.log('ready'); setInterval(() => {}, 1000);";

describe('a program in the foreground', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'gets %s and ends in its own way, with its own exit code',
    async (signal) => {
      const child = await start(
        `process.on('${signal}', () => setTimeout(() => process.exit(7), 50)); ${LISTENING}`,
      );

      child.kill(signal);

      expect(await once(child, 'close')).toEqual([7, null]);
    },
  );

  it('gives its signal to the one that started it', async () => {
    const child = await start(LISTENING);

    child.kill('SIGTERM');

    expect(await once(child, 'close')).toEqual([null, 'SIGTERM']);
  });

  it('gives its exit code to the one that started it', async () => {
    const child = await start("console.log('ready'); process.exitCode = 75;");

    expect(await once(child, 'close')).toEqual([75, null]);
  });
});
