import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { standInLine } from '#cli/stand-in.ts';
import { root } from '#local/setup/paths.mjs';
import type { TestStandIn } from './snowflake-client.ts';

const run = promisify(execFile);

/**
 * Runs a Python client of test/clients against the stand-in; answers the JSON document that it
 * prints last.
 */
export async function runForeignClient(
  python: string,
  script: string,
  standIn: TestStandIn,
  ...args: readonly string[]
): Promise<unknown> {
  const line = join(standIn.dataDir, 'line.json');
  writeFileSync(line, JSON.stringify(standInLine(standIn)));
  const path = join(root, 'test', 'clients', script);
  const { stdout } = await run(python, [path, line, ...args], {
    env: { ...process.env, DO_NOT_TRACK: '1', RUNTIME__DLTHUB_TELEMETRY: 'false' },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 100_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
