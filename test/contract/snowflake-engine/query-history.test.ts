import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openTestEngine, records, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

let now = new Date('2026-05-01T10:00:00Z');
let engine: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  engine = await openTestEngine(() => now);
  session = await engine.session();
  await run(session, 'create table t (a int)');
});
afterAll(() => engine.close());

const BY_SESSION = 'table(information_schema.query_history_by_session())';

describe('the query history', () => {
  it('has every statement of the session, newest first, with what became of it', async () => {
    await run(session, "alter session set query_tag = 'nightly'");
    await run(session, 'insert into t values (1), (2), (3)');
    await run(session, 'select * from t where a = ?', {
      binds: { 1: { type: 'FIXED', value: '2' } },
    });
    await expect(run(session, 'select * from missing')).rejects.toThrow('does not exist');
    const seen = await records(
      session,
      `select query_text, query_type, query_tag, execution_status, error_code, rows_produced,
              database_name, schema_name, user_name, role_name, warehouse_name
       from ${BY_SESSION}`,
    );
    const common = {
      DATABASE_NAME: 'DB',
      SCHEMA_NAME: 'PUBLIC',
      USER_NAME: 'TESTER',
      ROLE_NAME: 'ACCOUNTADMIN',
      WAREHOUSE_NAME: 'COMPUTE_WH',
    };
    const done = { ...common, QUERY_TAG: 'nightly', EXECUTION_STATUS: 'SUCCESS', ERROR_CODE: null };
    expect(seen.slice(0, 3)).toEqual([
      {
        ...done,
        QUERY_TEXT: 'select * from missing',
        QUERY_TYPE: 'SELECT',
        EXECUTION_STATUS: 'FAILED_WITH_ERROR',
        ERROR_CODE: '002003',
        ROWS_PRODUCED: null,
      },
      {
        ...done,
        QUERY_TEXT: 'select * from t where a = ?',
        QUERY_TYPE: 'SELECT',
        ROWS_PRODUCED: '1',
      },
      {
        ...done,
        QUERY_TEXT: 'insert into t values (1), (2), (3)',
        QUERY_TYPE: 'INSERT',
        ROWS_PRODUCED: '3',
      },
    ]);
    expect(seen[3]).toMatchObject({ QUERY_TYPE: 'ALTER_SESSION', QUERY_TAG: '' });
  });

  it('is asked by time, user, session and number of rows', async () => {
    const other = await engine.engine.openSession({ user: 'OTHER' });
    now = new Date('2026-05-01T12:00:00Z');
    await run(other, 'select 12');
    const texts = async (from: string) =>
      (await records(session, `select query_text from ${from}`)).map(
        ({ QUERY_TEXT }) => QUERY_TEXT,
      );
    const since = "end_time_range_start => to_timestamp_ltz('2026-05-01 11:00:00')";
    expect(await texts(`table(db.information_schema.query_history(${since}))`)).toEqual([
      'select 12',
    ]);
    expect(
      await texts("table(information_schema.query_history_by_user(user_name => 'OTHER'))"),
    ).toEqual(['select 12']);
    expect(await texts('table(information_schema.query_history(result_limit => 2))')).toHaveLength(
      2,
    );
    await expect(
      run(session, 'select 1 from table(information_schema.query_history(rows => 2))'),
    ).rejects.toThrow('argument ROWS of QUERY_HISTORY');
    await other.close();
  });

  it('is a view of ACCOUNT_USAGE, with the words of that view', async () => {
    const seen = await records(
      session,
      `select execution_status, error_message from snowflake.account_usage.query_history
       where error_code = '002003'`,
    );
    expect(seen).toEqual([
      { EXECUTION_STATUS: 'FAIL', ERROR_MESSAGE: expect.stringContaining('MISSING') },
    ]);
  });

  it('keeps no key of a bucket, and no described statement', async () => {
    const secret =
      "create stage s url = 's3://b/' credentials = (aws_key_id = 'AKIA' aws_secret_key = 'hush')";
    await run(session, secret).catch(() => undefined);
    await run(session, 'select 99', { describeOnly: true });
    const seen = await records(session, `select query_text from ${BY_SESSION} limit 2`);
    expect(seen[0]?.QUERY_TEXT).toContain("aws_secret_key = '****'");
    expect(JSON.stringify(seen)).not.toMatch(/AKIA|hush|select 99/);
  });

  it('is there after a restart, for seven days', async () => {
    const again = await openTestEngine(() => now);
    await again.engine.close();
    const count = async (at: string) => {
      now = new Date(at);
      const reopened = await createEngine({ dataDir: again.dataDir, clock: () => now });
      const own = await reopened.openSession({ user: 'TESTER', database: 'DB' });
      const rows = await records(
        own,
        "select query_text from snowflake.account_usage.query_history where query_type = 'CREATE_DATABASE'",
      );
      await reopened.close();
      return rows.length;
    };
    expect(await count('2026-05-07T00:00:00Z')).toBe(1);
    expect(await count('2026-05-09T00:00:00Z')).toBe(0);
    now = new Date('2026-05-01T12:00:00Z');
  });
});
