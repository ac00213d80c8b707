import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedEngine } from '#test/helpers/scripted-engine.ts';
import {
  connect,
  connectionOptions,
  disconnect,
  execute,
  snowflake,
  startTestStandIn,
  type TestStandIn,
} from '#test/helpers/snowflake-client.ts';

let standIn: TestStandIn;
const engine = createScriptedEngine();
let nowMs = Date.now();

beforeAll(async () => {
  standIn = await startTestStandIn({
    engine: () => engine,
    limits: { sessionSeconds: 100, masterSeconds: 1000 },
    nowMs: () => nowMs,
  });
});
afterAll(() => standIn.dispose());

const keyPair = (): Partial<ConnectionOptions> => ({
  authenticator: 'SNOWFLAKE_JWT',
  privateKeyPath: standIn.credentials.privateKeyPath,
});

const pat = (token: string): Partial<ConnectionOptions> => ({
  authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
  token,
});

const logsIn = async (more: Partial<ConnectionOptions>): Promise<void> => {
  const connection = await connect(standIn, more);
  await execute(connection, 'rows 1 by 1');
  await disconnect(connection);
};

describe('log-in of the Node driver', () => {
  it('takes the generated password', () => logsIn({}));

  it('takes the generated key pair', () => logsIn(keyPair()));

  it('takes the generated programmatic access token', () => logsIn(pat(standIn.credentials.pat)));

  it('takes the token in the password’s place', () =>
    logsIn({ password: standIn.credentials.pat }));

  it('takes a user name in any case', () => logsIn({ username: 'snowMelt' }));

  it('refuses a wrong password with 390100', async () => {
    await expect(connect(standIn, { password: 'wrong' })).rejects.toMatchObject({
      code: '390100',
      message: 'Incorrect username or password was specified.',
    });
  });

  it('refuses an unknown user as it refuses a wrong password', async () => {
    await expect(connect(standIn, { username: 'NOBODY' })).rejects.toMatchObject({
      code: '390100',
    });
  });

  it('refuses a key that is not the user’s with 390144', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const path = join(standIn.dataDir, 'other-key.pem');
    writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await expect(connect(standIn, { ...keyPair(), privateKeyPath: path })).rejects.toMatchObject({
      code: '390144',
    });
  });

  it('refuses a wrong token with 394400', async () => {
    await expect(connect(standIn, pat('wrong'))).rejects.toMatchObject({ code: '394400' });
  });

  it('opens the session where the connection says, names as they are given', async () => {
    const place = { database: 'sales', schema: '"Mixed"', warehouse: 'big', role: 'reader' };
    const connection = await connect(standIn, place);
    expect(engine.opened.at(-1)).toMatchObject({
      user: 'SNOWMELT',
      ...place,
    });
    await disconnect(connection);
  });
});

describe('life of a session', () => {
  it('closes the engine’s session at log-out', async () => {
    const before = engine.openSessions;
    const connection = await connect(standIn);
    expect(engine.openSessions).toBe(before + 1);
    await disconnect(connection);
    await expect.poll(() => engine.openSessions).toBe(before);
  });

  it('lets the driver renew a session token that has run out', async () => {
    const connection = await connect(standIn);
    nowMs += 101_000;
    expect((await execute(connection, 'rows 2 by 2')).rows).toHaveLength(2);
    await disconnect(connection);
  });

  it('ends when the master token has run out', async () => {
    const connection = await connect(standIn);
    nowMs += 1_001_000;
    await expect(execute(connection, 'rows 1 by 1')).rejects.toMatchObject({
      message: expect.stringContaining('terminated connection'),
    });
  });

  it('is kept alive by heartbeats', async () => {
    const connection = await connect(standIn);
    nowMs += 90_000;
    expect(await connection.isValidAsync()).toBe(true);
    nowMs += 950_000;
    expect((await execute(connection, 'rows 1 by 1')).rows).toHaveLength(1);
    await disconnect(connection);
  });

  it('serves a pool of connections', async () => {
    const pool = snowflake.createPool(connectionOptions(standIn), {
      max: 3,
      min: 0,
      testOnBorrow: true,
    });
    const counts = await Promise.all(
      Array.from({ length: 8 }, () =>
        pool.use(async (connection) => (await execute(connection, 'rows 4 by 4')).rows.length),
      ),
    );
    expect(counts).toEqual(Array.from({ length: 8 }, () => 4));
    await pool.drain();
    await pool.clear();
  });
});

const post = (path: string, headers: Record<string, string>, body: unknown = {}) =>
  fetch(`${standIn.accessUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('a driver that sends a request again', () => {
  it('gets the answer of the first, and the statement runs once', async () => {
    const { user, password } = standIn.credentials;
    const login = { data: { LOGIN_NAME: user, PASSWORD: password } };
    const { data } = await (await post('/session/v1/login-request', {}, login)).json();
    const authorization = `Snowflake Token="${data.token}"`;
    const path = '/queries/v1/query-request?requestId=one';
    const before = engine.executed.length;
    const first = await post(path, { authorization }, { sqlText: 'insert 5' });
    const again = await post(`${path}&retryCount=1`, { authorization }, { sqlText: 'insert 5' });
    expect((await again.json()).data.queryId).toBe((await first.json()).data.queryId);
    expect(engine.executed.slice(before)).toEqual(['insert 5']);
  });
});

describe('requests that no driver of ours sends', () => {
  it('answers 401 and 390104 to an unknown session token', async () => {
    const response = await post('/queries/v1/query-request', {
      authorization: 'Snowflake Token="forged"',
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ success: false, code: '390104' });
  });

  it('names the route that it does not serve', async () => {
    const response = await post('/session/authenticator-request', {});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      success: false,
      message: expect.stringContaining('POST /session/authenticator-request'),
    });
  });

  it('names the authenticator that it does not know', async () => {
    const data = { AUTHENTICATOR: 'EXTERNALBROWSER', LOGIN_NAME: 'SNOWMELT' };
    const response = await post('/session/v1/login-request', {}, { data });
    expect(await response.json()).toMatchObject({
      success: false,
      code: '390139',
      message: expect.stringContaining('EXTERNALBROWSER'),
    });
  });

  it('refuses a body that is not what Snowflake expects', async () => {
    const response = await post('/session/v1/login-request', {}, { nothing: 'known' });
    expect(await response.json()).toMatchObject({ success: false, code: '390142' });
  });
});
