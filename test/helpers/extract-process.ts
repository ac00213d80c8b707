import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { paths } from '#local/setup/paths.ts';

const runner = fileURLToPath(new URL('extract-runner.mjs', import.meta.url));

/** The function's bundle, made with the options that serverless.yml gives esbuild. */
export async function bundleFunction(name: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}.cjs`);
  await build({
    absWorkingDir: paths.root,
    entryPoints: [`functions/${name}/index.ts`],
    outfile,
    bundle: true,
    keepNames: true,
    platform: 'node',
    target: 'node24',
    external: ['@duckdb/node-api'],
    logLevel: 'error',
  });
  return outfile;
}

export interface ExtractProcess {
  readonly child: ChildProcess;
  /** What the last step answered; fails with the process's output when it failed. */
  readonly answer: Promise<Record<string, unknown>>;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A process of its own that extracts one window, as Lambda would. */
export function startExtraction(
  module: string,
  env: Readonly<Record<string, string>>,
  request: object,
): ExtractProcess {
  const node = join(paths.nodeBin, 'node');
  const child = spawn(node, [runner, module, JSON.stringify(request)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += String(chunk);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const answer = ended.then(({ code, signal }) => {
    const text = /^ANSWER (.*)$/m.exec(output)?.[1];
    if (code === 0 && text !== undefined) return JSON.parse(text);
    throw new Error(`the extraction ended with ${code ?? signal}:\n${output}`);
  });
  answer.catch(() => undefined);
  return { child, answer, ended };
}
