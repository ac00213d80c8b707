import type { Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import {
  connect,
  disconnect,
  execute,
  type Row,
  startTestStandIn,
  type TestStandIn,
} from '#test/helpers/snowflake-client.ts';
import { sqlApiClient } from '#test/helpers/sql-api.ts';

let standIn: TestStandIn;
let connection: Connection;

beforeAll(async () => {
  standIn = await startTestStandIn({ engine: (dataDir) => createEngine({ dataDir }) });
  connection = await connect(standIn);
});
afterAll(async () => {
  await disconnect(connection);
  await standIn.dispose();
});

const query = async (sql: string): Promise<readonly Row[]> => (await execute(connection, sql)).rows;

describe('Time Travel over the wire', () => {
  it('shows at a time that the server told exactly what was committed before it', async () => {
    await query('create or replace table t (id int)');
    const told: string[] = [];
    for (let id = 1; id <= 25; id += 1) {
      await query(`insert into t values (${id})`);
      const [row] = await query("select to_varchar(sysdate(), 'YYYY-MM-DD HH24:MI:SS.FF9') as now");
      told.push(String(row?.NOW));
    }
    for (const [index, time] of told.entries()) {
      const at = `t at (timestamp => '${time}'::timestamp_ntz)`;
      expect(await query(`select count(*) as n from ${at}`)).toEqual([{ N: index + 1 }]);
    }
  });

  it('takes the query id that the driver and the SQL API give', async () => {
    await query('create or replace table t (id int)');
    const { statement } = await execute(connection, 'insert into t values (1), (2)');
    const { body } = await sqlApiClient(standIn).submit('delete from t where id = 1');
    const rows = (clause: string) => query(`select id from t ${clause} order by id`);
    expect(await rows(`at (statement => '${statement.getQueryId()}')`)).toHaveLength(2);
    expect(await rows(`before (statement => '${statement.getQueryId()}')`)).toEqual([]);
    expect(await rows(`at (statement => '${body.statementHandle}')`)).toEqual([{ ID: 2 }]);
    expect(await rows(`before (statement => '${body.statementHandle}')`)).toHaveLength(2);
  });

  it('gives changes with their types, and counts what a consuming DML moved', async () => {
    await query('create or replace table t (id int, at timestamp_ntz)');
    await query('create or replace stream s on table t');
    await query("insert into t values (1, '2026-01-02 03:04:05')");
    const { rows, statement } = await execute(connection, 'select * from s');
    expect(rows).toEqual([
      {
        ID: 1,
        AT: expect.any(Date),
        METADATA$ACTION: 'INSERT',
        METADATA$ISUPDATE: false,
        METADATA$ROW_ID: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    ]);
    expect(statement.getColumns()?.map((column) => column.getType())).toEqual([
      ...['fixed', 'timestamp_ntz', 'text', 'boolean', 'text'],
    ]);
    const moved = await execute(connection, 'create or replace table copy as select id from s');
    expect(moved.rows).toHaveLength(1);
    const again = await execute(connection, 'insert into copy select id from s');
    expect(again.statement.getNumUpdatedRows()).toBe(0);
  });
});
