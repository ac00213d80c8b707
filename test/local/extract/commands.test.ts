import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { artifactsOf } from '#cli/object-stores.ts';
import { openSnowflake, type SnowflakeSession } from '#cli/snowflake-connection.ts';
import { openStack } from '#cli/stack.ts';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { lakeRows, snowmelt, snowmeltJson } from '#test/helpers/snowmelt.ts';

const PLACE = { database: 'COMMANDS', schema: 'PUBLIC', warehouse: 'LOADING' };
const shared = { json: true, pipeline: '', target: 'local', snowflake: 'stand-in' } as const;

const TABLES = 300;
const DAYS = 4;
const ROWS_PER_DAY = 50;

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
let session: SnowflakeSession;

/** Writes a pipeline file and answers its path. */
function pipelineFile(name: string, extract: string): string {
  const path = join(folder, `${name}.yml`);
  writeFileSync(
    path,
    `name: ${name}
snowflake: { account: local, warehouse: LOADING, database: COMMANDS, schema: PUBLIC }
extract:
  source_system: commands
${extract}`,
  );
  return path;
}

const visits = () =>
  pipelineFile(
    'visits',
    '  queries:\n    - { name: visits, table: VISITS, key: [VISIT_ID], watermark_column: UPDATED_AT }\n',
  );

beforeAll(async () => {
  expect(inject('endpoints').aws.endpoint).toBeTruthy();
  session = await openSnowflake(shared, PLACE);
  await session.execute(
    `create or replace table visits (visit_id number(18,0) not null primary key, page varchar not null,
       updated_at timestamp_ntz not null)`,
  );
  await session.execute(
    `insert into visits select seq4(), 'page ' || seq4(),
       dateadd(minute, 20 * mod(seq4(), ${ROWS_PER_DAY}), dateadd(day, floor(seq4() / ${ROWS_PER_DAY}), '2024-01-01'::timestamp_ntz))
     from table(generator(rowcount => ${DAYS * ROWS_PER_DAY}))`,
  );
});

describe('extract --dry-run', () => {
  it('tells the window, the SQL, the objects, the time and the cost, and changes nothing', async () => {
    const path = visits();
    const { exitCode, stdout, stderr } = await snowmelt(
      'extract',
      'visits',
      '--dry-run',
      '--pipeline',
      path,
    );

    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^window +the beginning to \d{4}-/m);
    expect(stdout).toMatch(/^rows +200$/m);
    expect(stdout).toMatch(/^objects +about 1 file\(s\) under bronze\/visits\/, in 1 part/m);
    expect(stdout).toMatch(/^Snowflake +about 0\.0167 credits of a X-Small warehouse/m);
    expect(stdout).toMatch(
      /^cost +about \$0\.03: \$0\.03 Snowflake at \$2 a credit, \$0\.00\d+ AWS/m,
    );
    expect(stdout).toContain('SELECT "VISIT_ID", "PAGE", "UPDATED_AT"');
    const { hasWindow } = await snowmeltJson<{ hasWindow: boolean }>(
      'extract',
      'visits',
      '--dry-run',
      '--pipeline',
      path,
    );
    expect(hasWindow).toBe(false);
  });
});

describe('backfill', () => {
  it('extracts day after day beside the live watermark, which stays where it is', async () => {
    const path = visits();
    const days = ['--from', '2024-01-02', '--to', '2024-01-04'];
    const { rows, windows } = await snowmeltJson<{
      rows: number;
      windows: { from: string; status: string; rows: number }[];
    }>('backfill', 'visits', ...days, '--parallel', '2', '--pipeline', path);

    expect(rows).toBe(2 * ROWS_PER_DAY);
    expect(windows).toMatchObject([
      { from: '2024-01-02', status: 'done', rows: ROWS_PER_DAY },
      { from: '2024-01-03', status: 'done', rows: ROWS_PER_DAY },
    ]);
    const live = await snowmeltJson<{ output: { rows: number } }>(
      'extract',
      'visits',
      '--pipeline',
      path,
    );
    expect(live.output.rows).toBe(DAYS * ROWS_PER_DAY);
    const [found] = await lakeRows(
      'select count(*) n, count(distinct visit_id) ids from bronze.visits',
    );
    expect(found).toEqual({ n: String(DAYS * ROWS_PER_DAY), ids: String(DAYS * ROWS_PER_DAY) });
  });

  it('refuses what is no day', async () => {
    const { exitCode, stderr } = await snowmelt(
      'backfill',
      'visits',
      '--from',
      'monday',
      '--to',
      '2024-01-02',
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot read --from monday');
  });
});

describe('extract, while another run is at work on the query', () => {
  it('says which and since when, and ends with the code for trying again', async () => {
    const stack = await openStack(shared);
    const client = new DynamoDBClient(stack.clientConfig);
    const watermarks = dynamoWatermarkStore({ table: stack.outputs.StateTable, client });
    const id = { pipeline: 'visits', query: 'visits' };
    await watermarks.replaceLease(id, null, {
      holder: 'the-other-run',
      execution: null,
      since: '2026-01-02T03:04:05.000Z',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });

    const { exitCode, stdout } = await snowmelt('extract', 'visits', '--pipeline', visits());
    await watermarks.releaseLease(id, 'the-other-run');

    expect(exitCode).toBe(75);
    expect(stdout).toContain('LEASE_HELD');
    expect(stdout).toContain('run the-other-run is at work on it since 2026-01-02T03:04:05.000Z');
  });
});

describe('discover', () => {
  it('proposes a query, a contract and checks, and says what the rows say', async () => {
    const { stdout, exitCode } = await snowmelt('discover', '--pipeline', visits());

    expect(exitCode).toBe(0);
    expect(stdout).toContain('# PUBLIC.VISITS: UPDATED_AT rises with the key in 200 rows');
    const proposed = parse(stdout);
    expect(proposed.extract.queries).toContainEqual({
      name: 'visits',
      table: 'PUBLIC.VISITS',
      key: ['VISIT_ID'],
      watermark_column: 'UPDATED_AT',
    });
    expect(proposed.silver[0]).toMatchObject({ table: 'visits', key: ['visit_id'] });
    expect(proposed.checks.map(({ name }: { name: string }) => name)).toEqual([
      'visits_key',
      'visits_page',
      'visits_updated_at',
    ]);
  });
});

describe('a pattern of tables', () => {
  it('stands for 300 tables: one file, one stack, no resource more', async () => {
    await session.execute('create schema if not exists many');
    for (let table = 0; table < TABLES; table += 1) {
      const columns =
        'id number(18,0) not null primary key, note varchar, updated_at timestamp_ntz not null';
      await session.execute(`create or replace table many.t_${1000 + table} (${columns})`);
    }
    await session.execute(
      "insert into many.t_1150 select seq4(), 'row', '2024-01-01'::timestamp_ntz from table(generator(rowcount => 7))",
    );
    const stack = await openStack(shared);
    const cloudFormation = new CloudFormationClient(stack.clientConfig);
    const resources = async () => {
      const StackName = 'snowmelt-local';
      const { StackResources } = await cloudFormation.send(
        new DescribeStackResourcesCommand({ StackName }),
      );
      return StackResources?.length ?? 0;
    };
    const before = await resources();
    const path = pipelineFile(
      'many',
      '  defaults: { settle_seconds: 5 }\n  tables:\n    - { like: "MANY.T_*", except: [T_1299], group: nightly }\n',
    );

    const { output } = await snowmeltJson<{ output: { rows: number } }>(
      'extract',
      't_1150',
      '--pipeline',
      path,
    );

    expect(output.rows).toBe(7);
    const { document } = await s3PipelineStore(artifactsOf(stack)).current('many');
    expect(document.extract.queries).toHaveLength(TABLES - 1);
    expect(document.extract.queries[150]).toMatchObject({
      name: 't_1150',
      table: 'MANY.T_1150',
      key: ['ID'],
      watermark_column: 'UPDATED_AT',
      group: 'nightly',
      settle_seconds: 5,
    });
    expect(await resources()).toBe(before);
  });
});
