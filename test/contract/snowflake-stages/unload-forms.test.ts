import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import {
  openTestEngine,
  records,
  rows,
  run,
  type TestEngine,
} from '../../helpers/stand-in-engine.ts';

let engine: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  engine = await openTestEngine();
  session = await engine.session();
  await run(session, 'create stage out');
});

afterAll(async () => {
  await engine.close();
});

/** The folder of the only stage there is. */
async function stageFile(name: string): Promise<string> {
  const objects = join(engine.dataDir, 'stages', 'objects');
  const [stage = ''] = await readdir(objects);
  return join(objects, stage, name);
}

const unload = (path: string, query: string, options: string) =>
  records(session, `copy into @out/${path} from (${query}) file_format = (${options}`);

const text = async (name: string) => {
  const bytes = await readFile(await stageFile(name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** Physical and logical type of each column of a Parquet file, and its rows. */
async function parquet(name: string) {
  const path = await stageFile(name);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const read = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
  const schema = await read(
    `SELECT name, type, converted_type AS c, precision AS p, scale AS s FROM parquet_schema('${path}') OFFSET 1`,
  );
  const values = await read(`SELECT * FROM read_parquet('${path}')`);
  connection.closeSync();
  instance.closeSync();
  const typeOf = ({ type, c, p, s }: Record<string, unknown>) =>
    c === 'DECIMAL' ? `${type} DECIMAL(${p},${s})` : c === null ? `${type}` : `${type} ${c}`;
  return {
    types: Object.fromEntries(schema.map((each) => [each.name, typeOf(each)])),
    rows: values,
  };
}

const PARQUET = 'type = parquet) header = true overwrite = true';

describe('COPY INTO <location> as Parquet', () => {
  it('cuts timestamps and times to milliseconds and writes VARIANT as text', async () => {
    const query = `select '2024-01-02 03:04:05.123999999'::timestamp_ntz as ntz,
      '03:04:05.123999'::time as tm, parse_json('{"a": [1, "x"]}') as v, array_construct(1, 2) as a,
      '2024-02-29'::date as d, 1.5::float as f, true as b, to_binary('00FF', 'HEX') as bin`;

    await unload('types/', query, PARQUET);

    const { types, rows: found } = await parquet('types/data_0_0_0.snappy.parquet');
    expect(types).toMatchObject({
      ...{ NTZ: 'INT64 TIMESTAMP_MILLIS', V: 'BYTE_ARRAY UTF8', A: 'BYTE_ARRAY UTF8' },
      ...{ D: 'INT32 DATE', F: 'DOUBLE', B: 'BOOLEAN', BIN: 'BYTE_ARRAY' },
    });
    expect(found).toMatchObject([
      { NTZ: '2024-01-02 03:04:05.123', TM: '03:04:05.123', V: '{"a":[1,"x"]}', A: '[1,2]' },
    ]);
  });

  it.each(['timestamp_tz', 'timestamp_ltz'])(
    'refuses %s in the words of Snowflake',
    async (type) => {
      const query = `select '2024-01-02 03:04:05'::${type} as t`;

      await expect(unload('zoned/', query, PARQUET)).rejects.toMatchObject({
        message:
          'Error encountered when unloading to PARQUET: TIMESTAMP_TZ and LTZ types are not supported for ' +
          `unloading to Parquet. value get: ${type.toUpperCase()}`,
      });
    },
  );

  const NUMBERS = `select column1::number(38,0) as tiny, column2::number(38,0) as large,
    column3::number(20,4) as cents, column4::number(38,0) as huge
    from values (1, 3000000000, 1.5, 12345678901234567890), (-128, null, 99.25, -1)`;

  it('takes the smallest types that hold the values', async () => {
    await unload('small/', NUMBERS, PARQUET);

    const { types, rows: found } = await parquet('small/data_0_0_0.snappy.parquet');
    expect(types).toEqual({
      TINY: 'INT32 INT_8',
      LARGE: 'INT64 INT_64',
      CENTS: 'INT32 DECIMAL(6,4)',
      HUGE: 'FIXED_LEN_BYTE_ARRAY DECIMAL(20,0)',
    });
    expect(found[0]).toMatchObject({ LARGE: '3000000000', CENTS: '1.5000' });
  });

  it('takes the types of the query with ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION off', async () => {
    const other = await engine.session();
    await run(other, 'alter session set enable_unload_physical_type_optimization = false');
    await run(other, `copy into @out/logical/ from (${NUMBERS}) file_format = (${PARQUET}`);
    await other.close();

    const { types } = await parquet('logical/data_0_0_0.snappy.parquet');
    expect(types).toEqual({
      TINY: 'FIXED_LEN_BYTE_ARRAY DECIMAL(38,0)',
      LARGE: 'FIXED_LEN_BYTE_ARRAY DECIMAL(38,0)',
      CENTS: 'FIXED_LEN_BYTE_ARRAY DECIMAL(20,4)',
      HUGE: 'FIXED_LEN_BYTE_ARRAY DECIMAL(38,0)',
    });
  });

  it('names columns by their place without HEADER', async () => {
    await unload('bare/', 'select 1 as a, 2 as b', 'type = parquet compression = none)');

    const { types } = await parquet('bare/data_0_0_0.parquet');
    expect(Object.keys(types)).toEqual(['_COL_0', '_COL_1']);
  });

  it('puts partitions into folders, with the query id in every name', async () => {
    const queryId = randomUUID();
    await run(
      session,
      `copy into @out/parts from (select column1::int as id, column2::date as day
         from values (1, '2024-01-01'), (2, '2024-01-02'), (3, '2024-01-01'), (4, null))
       partition by ('day=' || to_varchar(day)) file_format = (type = parquet) header = true`,
      { queryId },
    );

    const listed = await records(session, 'list @out/parts');
    expect(listed.map(({ name }) => name)).toEqual([
      `out/parts/__NULL__/data_${queryId}_0_0_0.snappy.parquet`,
      `out/parts/day=2024-01-01/data_${queryId}_0_0_0.snappy.parquet`,
      `out/parts/day=2024-01-02/data_${queryId}_0_0_0.snappy.parquet`,
    ]);
    const { rows: found } = await parquet(listed[1]?.name?.slice('out/'.length) ?? '');
    expect(found.map(({ ID }) => ID)).toEqual([1, 3]);
  });
});

describe('COPY INTO <location> as text', () => {
  const QUERY = `select column1::int as id, column2::varchar as name, column3::date as day
    from values (1, 'a,b', '2024-01-31'), (2, null, null), (3, 'say "hi"', '2024-02-01'), (4, '', null)`;

  it('escapes what CSV leaves bare, and writes \\N for NULL', async () => {
    await unload('plain/', QUERY, 'type = csv compression = none)');

    expect(await text('plain/data_0_0_0.csv')).toBe(
      '1,a\\,b,2024-01-31\n2,\\N,\\N\n3,say "hi",2024-02-01\n4,,\\N\n',
    );
  });

  it('encloses texts, with a header, other delimiters and formats', async () => {
    await unload(
      'enclosed/',
      QUERY,
      `type = csv field_delimiter = '|' field_optionally_enclosed_by = '"' null_if = ('') date_format = 'DD.MM.YYYY'
       file_extension = 'txt' compression = none) header = true`,
    );

    expect(await text('enclosed/data_0_0_0.txt')).toBe(
      '"ID"|"NAME"|"DAY"\n1|"a,b"|"31.01.2024"\n2||\n3|"say ""hi"""|"01.02.2024"\n4|""|\n',
    );
  });

  it('compresses with gzip unless told otherwise', async () => {
    await unload('zipped/', 'select 1', 'type = csv)');

    expect(await text('zipped/data_0_0_0.csv.gz')).toBe('1\n');
  });

  it('writes one VARIANT a line as JSON, and refuses more columns', async () => {
    await unload(
      'json/',
      "select object_construct('a', 1, 'b', 'x') as o",
      'type = json compression = none)',
    );

    expect(await text('json/data_0_0_0.json')).toBe('{"a":1,"b":"x"}\n');
    await expect(unload('json2/', 'select 1 as a, 2 as b', 'type = json)')).rejects.toThrow(
      'JSON file format can produce one and only one column',
    );
  });

  it('begins a new file at MAX_FILE_SIZE', async () => {
    const query = 'select seq4() as id from table(generator(rowcount => 1000))';
    const found = await unload(
      'split/',
      query,
      'type = csv compression = none) max_file_size = 1000 detailed_output = true',
    );

    expect(found.length).toBeGreaterThan(3);
    expect(found.map(({ ROW_COUNT }) => Number(ROW_COUNT)).reduce((a, b) => a + b)).toBe(1000);
    expect(found[1]?.FILE_NAME).toBe('split/data_0_0_1.csv');
  });

  it('writes a single file under the name it is given', async () => {
    await unload('one/all.csv', QUERY, 'type = csv compression = none) single = true');

    expect(await text('one/all.csv')).toContain('2,\\N,\\N\n');
    await expect(
      unload(
        'one/small.csv',
        QUERY,
        'type = csv compression = none) single = true max_file_size = 10',
      ),
    ).rejects.toThrow('exceeded for unload single file mode');
  });

  it('takes a path without a slash as the beginning of names', async () => {
    await unload('from/here', 'select 1', 'type = csv compression = none)');

    expect(await text('from/here_0_0_0.csv')).toBe('1\n');
  });
});

describe('COPY INTO <location>', () => {
  it('refuses to write over files unless told to', async () => {
    const copy = (more: string) => unload('twice/', 'select 1', `type = csv) ${more}`);
    await copy('');

    await expect(copy('')).rejects.toMatchObject({
      message: expect.stringContaining('Files already existing at the unload destination'),
    });
    expect(await copy('overwrite = true')).toMatchObject([{ rows_unloaded: '1' }]);
  });

  it.each([
    ['single = true include_query_id = true', '001008'],
    ["partition by ('a') single = true", '001008'],
    ['max_file_size = 6000000000', '001008'],
    ['volume = 11', '000002'],
  ])('refuses %s', async (options, code) => {
    const copy = `copy into @out/no/ from (select 1 as a) ${options}`;
    await expect(run(session, copy)).rejects.toMatchObject({ code });
  });

  it('answers the rows with VALIDATION_MODE and writes nothing', async () => {
    const copy =
      "copy into @out/checked/ from (select 1 as a, 'x' as b) validation_mode = return_rows";

    expect(await rows(session, copy)).toEqual([['1', 'x']]);
    expect(await rows(session, 'list @out/checked/')).toEqual([]);
  });

  it('sees what its own transaction has written', async () => {
    await run(session, 'create or replace table t (a int)');
    await run(session, 'begin');
    await run(session, 'insert into t values (1), (2)');
    expect(await records(session, 'copy into @out/open/ from t')).toMatchObject([
      { rows_unloaded: '2' },
    ]);
    await run(session, 'rollback');
    expect(await rows(session, 'select count(*) from t')).toEqual([['0']]);
  });

  it('writes a table as it was after a statement', async () => {
    await run(session, 'create or replace table history (a int)');
    const queryId = randomUUID();
    await run(session, 'insert into history values (1), (2)', { queryId });
    await run(session, 'delete from history');

    const answer = await records(
      session,
      `copy into @out/before/ from (select * from history at(statement => '${queryId}'))
       file_format = (type = parquet) detailed_output = true`,
    );

    expect(answer).toMatchObject([
      { FILE_NAME: 'before/data_0_0_0.snappy.parquet', ROW_COUNT: '2' },
    ]);
  });
});
