import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { standInLine } from '#cli/stand-in.ts';
import { javaCommand, sparkJarsDir } from '#local/setup/java.mjs';
import { paths, root } from '#local/setup/paths.mjs';
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
  if (!existsSync(python)) {
    throw new Error(`There is no ${python}: run npm test once, which brings the foreign clients.`);
  }
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

/**
 * Runs test/clients/JdbcClient.java against the stand-in; answers what it printed, by name. Janino
 * compiles it, for the Java that the set-up brings has no compiler.
 */
export async function runJdbcClient({
  accessUrl,
  credentials,
}: TestStandIn): Promise<Record<string, string>> {
  const compiler = readdirSync(sparkJarsDir()).filter((name) =>
    /^(janino|commons-compiler)-/.test(name),
  );
  const classPath = [
    ...compiler.map((name) => join(sparkJarsDir(), name)),
    join(paths.clientJarsDir, '*'),
  ];
  const { user, password, database, schema, warehouse } = credentials;
  const { stdout } = await run(
    javaCommand(),
    [
      '--add-opens=java.base/java.nio=ALL-UNNAMED',
      '-Duser.timezone=UTC',
      '-cp',
      classPath.join(delimiter),
      'org.codehaus.janino.SimpleCompiler',
      join(root, 'test', 'clients', 'JdbcClient.java'),
      'JdbcClient',
      new URL(accessUrl).host,
      ...[user, password, database, schema, warehouse],
    ],
    {
      env: { ...process.env, SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true' },
      timeout: 100_000,
    },
  );
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('\t') as [string, string]));
}
