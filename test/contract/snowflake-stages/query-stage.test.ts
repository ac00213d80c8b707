import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openStageBucket, type StageBucket } from '../../helpers/stage-bucket.ts';
import { rows, run } from '../../helpers/stand-in-engine.ts';

let lake: StageBucket;
let session: EngineSession;

beforeAll(async () => {
  lake = await openStageBucket('query-stage');
  session = await lake.engine.session();
  await lake.put('lake/events/1.json', '{"id": 1, "who": {"name": "Ann"}}\n{"id": 2}');
  await lake.put('lake/events/2.json', '{"id": 3, "who": {"name": "Cy"}}');
  await lake.put('lake/events/notes.txt', 'not for us');
  await lake.put('lake/tab/a.tsv', 'a\t1\nb\t\n');
  await run(session, "create file format tabs type = csv field_delimiter = '\\t'");
  await run(session, 'create file format docs type = json');
});

afterAll(async () => {
  await lake.close();
});

describe('SELECT FROM a stage', () => {
  it('reads documents with a path, a pattern, a format and an alias', async () => {
    const sql = `select e.$1:id::int as id, e.$1:who.name::varchar, metadata$filename, metadata$file_row_number
      from @lake/events/ (file_format => 'docs', pattern => '.*[.]json') e order by id`;

    expect(await rows(session, sql)).toEqual([
      ['1', 'Ann', 'lake/events/1.json', '1'],
      ['2', null, 'lake/events/1.json', '2'],
      ['3', 'Cy', 'lake/events/2.json', '1'],
    ]);
  });

  it('gives NULL for a field beyond the record', async () => {
    const sql = 'select $1, $2, $3 from @lake/tab/ (file_format => tabs) order by 1';

    expect(await rows(session, sql)).toEqual([
      ['a', '1', null],
      ['b', null, null],
    ]);
  });

  it('joins, aggregates, and gives no rows where there are no files', async () => {
    const sql = `with e as (select $1:id::int as id from @lake/events/1.json (file_format => docs))
      select count(*), max(e.id), count(t.$1) from e
      left join @lake/tab/ (file_format => tabs) t on t.$2 = e.id`;

    expect(await rows(session, sql)).toEqual([['2', '2', '1']]);
    expect(await rows(session, 'select $1 from @lake/nothing/ (file_format => docs)')).toEqual([]);
  });

  it('feeds INSERT, MERGE and CREATE TABLE AS, also within a transaction that goes on after an error', async () => {
    await run(
      session,
      `create or replace table people as
         select $1:id::int as id, $1:who.name::varchar as name from @lake/events/1.json (file_format => docs)`,
    );
    await run(session, 'begin');
    await run(
      session,
      'insert into people select $2::int, $1 from @lake/tab/ (file_format => tabs) where $2 is not null',
    );
    await expect(run(session, 'insert into people select 1 / 0, null')).rejects.toThrow();
    await run(session, 'commit');
    await run(
      session,
      `merge into people p using (select $1:id::int as id from @lake/events/2.json (file_format => docs)) s
         on p.id = s.id when not matched then insert values (s.id, 'merged')`,
    );

    expect(await rows(session, 'select * from people order by id, name')).toEqual([
      ['1', 'Ann'],
      ['1', 'a'],
      ['2', null],
      ['3', 'merged'],
    ]);
  });

  it('says which record is no JSON, and refuses a star', async () => {
    await lake.put('lake/broken/a.json', '{"id": 1}\n{"id": oops}');
    const broken = run(session, 'select $1 from @lake/broken/ (file_format => docs)');

    await expect(broken).rejects.toMatchObject({
      code: '100069',
      message: expect.stringContaining('broken/a.json'),
    });
    await expect(run(session, 'select * from @lake/tab/')).rejects.toMatchObject({
      message: expect.stringContaining('SELECT * FROM a stage'),
    });
    await expect(run(session, 'create view v as select $1 from @lake/tab/')).rejects.toMatchObject({
      code: '000002',
    });
  });
});

describe('INFER_SCHEMA', () => {
  it('finds the columns of Parquet files', async () => {
    await run(
      session,
      `copy into @lake/typed/ from (select 1::number(10,2) as amount, 'x' as "name", true as ok,
         '2024-01-01'::timestamp_ntz as at, '2024-01-01'::date as day, 2::int as id)
       file_format = (type = parquet) header = true`,
    );
    await run(session, 'create file format columns type = parquet');
    const sql = `select column_name, type, filenames, order_id
      from table(infer_schema(location => '@lake/typed/', file_format => 'columns')) order by order_id`;

    const file = 'lake/typed/data_0_0_0.snappy.parquet';
    expect(await rows(session, sql)).toEqual([
      ['AMOUNT', 'NUMBER(3, 2)', file, '0'],
      ['name', 'TEXT', file, '1'],
      ['OK', 'BOOLEAN', file, '2'],
      ['AT', 'TIMESTAMP_NTZ', file, '3'],
      ['DAY', 'DATE', file, '4'],
      ['ID', 'NUMBER(38, 0)', file, '5'],
    ]);
    const documents = `select * from table(infer_schema(location => '@lake/events/', file_format => 'docs'))`;
    await expect(run(session, documents)).rejects.toMatchObject({ code: '000002' });
  });
});
