import type { Connection, QueryStatus, RowStatement } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedEngine } from '#test/helpers/scripted-engine.ts';
import {
  connect,
  disconnect,
  execute,
  type Row,
  startTestStandIn,
  type TestStandIn,
} from '#test/helpers/snowflake-client.ts';

const engine = createScriptedEngine();
let standIn: TestStandIn;
let connection: Connection;

beforeAll(async () => {
  standIn = await startTestStandIn({ engine: () => engine, limits: { syncSeconds: 0.3 } });
  connection = await connect(standIn);
});
afterAll(async () => {
  await disconnect(connection);
  await standIn.dispose();
});

const namesOf = (statement: RowStatement): string[] =>
  (statement.getColumns() ?? []).map((column) => column.getName());

describe('results in the Node driver', () => {
  it('give every type its JavaScript value', async () => {
    const { rows } = await execute(connection, 'types');
    const [row, nulls] = rows as [Row, Row];
    expect(row).toMatchObject({
      CENTS: -1.5,
      REAL: 1.25,
      TEXT: 'ä "b"\n\u0001😀',
      BOOLEAN: true,
      TIME: '01:02:03',
      VARIANT: { a: [1, null] },
      OBJECT: { b: true },
      ARRAY: [1, 'x'],
    });
    expect(String(row.FIXED)).toBe('12345678901234567000');
    expect((row.DATE as Date).toISOString()).toBe('2024-02-29T00:00:00.000Z');
    expect((row.NTZ as Date).toISOString()).toBe('2024-01-02T03:04:05.123Z');
    expect((row.TZ as Date).toISOString()).toBe('2024-01-02T03:04:05.123Z');
    expect(Buffer.from(row.BINARY as Buffer).toString('hex')).toBe('00ffa1');
    expect([...new Set(Object.values(nulls))]).toEqual([null]);
  });

  it('arrive whole in chunks', async () => {
    const { rows } = await execute(connection, 'rows 25000 by 4000');
    expect(rows).toHaveLength(25_000);
    expect(rows[24_999]).toEqual({ N: 24_999, T: 'text 24999', B: null });
    expect(rows[7]).toEqual({ N: 7, T: 'a "quoted\\" [1,0] 7', B: true });
  });

  it('may have no row at all', async () => {
    const { rows, statement } = await execute(connection, 'rows 0 by 10');
    expect(rows).toEqual([]);
    expect(namesOf(statement)).toEqual(['N', 'T', 'B']);
  });

  it('refuse a chunk to a client without the key', async () => {
    const { statement } = await execute(connection, 'rows 5000 by 1000');
    const url = `${standIn.accessUrl}/chunks/${statement.getQueryId()}/1`;
    expect((await fetch(url)).status).toBe(403);
  });

  it('count the rows of DML', async () => {
    const { statement } = await execute(connection, 'insert 12');
    expect(statement.getNumUpdatedRows()).toBe(12);
  });

  it('say where the session stands after the statement', async () => {
    const { statement } = await execute(connection, 'rows 1 by 1');
    expect(statement.getQueryId()).toMatch(/^01[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('statements of the Node driver', () => {
  it('carry binds, one by one and as arrays', async () => {
    const single = await execute(connection, 'binds', { binds: [1, 'x', true, null, 1.5] });
    expect(Object.values(single.rows[0] ?? {})).toEqual([
      'FIXED:"1"',
      'TEXT:"x"',
      'BOOLEAN:"true"',
      'TEXT:null',
      'REAL:"1.5"',
    ]);
    const arrays = await execute(connection, 'binds', {
      binds: [
        [1, 'a'],
        [2, 'b'],
      ],
    });
    expect(Object.values(arrays.rows[0] ?? {})).toEqual(['FIXED:["1","2"]', 'TEXT:["a","b"]']);
  });

  it('carry large array binds inside the request', async () => {
    const binds = Array.from({ length: 70_000 }, (_, n) => [n]);
    const { rows } = await execute(connection, 'binds', { binds });
    expect(String(rows[0]?.B1)).toContain('"69999"]');
  });

  it('fail with Snowflake’s code, state and message', async () => {
    await expect(execute(connection, 'fail')).rejects.toMatchObject({
      code: '002003',
      sqlState: '42S02',
      message: "SQL compilation error:\nObject 'fail' does not exist or not authorized.",
    });
  });

  it('fail with 000603 when the engine breaks, and the session goes on', async () => {
    await expect(execute(connection, 'crash')).rejects.toMatchObject({
      code: '000603',
      message: expect.stringContaining('a fault of the engine'),
    });
    expect((await execute(connection, 'rows 1 by 1')).rows).toHaveLength(1);
  });

  it('are described without being run', async () => {
    const columns = await new Promise<string[]>((done, fail) => {
      connection.execute({
        sqlText: 'rows 5 by 5',
        describeOnly: true,
        complete: (error, statement) =>
          error ? fail(error) : done(namesOf(statement as RowStatement)),
      } as Parameters<Connection['execute']>[0]);
    });
    expect(columns).toEqual(['N', 'T', 'B']);
  });

  it('are waited for beyond the time that a request is held', async () => {
    const { rows } = await execute(connection, 'wait 900');
    expect(rows).toEqual([{ WAITED: 900 }]);
  });

  it('run one after the other in a session', async () => {
    const before = engine.executed.length;
    await Promise.all([execute(connection, 'wait 120'), execute(connection, 'rows 1 by 1')]);
    expect(engine.executed.slice(before)).toEqual(['wait 120', 'rows 1 by 1']);
  });

  it('can be several in one request', async () => {
    const all: Row[][] = [];
    await new Promise<void>((done, fail) => {
      const run = connection.execute({
        sqlText: 'rows 2 by 2; insert 3; rows 1 by 1',
        parameters: { MULTI_STATEMENT_COUNT: 3 },
        complete: (error, statement, rows) => {
          if (error) return fail(error);
          all.push(rows as Row[]);
          if ((statement as { hasNext(): boolean }).hasNext()) {
            (statement as unknown as { NextResult(): void }).NextResult();
          } else done();
          return undefined;
        },
      });
      expect(run).toBeDefined();
    });
    expect(all.map((rows) => rows.length)).toEqual([2, 1, 1]);
  });

  it('are refused when their number is not the announced one', async () => {
    await expect(execute(connection, 'rows 1 by 1; rows 1 by 1')).rejects.toMatchObject({
      code: '000008',
      message: 'Actual statement count 2 did not match the desired statement count 1.',
    });
  });

  it('say which of several has failed, with those before it done', async () => {
    const before = engine.executed.length;
    const parameters = { MULTI_STATEMENT_COUNT: 0 };
    const sqlText = 'insert 1;\n fail;\n insert 2';
    await expect(execute(connection, sqlText, { parameters })).rejects.toMatchObject({
      code: '100132',
      sqlState: 'P0000',
      message: expect.stringContaining('failed on statement "fail" (at line 2, position 1)'),
    });
    expect(engine.executed.slice(before)).toEqual(['insert 1', 'fail']);
  });
});

const startAsync = async (sqlText: string): Promise<string> => {
  const queryId = await new Promise<string>((done, fail) => {
    connection.execute({
      sqlText,
      asyncExec: true,
      complete: (error, statement) => (error ? fail(error) : done(statement.getQueryId())),
    });
  });
  return queryId;
};

const collect = async (queryId: string, by = connection): Promise<Row[]> => {
  const statement = await by.getResultsFromQueryId({ queryId });
  const rows: Row[] = [];
  for await (const row of statement.streamRows()) rows.push(row as Row);
  return rows;
};

describe('asynchronous statements', () => {
  it('are answered at once and fetched later, by another connection too', async () => {
    const queryId = await startAsync('wait 700');
    expect(
      connection.isStillRunning((await connection.getQueryStatus(queryId)) as QueryStatus),
    ).toBe(true);
    const other = await connect(standIn);
    expect(await collect(queryId, other)).toEqual([{ WAITED: 700 }]);
    expect(await connection.getQueryStatus(queryId)).toBe('SUCCESS');
    await disconnect(other);
  });

  it('tell their failure when asked for', async () => {
    const queryId = await startAsync('fail');
    await expect(collect(queryId)).rejects.toMatchObject({
      sqlState: '42S02',
      message: expect.stringContaining("Object 'fail' does not exist"),
    });
    expect(await connection.getQueryStatus(queryId)).toBe('FAILED_WITH_ERROR');
  });

  it('are not found under another id', async () => {
    const id = '01aaaaaa-0000-0000-0000-000000000000';
    await expect(connection.getQueryStatus(id)).rejects.toMatchObject({ code: '000709' });
  });
});

describe('cancelling', () => {
  const cancelled = (sqlText: string) =>
    new Promise<{ code: unknown; ms: number }>((done) => {
      const startedAt = Date.now();
      const statement = connection.execute({
        sqlText,
        complete: (error) => done({ code: error?.code, ms: Date.now() - startedAt }),
      });
      setTimeout(() => statement.cancel(() => undefined), 100);
    });

  it('ends a running statement with 000604', async () => {
    const { code, ms } = await cancelled('wait 20000');
    expect(code).toBe('000604');
    expect(ms).toBeLessThan(5000);
  });

  it('does not wait for an engine that is slow to notice', async () => {
    const { code, ms } = await cancelled('wait deafly 1500');
    expect(code).toBe('000604');
    expect(ms).toBeLessThan(1200);
    expect((await execute(connection, 'rows 1 by 1')).rows).toHaveLength(1);
  });
});
