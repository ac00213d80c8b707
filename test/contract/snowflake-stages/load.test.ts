import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { openStageBucket, type StageBucket } from '../../helpers/stage-bucket.ts';
import { records, rows, run } from '../../helpers/stand-in-engine.ts';

let lake: StageBucket;
let session: EngineSession;

beforeAll(async () => {
  lake = await openStageBucket('load');
  session = await lake.engine.session();
});

afterAll(async () => {
  await lake.close();
});

const CSV = 'file_format = (type = csv skip_header = 1)';
const GOOD = 'id,name,amount\n1,Ann,1.50\n2,Bo,2.25\n';
const MIXED = 'id,name,amount\n3,Cy,3\nx,Di,4\n5,Ed,5\n6,Flo,y\n';

beforeEach(async () => {
  await run(session, 'create or replace table orders (id int, name varchar, amount number(10,2))');
});

describe('COPY INTO <table> of CSV', () => {
  beforeAll(async () => {
    await lake.put('lake/csv/a.csv', GOOD);
    await lake.put('lake/csv/b.csv.gz', gzipSync('id,name,amount\n9,"Zoë",9\n'));
    await lake.put('lake/mixed/good.csv', GOOD);
    await lake.put('lake/mixed/mixed.csv', MIXED);
  });

  it('loads files once, and again when forced or after TRUNCATE', async () => {
    const copy = `copy into orders from @lake/csv/ ${CSV}`;

    const first = await records(session, copy);

    expect(first).toMatchObject([
      {
        file: `s3://${lake.bucket}/lake/csv/a.csv`,
        status: 'LOADED',
        rows_parsed: '2',
        rows_loaded: '2',
        errors_seen: '0',
        first_error: null,
      },
      { file: `s3://${lake.bucket}/lake/csv/b.csv.gz`, status: 'LOADED', rows_loaded: '1' },
    ]);
    expect(await records(session, copy)).toEqual([
      { status: 'Copy executed with 0 files processed.' },
    ]);
    expect(await records(session, `${copy} force = true`)).toHaveLength(2);
    expect(await rows(session, 'select count(*), sum(amount) from orders')).toEqual([
      ['6', '25.50'],
    ]);
    await run(session, 'truncate table orders');
    expect(await records(session, copy)).toHaveLength(2);
  });

  it('stops at the first error and says where it is', async () => {
    const copy = run(session, `copy into orders from @lake/mixed/ ${CSV}`);

    await expect(copy).rejects.toMatchObject({
      code: '100038',
      message: expect.stringMatching(
        /Numeric value 'x' is not recognized\n {2}File '.*mixed\.csv', line 3, character 1\n {2}Row 2, column "ORDERS"\["ID":1\]/,
      ),
    });
    expect(await rows(session, 'select count(*) from orders')).toEqual([['0']]);
  });

  it.each([
    ['continue', 'PARTIALLY_LOADED', '2', '4'],
    ['skip_file', 'LOAD_FAILED', '0', '2'],
    ['skip_file_3', 'PARTIALLY_LOADED', '2', '4'],
    ['skip_file_2', 'LOAD_FAILED', '0', '2'],
    ["'skip_file_60%'", 'PARTIALLY_LOADED', '2', '4'],
    ['skip_file_40%', 'LOAD_FAILED', '0', '2'],
  ])('with ON_ERROR = %s a file with errors is %s', async (onError, status, loaded, total) => {
    const answer = await records(
      session,
      `copy into orders from @lake/mixed/ ${CSV} on_error = ${onError}`,
    );

    expect(answer[1]).toMatchObject({
      ...{ status, rows_parsed: '4', rows_loaded: loaded, errors_seen: '2' },
      ...{ first_error: "Numeric value 'x' is not recognized", first_error_line: '3' },
      first_error_column_name: '"ORDERS"["ID":1]',
    });
    expect(await rows(session, 'select count(*) from orders')).toEqual([[total]]);
  });

  it('takes FILES and PATTERN, and names a file that is not there', async () => {
    const copy = 'copy into orders from @lake';
    expect(await records(session, `${copy} files = ('csv/a.csv') ${CSV}`)).toHaveLength(1);
    expect(await records(session, `${copy} pattern = '.*[.]csv[.]gz' ${CSV}`)).toHaveLength(1);
    await expect(run(session, `${copy} files = ('nope.csv') ${CSV}`)).rejects.toMatchObject({
      code: '091016',
      message: expect.stringContaining(`s3://${lake.bucket}/lake/nope.csv`),
    });
  });

  it('rolls back with its transaction, history included', async () => {
    const copy = `copy into orders from @lake/csv/ ${CSV}`;
    await run(session, 'begin');
    await run(session, "insert into orders values (0, 'before', 0)");
    expect(await records(session, copy)).toHaveLength(2);
    expect(await records(session, copy)).toHaveLength(1);
    await expect(run(session, 'insert into orders select 1/0, null, null')).rejects.toThrow();
    expect(await rows(session, 'select count(*) from orders')).toEqual([['4']]);
    await run(session, 'rollback');

    expect(await rows(session, 'select count(*) from orders')).toEqual([['0']]);
    expect(await records(session, copy)).toHaveLength(2);
  });

  it('is seen by streams', async () => {
    await run(session, 'create or replace stream order_changes on table orders');

    await run(session, `copy into orders from @lake/csv/ ${CSV}`);

    const sql = 'select count(*), min(metadata$action) from order_changes';
    expect(await rows(session, sql)).toEqual([['3', 'INSERT']]);
    await run(session, 'drop stream order_changes');
  });

  it('ends when it is cancelled, and leaves nothing', async () => {
    const line = (at: number) => `${at},name ${at},${at}.25\n`;
    await lake.put(
      'lake/long/a.csv',
      Array.from({ length: 200_000 }, (_, at) => line(at)).join(''),
    );
    const cancel = new AbortController();

    const copy = run(session, 'copy into orders from @lake/long/', { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);

    await expect(copy).rejects.toMatchObject({ code: '000604' });
    expect(await rows(session, 'select count(*) from orders')).toEqual([['0']]);
    expect(await readdir(join(lake.engine.dataDir, 'scratch'))).toEqual([]);
  });

  it('removes what it has loaded with PURGE', async () => {
    await lake.put('lake/purged/a.csv', GOOD);

    await run(session, `copy into orders from @lake/purged/ ${CSV} purge = true`);

    expect(await lake.keys('lake/purged/')).toEqual([]);
  });

  it('answers the errors of VALIDATION_MODE and loads nothing', async () => {
    const found = await records(
      session,
      `copy into orders from @lake/mixed/ ${CSV} validation_mode = return_errors`,
    );

    expect(found.map((each) => [each.ROW_NUMBER, each.COLUMN_NAME])).toEqual([
      ['2', '"ORDERS"["ID":1]'],
      ['4', '"ORDERS"["AMOUNT":3]'],
    ]);
    expect(await rows(session, 'select count(*) from orders')).toEqual([['0']]);
  });

  it('transforms cells, fills the columns that are named and leaves the others to their defaults', async () => {
    await run(
      session,
      `create or replace table enriched (id int identity, name varchar, cents int, source varchar, line int,
         loaded_at timestamp_ltz default current_timestamp())`,
    );
    await run(
      session,
      `copy into enriched (name, cents, source, line) from (
         select upper(s.$2), s.$3::number(10,2) * 100, metadata$filename, metadata$file_row_number
         from @lake/csv/a.csv s) ${CSV}`,
    );

    const sql =
      'select id, name, cents, source, line, loaded_at is not null from enriched order by id';
    expect(await rows(session, sql)).toEqual([
      ['1', 'ANN', '150', 'lake/csv/a.csv', '1', '1'],
      ['2', 'BO', '225', 'lake/csv/a.csv', '2', '1'],
    ]);
  });

  it('keeps an error to its row where two columns share what fails', async () => {
    await run(session, 'create or replace table pairs (a int not null, b int)');

    const answer = await records(
      session,
      `copy into pairs from (select $1::int * 2, $1::int * 2 from @lake/mixed/mixed.csv) ${CSV} on_error = continue`,
    );

    expect(answer).toMatchObject([{ rows_parsed: '4', rows_loaded: '3', errors_seen: '1' }]);
  });

  it('keeps a NULL that a column does not take, and a division by zero, to their rows', async () => {
    await lake.put('lake/nulls/a.csv', '1,2\n,2\n3,0\n4,4\n');
    await run(session, 'create or replace table pairs (a int not null, b float)');

    const [answer] = await records(
      session,
      'copy into pairs from (select $1, 8 / $2::float from @lake/nulls/) on_error = continue',
    );

    expect(answer).toMatchObject({
      ...{ rows_parsed: '4', rows_loaded: '2', errors_seen: '2', first_error_line: '2' },
      first_error: 'NULL result in a non-nullable column',
    });
    expect(await rows(session, 'select * from pairs order by a')).toEqual([
      ['1', '4'],
      ['4', '2'],
    ]);
  });

  it('matches columns by the header', async () => {
    await lake.put('lake/header/a.csv', 'amount,ID,other\n7,70,x\n');

    await run(
      session,
      `copy into orders from @lake/header/ file_format = (type = csv parse_header = true)
       match_by_column_name = case_insensitive`,
    );

    expect(await rows(session, 'select * from orders')).toEqual([['70', null, '7.00']]);
  });
});

describe('COPY INTO <table> of JSON', () => {
  const DOCUMENTS =
    '{"id": 1, "tags": ["a"], "big": 12345678901234567890}\n{"id": "2", "Name": "Bo"}\n';

  beforeAll(async () => {
    await lake.put('lake/json/a.json', DOCUMENTS);
    await lake.put('lake/array/a.json', '[ {"id": 1},\n {"id": 2}, {"id": 3} ]');
    await lake.put('lake/broken/a.json', '{"id": 1}\n{"id": 2}\n{"id": oops}\n{"id": 4}\n');
    await lake.put('lake/unfit/a.json', '{"id": 1}\n{"id": "two"}\n');
  });

  beforeEach(async () => {
    await run(session, 'create or replace table events (v variant)');
  });

  it('loads documents as they are', async () => {
    await run(session, 'copy into events from @lake/json/ file_format = (type = json)');

    expect(await rows(session, 'select v:id::int, v:big::varchar from events order by 1')).toEqual([
      ['1', '12345678901234567890'],
      ['2', null],
    ]);
  });

  it('strips an outer array', async () => {
    await run(
      session,
      'copy into events from @lake/array/ file_format = (type = json strip_outer_array = true)',
    );

    expect(await rows(session, 'select v:id::int from events order by 1')).toEqual([
      ['1'],
      ['2'],
      ['3'],
    ]);
  });

  it('matches keys by name', async () => {
    await run(
      session,
      `copy into orders from @lake/json/ file_format = (type = json)
       match_by_column_name = case_insensitive`,
    );

    expect(await rows(session, 'select * from orders order by id')).toEqual([
      ['1', null, null],
      ['2', 'Bo', null],
    ]);
  });

  it('loads up to the document that is no JSON, when it may continue', async () => {
    const copy = 'copy into events from @lake/broken/ file_format = (type = json)';
    await expect(run(session, copy)).rejects.toMatchObject({ code: '100069' });

    const answer = await records(session, `${copy} on_error = continue`);

    expect(answer).toMatchObject([
      { status: 'PARTIALLY_LOADED', rows_parsed: '3', rows_loaded: '2', first_error_line: '3' },
    ]);
  });

  it('stops at a value that cannot be converted, whatever ON_ERROR says but SKIP_FILE', async () => {
    const copy = `copy into orders (id) from (select $1:id::int from @lake/unfit/)
      file_format = (type = json)`;
    await expect(run(session, `${copy} on_error = continue`)).rejects.toMatchObject({
      code: '100038',
    });

    expect(await records(session, `${copy} on_error = skip_file`)).toMatchObject([
      { status: 'LOAD_FAILED' },
    ]);
  });

  it('refuses to load documents into several columns by place', async () => {
    const copy = 'copy into orders from @lake/json/ file_format = (type = json)';
    await expect(run(session, copy)).rejects.toMatchObject({
      message: expect.stringContaining('can produce one and only one column of type variant'),
    });
  });
});

describe('COPY INTO <table> of Parquet', () => {
  it('takes back what COPY INTO <location> wrote, by name and by path', async () => {
    await run(session, "insert into orders values (1, 'Ann', 1.5), (2, null, 99999999.99)");
    await run(
      session,
      'copy into @lake/parquet/ from orders file_format = (type = parquet) header = true',
    );
    await run(session, 'create or replace table copied like orders');

    await run(
      session,
      `copy into copied from @lake/parquet/ file_format = (type = parquet)
       match_by_column_name = case_sensitive`,
    );
    await run(
      session,
      `copy into copied (id, name) from (select $1:ID::int + 10, $1:NAME from @lake/parquet/)
       file_format = (type = parquet) force = true`,
    );

    expect(await rows(session, 'select * from copied order by id')).toEqual([
      ['1', 'Ann', '1.50'],
      ['2', null, '99999999.99'],
      ['11', 'Ann', null],
      ['12', null, null],
    ]);
  });

  it('says that a file is no Parquet', async () => {
    await lake.put('lake/bad/a.parquet', 'PAR1 not really');
    await run(session, 'create or replace table events (v variant)');
    const copy = 'copy into events from @lake/bad/ file_format = (type = parquet)';

    await expect(run(session, copy)).rejects.toMatchObject({ code: '100183' });
  });
});
