import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedEngine } from '#test/helpers/scripted-engine.ts';
import { createJwt, startTestStandIn, type TestStandIn } from '#test/helpers/snowflake-client.ts';
import { getRaw, jwtHeaders, type SqlApiClient, sqlApiClient } from '#test/helpers/sql-api.ts';

const engine = createScriptedEngine();
const STATEMENTS = '/api/v2/statements';
let standIn: TestStandIn;
let api: SqlApiClient;

beforeAll(async () => {
  standIn = await startTestStandIn({
    engine: () => engine,
    limits: { syncSeconds: 0.3, maxConcurrentStatements: 4 },
  });
  api = sqlApiClient(standIn);
});
afterAll(() => standIn.dispose());

describe('a result of the SQL API', () => {
  it('comes with its metadata in the answer to a statement', async () => {
    const { status, body } = await api.submit('rows 3 by 3');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      code: '090001',
      sqlState: '00000',
      message: 'Statement executed successfully.',
      statementStatusUrl: expect.stringContaining(`${STATEMENTS}/${body.statementHandle}`),
      resultSetMetaData: {
        numRows: 3,
        format: 'jsonv2',
        rowType: [
          { name: 'N', type: 'fixed', precision: 38, scale: 0, nullable: true },
          { name: 'T', type: 'text', length: 100 },
          { name: 'B', type: 'boolean' },
        ],
        partitionInfo: [{ rowCount: 3 }],
      },
    });
    expect(body.data).toEqual([
      ['0', 'a "quoted\\" [1,0] 0', null],
      ['1', 'text 1', 'true'],
      ['2', 'text 2', 'false'],
    ]);
  });

  it('writes every type as jsonv2 does', async () => {
    const { body } = await api.submit('types');
    expect(body.data?.[0]).toEqual([
      '12345678901234567890',
      '-1.50',
      '1.25',
      'ä "b"\n\u0001😀',
      'true',
      '19782',
      '3723.500000000',
      '1704164645.123456789',
      '1704164645.123456789',
      '1704164645.123456789 1500',
      '{"a":[1,null]}',
      '{"b":true}',
      '[1,"x"]',
      '00FFA1',
    ]);
    expect([...new Set(body.data?.[1])]).toEqual([null]);
  });

  it('writes NULL as text when asked to', async () => {
    const { body } = await api.submit('types', '?nullable=false');
    expect([...new Set(body.data?.[1])]).toEqual(['null']);
  });

  it('has one empty partition when there are no rows', async () => {
    const { body } = await api.submit('rows 0 by 10');
    expect(body.data).toEqual([]);
    expect(body.resultSetMetaData?.partitionInfo).toEqual([{ rowCount: 0, uncompressedSize: 0 }]);
  });

  it('counts the rows of DML', async () => {
    const { body } = await api.submit('insert 12');
    expect(body.data).toEqual([['12']]);
    expect(body.stats).toEqual({
      numRowsInserted: 12,
      numRowsUpdated: 0,
      numRowsDeleted: 0,
      numDuplicateRowsUpdated: 0,
    });
  });
});

describe('partitions of the SQL API', () => {
  it('are objects that hold nothing but rows, compressed, with the announced sizes', async () => {
    const { body } = await api.run('rows 2500 by 1000');
    const infos = body.resultSetMetaData?.partitionInfo ?? [];
    expect(infos.map(({ rowCount }) => rowCount)).toEqual([1000, 1000, 500]);
    expect(infos[0]).not.toHaveProperty('compressedSize');
    for (const index of [1, 2]) {
      const path = `${STATEMENTS}/${body.statementHandle}?partition=${index}`;
      const { encoding, sent, text } = await getRaw(standIn, path);
      expect(encoding).toBe('gzip');
      expect(sent.length).toBe(infos[index]?.compressedSize);
      expect(Buffer.byteLength(text)).toBe(infos[index]?.uncompressedSize);
      const document = JSON.parse(text);
      expect(Object.keys(document)).toEqual(['data']);
      expect(document.data).toHaveLength(infos[index]?.rowCount ?? -1);
      expect(document.data[0][0]).toBe(String(index * 1000));
    }
  });

  it('can be read by several clients at once, and again', async () => {
    const { body } = await api.run('rows 6000 by 1000');
    const path = (index: number) => `${STATEMENTS}/${body.statementHandle}?partition=${index}`;
    const read = async () => {
      const parts = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => api.get(path(index))));
      return parts.flatMap((part) => part.body.data ?? []).map(([n]) => Number(n));
    };
    const [one, two] = await Promise.all([read(), read()]);
    expect(one).toEqual(Array.from({ length: 6000 }, (_, n) => n));
    expect(two).toEqual(one);
    expect(await read()).toEqual(one);
  });

  it('are linked to one another', async () => {
    const { body } = await api.run('rows 30 by 10');
    const { headers } = await api.get(`${STATEMENTS}/${body.statementHandle}?partition=1`);
    const relations = [...(headers.get('link') ?? '').matchAll(/partition=(\d)>; rel="(\w+)"/g)];
    expect(relations.map(([, index, rel]) => `${rel} ${index}`)).toEqual([
      'first 0',
      'prev 0',
      'next 2',
      'last 2',
    ]);
  });

  it('are refused beyond the last', async () => {
    const { body } = await api.run('rows 30 by 10');
    const answer = await api.get(`${STATEMENTS}/${body.statementHandle}?partition=3`);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('Partition 3 does not exist');
  });
});

describe('a statement of the SQL API', () => {
  it('is answered 202 until it has ended', async () => {
    const started = await api.submit('wait 400', '?async=true');
    expect(started.status).toBe(202);
    expect(started.body).toEqual({
      code: '333334',
      message: expect.stringContaining('Asynchronous execution in progress.'),
      statementHandle: expect.any(String),
      statementStatusUrl: `${STATEMENTS}/${started.body.statementHandle}`,
    });
    const path = started.body.statementStatusUrl ?? '';
    expect((await api.get(path)).status).toBe(202);
    await new Promise((done) => setTimeout(done, 500));
    expect((await api.get(path)).body.data).toEqual([['400']]);
  });

  it('is answered 202, too, when it outlasts the time that a request is held', async () => {
    expect((await api.submit('wait 600')).status).toBe(202);
  });

  it('fails with 422 and Snowflake’s code, also when asked for later', async () => {
    const failed = await api.submit('fail');
    expect(failed.status).toBe(422);
    expect(failed.body).toMatchObject({
      code: '002003',
      sqlState: '42S02',
      message: expect.stringContaining("Object 'fail' does not exist"),
      statementHandle: expect.any(String),
    });
    const again = await api.get(`${STATEMENTS}/${failed.body.statementHandle}`);
    expect([again.status, again.body.code]).toEqual([422, '002003']);
  });

  it('never becomes a 5xx, whatever breaks', async () => {
    const { status, body } = await api.submit('crash');
    expect([status, body.code]).toEqual([422, '000603']);
  });

  it('ends with 408 at its timeout', async () => {
    const slow = await startTestStandIn({ engine: () => createScriptedEngine() });
    const { status, body } = await sqlApiClient(slow).submit('wait 9000', '', { timeout: 1 });
    expect([status, body.code, body.sqlState]).toEqual([408, '000630', '57014']);
    await slow.dispose();
  });

  it('can be cancelled', async () => {
    const { body } = await api.submit('wait 20000', '?async=true');
    const path = `${STATEMENTS}/${body.statementHandle}`;
    const cancelled = await api.post(`${path}/cancel`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ code: '000604', sqlState: '57014' });
    const after = await api.get(path);
    expect([after.status, after.body.code]).toEqual([422, '000604']);
    expect((await api.post(`${path}/cancel`)).status).toBe(422);
  });

  it('is not found under another handle', async () => {
    const { status, body } = await api.get(`${STATEMENTS}/01aaaaaa-0000-0000-0000-000000000000`);
    expect([status, body.code, body.sqlState]).toEqual([422, '000709', '02000']);
  });

  it('runs where and as the request says, names taken as they are written', async () => {
    const place = { database: 'Db', schema: 'S', warehouse: 'W', role: 'R' };
    await api.submit('rows 1 by 1', '', { ...place, parameters: { timezone: 'Europe/Berlin' } });
    expect(engine.opened.at(-1)).toEqual({
      user: 'SNOWMELT',
      database: '"Db"',
      schema: '"S"',
      warehouse: '"W"',
      role: '"R"',
      parameters: { TIMEZONE: 'Europe/Berlin' },
    });
  });

  it('carries bindings', async () => {
    const bindings = { 1: { type: 'FIXED', value: '123' }, 2: { type: 'TEXT', value: 'x' } };
    const { body } = await api.submit('binds', '', { bindings });
    expect(body.data).toEqual([['FIXED:"123"', 'TEXT:"x"']]);
  });

  it('leaves no session behind', async () => {
    const before = engine.openSessions;
    await api.submit('rows 1 by 1');
    await api.submit('fail');
    expect(engine.openSessions).toBe(before);
  });
});

describe('a result of yesterday', () => {
  it('is gone after a day', async () => {
    let nowMs = Date.now();
    const dated = await startTestStandIn({ engine: createScriptedEngine, nowMs: () => nowMs });
    const client = sqlApiClient(dated, () => nowMs);
    const { body } = await client.submit('rows 1 by 1');
    const path = `${STATEMENTS}/${body.statementHandle}`;
    nowMs += 23 * 3_600_000;
    expect((await client.get(path)).status).toBe(200);
    nowMs += 2 * 3_600_000;
    const late = await client.get(path);
    expect([late.status, late.body.code]).toEqual([422, '000709']);
    await dated.dispose();
  });
});

describe('a request sent again', () => {
  const count = () => engine.executed.filter((sql) => sql === 'insert 77').length;

  it('does not run its statement twice with retry=true', async () => {
    const query = `?requestId=${randomUUID()}`;
    const first = await api.submit('insert 77', query);
    const before = count();
    const again = await api.submit('insert 77', `${query}&retry=true`);
    expect(again.body.statementHandle).toBe(first.body.statementHandle);
    expect(again.body.data).toEqual([['77']]);
    expect(count()).toBe(before);
  });

  it('runs it twice without', async () => {
    const query = `?requestId=${randomUUID()}`;
    await api.submit('insert 77', query);
    const before = count();
    await api.submit('insert 77', query);
    expect(count()).toBe(before + 1);
  });

  it('runs it for the first time when the first request never arrived', async () => {
    const before = count();
    const { status } = await api.submit('insert 77', `?requestId=${randomUUID()}&retry=true`);
    expect([status, count()]).toEqual([200, before + 1]);
  });
});

describe('several statements in one request', () => {
  const several = (statement: string, number: string | number) =>
    api.submit(statement, '', { parameters: { MULTI_STATEMENT_COUNT: number } });

  it('answer with the handles of the single ones', async () => {
    const { body } = await several('insert 1; rows 2500 by 1000', '2');
    expect(body.data).toEqual([['Multiple statements executed successfully.']]);
    const [insert, select] = body.statementHandles ?? [];
    expect((await api.get(`${STATEMENTS}/${insert}`)).body.data).toEqual([['1']]);
    const last = await api.get(`${STATEMENTS}/${select}?partition=2`);
    expect(last.body.data).toHaveLength(500);
  });

  it('may be any number with 0', async () => {
    const { body } = await several('rows 1 by 1; rows 1 by 1; rows 1 by 1', 0);
    expect(body.statementHandles).toHaveLength(3);
  });

  it('are refused when not announced', async () => {
    const { status, body } = await api.submit('rows 1 by 1; rows 1 by 1');
    expect([status, body.code]).toEqual([422, '000008']);
    expect(body.message).toBe(
      'Actual statement count 2 did not match the desired statement count 1.',
    );
  });

  it('tell which one failed', async () => {
    const { status, body } = await several('insert 1; fail; insert 2', 3);
    expect([status, body.code, body.sqlState]).toEqual([422, '100132', 'P0000']);
    expect(body.message).toContain('failed on statement "fail" (at line 1, position 10)');
  });
});

describe('what the SQL API refuses', () => {
  const own = () => ({
    privateKeyPem: readFileSync(standIn.credentials.privateKeyPath, 'utf8'),
    account: standIn.credentials.account,
    user: standIn.credentials.user,
  });
  const statusAndCode = async (headers: Record<string, string>) => {
    const { status, body } = await api.post(STATEMENTS, { statement: 'rows 1 by 1' }, headers);
    return [status, body.code];
  };
  const nowSeconds = Math.floor(Date.now() / 1000);
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const privateKeyPem = otherKey.export({ format: 'pem', type: 'pkcs8' }).toString();

  it.each([
    ['a key that is not the user’s', () => ({ privateKeyPem })],
    ['an unknown user', () => ({ user: 'NOBODY' })],
    ['another account', () => ({ account: 'ELSEWHERE' })],
    ['an expired token', () => ({ issuedAt: nowSeconds - 700 })],
    [
      'a token older than an hour, whatever it says',
      () => ({
        issuedAt: nowSeconds - 3700,
        lifetimeSeconds: 7200,
      }),
    ],
    ['a token from the future', () => ({ issuedAt: nowSeconds + 600 })],
  ])('is %s', async (_, change) => {
    expect(await statusAndCode(jwtHeaders(createJwt({ ...own(), ...change() })))).toEqual([
      401,
      '390144',
    ]);
  });

  it('is a token that was tampered with', async () => {
    const [header, , signature] = createJwt(own()).split('.');
    const claims = JSON.stringify({ iss: 'LOCAL.SNOWMELT.SHA256:x', sub: 'LOCAL.SNOWMELT' });
    const forged = `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
    expect(await statusAndCode(jwtHeaders(forged))).toEqual([401, '390144']);
  });

  it('is a wrong programmatic access token, not the right one', async () => {
    const type = { 'x-snowflake-authorization-token-type': 'PROGRAMMATIC_ACCESS_TOKEN' };
    const bearer = (token: string) => ({ authorization: `Bearer ${token}`, ...type });
    expect(await statusAndCode(bearer('wrong'))).toEqual([401, '394400']);
    expect(await statusAndCode(bearer(standIn.credentials.pat))).toEqual([200, '090001']);
  });

  it('is not a token whose kind is left for Snowflake to see', async () => {
    const send = (token: string) =>
      fetch(`${standIn.accessUrl}${STATEMENTS}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ statement: 'rows 1 by 1' }),
      });
    expect((await send(createJwt(own()))).status).toBe(200);
    expect((await send(standIn.credentials.pat)).status).toBe(200);
  });

  it('is a request without a token', async () => {
    expect(await statusAndCode({ authorization: '' })).toEqual([401, '390101']);
  });

  it('is a body without a statement', async () => {
    const { status, body } = await api.post(STATEMENTS, { sql: 'select 1' });
    expect([status, body]).toEqual([
      400,
      { code: '390142', message: 'Incoming request does not contain a valid payload.' },
    ]);
  });

  it('is a body that is no JSON', async () => {
    expect(await statusAndCode({ 'content-type': 'text/plain' })).toEqual([415, '390142']);
  });

  it('is a client that takes no JSON', async () => {
    expect(await statusAndCode({ accept: 'text/html' })).toEqual([400, '391902']);
  });

  it('is a method or a route that is not there', async () => {
    expect((await api.get(STATEMENTS)).status).toBe(405);
    const unknown = await api.post('/api/v2/hello');
    expect(unknown.status).toBe(404);
    expect(unknown.body.message).toContain('POST /api/v2/hello');
  });

  it.each(['/v1/data/pipes/P/insertFiles', '/v2/streaming/hostname'])(
    'is %s, which it names',
    async (path) => {
      const { status, body } = await api.post(path);
      expect([status, body.message]).toEqual([404, expect.stringContaining(path)]);
    },
  );

  it('is one statement more than may run at once, with 429', async () => {
    const waits = await Promise.all(
      Array.from({ length: 6 }, () => api.submit('wait 3000', '?async=true')),
    );
    const statuses = waits.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
    expect(waits.find(({ status }) => status === 429)?.body).toEqual({
      code: '390505',
      message: 'Too many requests.',
    });
    const started = waits.filter(({ status }) => status === 202);
    await Promise.all(
      started.map(({ body }) => api.post(`${STATEMENTS}/${body.statementHandle}/cancel`)),
    );
  });
});
