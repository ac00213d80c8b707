import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { paths } from '#local/setup/paths.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the snowmelt command as a user does, against the platform of the tests. */
export function snowmelt(...args: readonly string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(paths.root, 'cli', 'bin.mjs'), ...args], {
    cwd: paths.root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ exitCode: code ?? 1, stdout, stderr }));
  });
}

/** Runs a command with --json and answers its document; a command that fails fails the test with what it said. */
export async function snowmeltJson<T>(...args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await snowmelt(...args, '--json');
  if (exitCode !== 0)
    throw new Error(`snowmelt ${args.join(' ')} ended with ${exitCode}:\n${stderr}\n${stdout}`);
  return JSON.parse(stdout) as T;
}

/** Rows of a query over the lake, every value as text. */
export async function lakeRows(sql: string): Promise<Record<string, string | null>[]> {
  const text = `select columns(*)::varchar from (${sql})`;
  const { columns, rows } = await snowmeltJson<{ columns: string[]; rows: (string | null)[][] }>(
    'query',
    text,
  );
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])));
}
