import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '#local/setup/paths.mjs';
import { execute, snowflake } from '#test/helpers/snowflake-client.ts';

interface Started {
  readonly line: Record<string, string>;
  readonly ready: string;
  readonly child: ChildProcess;
}

let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'snowmelt-stand-in-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Starts the command and reads the two lines that it prints. */
async function start(): Promise<Started> {
  const args = [join(root, 'cli', 'bin.mjs'), 'stand-in', '--port', '0', '--data', dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[
    Symbol.asyncIterator
  ]();
  const line = JSON.parse((await lines.next()).value ?? '{}');
  const ready = (await lines.next()).value ?? '';
  return { line, ready, child };
}

/** Runs the command to its end; answers how it ended and what it said. */
async function refusal(...args: readonly string[]): Promise<{ code: number; message: string }> {
  const child = spawn(process.execPath, [join(root, 'cli', 'bin.mjs'), 'stand-in', ...args]);
  let message = '';
  child.stderr.on('data', (piece) => {
    message += piece;
  });
  const [code] = await once(child, 'close');
  return { code, message };
}

async function stop({ child }: Started): Promise<number> {
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  return code;
}

const connectBy = ({ account, accessUrl, user, pat, database, schema }: Started['line']) =>
  new Promise<ReturnType<typeof snowflake.createConnection>>((done, fail) => {
    const connection = snowflake.createConnection({
      account: String(account),
      accessUrl: String(accessUrl),
      username: String(user),
      authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
      token: String(pat),
      database: String(database),
      schema: String(schema),
    });
    connection.connect((error) => (error ? fail(error) : done(connection)));
  });

describe('snowmelt stand-in', () => {
  it('says how to reach it, ends at SIGTERM, and is the same when started again', async () => {
    const first = await start();
    expect(Object.keys(first.line)).toEqual([
      'account',
      'accessUrl',
      'user',
      'privateKeyPath',
      'pat',
      'database',
      'schema',
      'warehouse',
      'role',
    ]);
    expect(first.ready).toBe(`snowflake stand-in ready on ${first.line.accessUrl}`);
    const writer = await connectBy(first.line);
    await execute(writer, 'create table kept (n int)');
    await execute(writer, 'insert into kept values (1), (2)');
    expect(await stop(first)).toBe(0);

    const second = await start();
    const { accessUrl: _, ...credentials } = first.line;
    expect(second.line).toMatchObject(credentials);
    const reader = await connectBy(second.line);
    expect((await execute(reader, 'select sum(n) as s from kept')).rows).toEqual([{ S: 3 }]);
    expect(await stop(second)).toBe(0);
  });

  it('says what is in the way when its port or its folder is in use', async () => {
    const running = await start();
    const port = new URL(String(running.line.accessUrl)).port;
    const other = join(dataDir, 'other');
    const [folder, taken] = await Promise.all([
      refusal('--port', '0', '--data', dataDir),
      refusal('--port', port, '--data', other),
    ]);
    expect(folder).toEqual({ code: 2, message: expect.stringContaining('choose another folder') });
    expect(taken).toEqual({ code: 2, message: expect.stringContaining('Choose another with') });
    expect(await stop(running)).toBe(0);
  });
});
