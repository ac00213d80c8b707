import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openStageBucket, type StageBucket } from '../../helpers/stage-bucket.ts';
import { records, rows, run } from '../../helpers/stand-in-engine.ts';

let lake: StageBucket;
let session: EngineSession;
let scratch: string;

beforeAll(async () => {
  lake = await openStageBucket('unload-to-s3');
  session = await lake.engine.session();
  scratch = await mkdtemp(join(tmpdir(), 'unloaded-'));
});

afterAll(async () => {
  await lake.close();
  await rm(scratch, { recursive: true, force: true });
});

/** What DuckDB reads in a Parquet object: its rows, and the type of each column. */
async function parquet(key: string) {
  const path = join(scratch, `${randomUUID()}.parquet`);
  await writeFile(path, await lake.get(key));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const read = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
  const values = await read(`SELECT * FROM read_parquet('${path}')`);
  const types = await read(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
  connection.closeSync();
  instance.closeSync();
  return {
    rows: values,
    types: Object.fromEntries(types.map((each) => [each.column_name, each.column_type])),
  };
}

describe('COPY INTO <location> of an external stage', () => {
  it('writes a query as Parquet and answers a row for each file', async () => {
    const sql = `
      copy into @lake/orders/ from (
        select seq4()::number(10,0) as id, 'name ' || seq4() as name from table(generator(rowcount => 1000)))
      file_format = (type = parquet) header = true detailed_output = true`;

    const [file, ...others] = await records(session, sql);

    expect(others).toEqual([]);
    expect(file).toMatchObject({
      FILE_NAME: 'orders/data_0_0_0.snappy.parquet',
      ROW_COUNT: '1000',
    });
    const found = await lake.get('lake/orders/data_0_0_0.snappy.parquet');
    expect(Number(file?.FILE_SIZE)).toBe(found.length);
    const written = await parquet('lake/orders/data_0_0_0.snappy.parquet');
    expect(written.rows).toHaveLength(1000);
    expect(written.rows[999]).toEqual({ ID: 999, NAME: 'name 999' });
  });

  it('puts the query id into names and splits by size', async () => {
    const queryId = randomUUID();
    const answer = await run(
      session,
      `copy into @lake/parts/ from (
         select seq4() as id, uuid_string() as name from table(generator(rowcount => 200000)))
       file_format = (type = parquet) max_file_size = 2000000 include_query_id = true`,
      { queryId },
    );

    const keys = await lake.keys('lake/parts/');

    expect(answer.statementTypeId).toBe(0x3700);
    expect(answer.result.columns.map(({ name }) => name)).toEqual([
      'rows_unloaded',
      'input_bytes',
      'output_bytes',
    ]);
    expect(keys.length).toBeGreaterThan(2);
    expect(keys[0]).toBe(`lake/parts/data_${queryId}_0_0_0.snappy.parquet`);
    expect(await readdir(join(lake.engine.dataDir, 'scratch')).catch(() => [])).toEqual([]);
  });

  it('writes no file for no rows', async () => {
    const sql = `copy into @lake/empty/ from (select 1 as id where false) file_format = (type = parquet)`;

    expect(await rows(session, sql)).toEqual([['0', '0', '0']]);
    expect(await lake.keys('lake/empty/')).toEqual([]);
  });
});
