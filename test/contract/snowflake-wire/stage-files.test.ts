import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import {
  connect,
  disconnect,
  execute,
  startTestStandIn,
  type TestStandIn,
} from '../../helpers/snowflake-client.ts';

let standIn: TestStandIn;
let connection: Connection;
let folder: string;

const all = async (sql: string) => (await execute(connection, sql)).rows;

beforeAll(async () => {
  standIn = await startTestStandIn({ engine: (dataDir) => createEngine({ dataDir }) });
  connection = await connect(standIn);
  folder = mkdtempSync(join(tmpdir(), 'stage-files-'));
  writeFileSync(join(folder, 'a.csv'), '1,Ann\n2,Bo\n');
  writeFileSync(join(folder, 'b.csv'), '3,"Cy, the third"\n');
  await execute(connection, 'create or replace stage inbox');
  await execute(connection, 'create or replace table people (id int, name varchar)');
});

afterAll(async () => {
  await disconnect(connection);
  await standIn.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('PUT, GET, LIST and REMOVE through the driver', () => {
  it('puts files into a stage, compressed or not', async () => {
    const compressed = await all(`put file://${folder}/*.csv @inbox/day=1/`);
    const plain = await all(`put 'file://${folder}/a.csv' @inbox auto_compress = false`);

    expect(compressed.map((row) => [row.source, row.target, row.status])).toEqual([
      ['a.csv', 'a.csv.gz', 'UPLOADED'],
      ['b.csv', 'b.csv.gz', 'UPLOADED'],
    ]);
    expect(plain).toMatchObject([{ source: 'a.csv', target: 'a.csv', status: 'UPLOADED' }]);
    expect(await all('list @inbox')).toMatchObject([
      { name: 'inbox/a.csv', size: 11, md5: expect.stringMatching(/^[0-9a-f]{32}$/) },
      { name: 'inbox/day=1/a.csv.gz' },
      { name: 'inbox/day=1/b.csv.gz' },
    ]);
    expect(await all("ls @inbox pattern = '.*b[.]csv.*'")).toMatchObject([
      { name: 'inbox/day=1/b.csv.gz', last_modified: expect.stringMatching(/GMT$/) },
    ]);
  });

  it('loads what was put', async () => {
    const loaded = await all(
      `copy into people from @inbox/day=1/ file_format = (field_optionally_enclosed_by = '"')`,
    );

    expect(loaded).toMatchObject([
      { file: 'inbox/day=1/a.csv.gz', status: 'LOADED', rows_loaded: 2 },
      { file: 'inbox/day=1/b.csv.gz', status: 'LOADED', rows_loaded: 1 },
    ]);
    expect(await all('select name from people where id = 3')).toEqual([{ NAME: 'Cy, the third' }]);
  });

  it('gets what was unloaded', async () => {
    await all('copy into @inbox/out/ from (select id, name from people order by id) header = true');
    const target = join(folder, 'out');
    mkdirSync(target);

    const got = await all(`get @inbox/out/ file://${target}/`);

    expect(got).toMatchObject([{ file: 'data_0_0_0.csv.gz', status: 'DOWNLOADED' }]);
    expect(gunzipSync(readFileSync(join(target, 'data_0_0_0.csv.gz'))).toString()).toBe(
      'ID,NAME\n1,Ann\n2,Bo\n3,Cy\\, the third\n',
    );
  });

  it('has a stage for each table and each user', async () => {
    await all(`put file://${folder}/a.csv @%people auto_compress = false`);
    await all(`put file://${folder}/b.csv @~/mine auto_compress = false`);

    expect(await all('list @%people')).toMatchObject([{ name: 'a.csv' }]);
    expect(await all('list @~')).toMatchObject([{ name: 'mine/b.csv' }]);
  });

  it('removes files', async () => {
    expect(await all('rm @inbox/day=1/a')).toEqual([
      { name: 'inbox/day=1/a.csv.gz', result: 'removed' },
    ]);
    expect(await all('remove @inbox')).toHaveLength(3);
    expect(await all('list @inbox')).toEqual([]);
  });

  it('refuses to put into an external stage', async () => {
    await all("create or replace stage outside url = 's3://bucket/path/'");

    await expect(all(`put file://${folder}/a.csv @outside`)).rejects.toMatchObject({
      code: '091003',
      message: expect.stringContaining(
        'GET and PUT commands are not supported with external stage',
      ),
    });
  });
});
