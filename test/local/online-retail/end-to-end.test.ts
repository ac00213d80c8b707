import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { executionArn, followTriggered } from '#cli/intervals.ts';
import { openStack } from '#cli/stack.ts';
import { paths } from '#local/setup/paths.ts';
import { lakeRows, snowmeltJson } from '#test/helpers/snowmelt.ts';
import { CSV_PATH, type Expected, expected, hasCsv } from './oracle.ts';

const reason = hasCsv() ? '' : ' (skipped: ../shared/data/online-retail is not there)';
const PIPELINE = 'examples/online-retail/pipeline.yml';
const SHARED = { json: true, pipeline: PIPELINE, target: 'local', snowflake: 'stand-in' } as const;
const GOLD = ['monthly_revenue', 'customer_value', 'product_ranking'] as const;
const ORDER = {
  monthly_revenue: 'month',
  customer_value: 'customer_id',
  product_ranking: 'stock_code',
};

/** Extracts through the command line and waits for the run that the deployed trigger starts. */
async function extractAndFollow(): Promise<string> {
  const { interval } = await snowmeltJson<{ interval: string }>(
    'extract',
    'online_retail',
    '--pipeline',
    PIPELINE,
  );
  const group = { id: interval, group: 'manual', queries: ['online_retail'] };
  const outcome = await followTriggered(
    await openStack(SHARED),
    'online_retail',
    group,
    () => undefined,
  );
  expect(outcome.arn).toBe(
    executionArn((await openStack(SHARED)).outputs.MedallionStateMachineArn, outcome.name),
  );
  return `${outcome.status}${outcome.error === undefined ? '' : ` ${outcome.error}: ${outcome.cause}`}`;
}

/** What boto3 and PyIceberg see of the lake. */
async function readWithPython(): Promise<{ keys: string[]; rows: number; columns: string[] }> {
  const { endpoint, region, accessKeyId, secretAccessKey, stackOutputs } = inject('endpoints').aws;
  const table = `${stackOutputs.SilverDatabase}.sale_lines`;
  const { stdout } = await promisify(execFile)(
    paths.venvPython,
    [
      join(paths.root, 'test/clients/read_lake.py'),
      String(stackOutputs.LakeBucket),
      'bronze/online_retail/',
      table,
    ],
    {
      env: {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    },
  );
  return JSON.parse(stdout);
}

/** Rows and a digest over every value of silver and gold, rows in the order of their keys. */
async function lakeContent(): Promise<Record<string, string | null>[]> {
  const tables = [
    ['silver.sale_lines', 'line_number'],
    ['silver.rejects', 'row_hash'],
    ...GOLD.map((table) => [`gold.${table}`, ORDER[table]]),
  ];
  const digests = tables.map(
    ([table, key]) =>
      `select '${table}' as name, count(*) as n, md5(string_agg(t::varchar, chr(10) order by ${key})) as digest from ${table} t`,
  );
  return lakeRows(digests.join(' union all '));
}

describe.skipIf(!hasCsv())(`Online Retail through the command line${reason}`, () => {
  let oracle: Expected;

  beforeAll(async () => {
    oracle = await expected();
    await snowmeltJson('load', 'online_retail', '--csv', CSV_PATH, '--pipeline', PIPELINE);
    expect(await extractAndFollow()).toBe('SUCCEEDED');
  }, 600_000);

  it('lands every line in bronze exactly once', async () => {
    const [row] = await lakeRows(
      'select count(*) as n, count(distinct _LINE) as lines, min(_LINE) as low, max(_LINE) as high from bronze.online_retail',
    );

    expect(row).toEqual({ n: '541909', lines: '541909', low: '1', high: '541909' });
  });

  it('accounts for every line in silver: accepted, rejected with its reason, or a duplicate', async () => {
    const [silver] = await lakeRows(
      'select count(*) as n, sum(line_amount) as amount, sum(line_number) as numbers from silver.sale_lines',
    );
    const reasons = await lakeRows(
      "select reason, count(*) as n from silver.rejects where table_name = 'sale_lines' group by reason order by reason",
    );
    const counts = Object.fromEntries(reasons.map(({ reason, n }) => [reason, Number(n)]));

    expect(silver).toEqual({
      n: String(oracle.silver.rows),
      amount: oracle.silver.amount,
      numbers: oracle.silver.lineNumberSum,
    });
    expect(counts).toEqual({ ...oracle.silver.rejects, duplicate: oracle.silver.duplicates });
  });

  it.each(GOLD)('computes gold.%s as an independent query does', async (table) => {
    const found = await lakeRows(`select * from gold.${table} order by ${ORDER[table]}`);
    const wanted = oracle.gold[table];
    const columns = Object.keys(wanted[0] ?? {});
    const chosen = found.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])));

    expect(chosen).toEqual(wanted);
  });

  it('is listed by boto3 and read by PyIceberg', async () => {
    const seen = await readWithPython();

    expect(seen.keys.filter((key) => key.endsWith('/_manifest.json'))).toHaveLength(1);
    expect(seen.rows).toBe(oracle.silver.rows);
    expect(seen.columns).toContain('line_amount');
  });

  it('changes no row and no value when the whole run is done again', async () => {
    const before = await lakeContent();

    expect(await extractAndFollow()).toBe('SUCCEEDED');

    expect(before.map(({ name }) => name)).toContain('silver.sale_lines');
    expect(await lakeContent()).toEqual(before);
  }, 600_000);
});
