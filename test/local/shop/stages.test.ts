import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openSnowflake } from '#cli/snowflake-connection.ts';
import { openStack } from '#cli/stack.ts';
import { demoShop, publishShop, SHARED } from '#local/demo/demo-shop.ts';
import { resetPipeline } from '#local/demo/reset-pipeline.ts';
import { SHOP_TABLES } from '#local/demo/shop-rows.ts';
import { RunPage, type RunSummary } from '#src/model/status.ts';
import { lakeRows } from '#test/helpers/snowmelt.ts';
import { npmStart } from '#test/helpers/start.ts';
import { launchBrowser } from '#test/helpers/status-page.ts';
import { expectedSales } from './oracle.ts';

const SCALE = 0.02;
const status = inject('endpoints').status.url;
const shop = demoShop(SCALE);

/** The shop as nobody has loaded or run it. */
async function forgetShop(): Promise<void> {
  const stack = await openStack(SHARED);
  const pipeline = await publishShop(stack);
  await resetPipeline(stack, pipeline);
  const session = await openSnowflake(SHARED, pipeline.snowflake);
  for (const { table } of Object.values(SHOP_TABLES)) {
    await session.execute(`drop table if exists ${table}`);
  }
  await session.close();
}

async function medallionRuns(): Promise<RunSummary[]> {
  const answer = await fetch(`${status}/api/status/runs?machine=medallion`);
  return RunPage.parse(await answer.json()).runs.filter(({ name }) => name.startsWith('shop-'));
}

const start = (stage: string) => npmStart('--only', stage, '--scale', String(SCALE));

beforeAll(forgetShop);
afterAll(forgetShop);

describe('npm start -- --only', () => {
  it.each(['transform', 'check', 'train'])('%s says that extract comes first', async (stage) => {
    const { exitCode, told } = await start(stage);

    expect(exitCode).toBe(1);
    expect(told).toContain(
      `Cannot ${stage}: nothing has been extracted. Run npm start -- --only extract first.`,
    );
  });

  it('extract loads the shop, moves its rows to bronze and starts nothing', async () => {
    const before = await medallionRuns();

    const { exitCode, told } = await start('extract');

    const count = shop.first.inserts.orderLines.length;
    expect(told).toContain(
      `✓ order_lines: SUCCEEDED, ${count} rows in bronze, ${count} at the source`,
    );
    expect(exitCode).toBe(0);
    const [row] = await lakeRows('select count(*) as n from bronze.order_lines');
    expect(row?.n).toBe(String(count));
    expect(await medallionRuns()).toEqual(before);
  });

  it('check says that transform comes first', async () => {
    const { exitCode, told } = await start('check');

    expect(exitCode).toBe(1);
    expect(told).toMatch(/has no silver\. Run npm start -- --only transform first\./);
  });

  it('transform makes silver and gold of what was extracted', async () => {
    const { exitCode, told } = await start('transform');

    expect(told).toMatch(/✓ medallion of default-\S+: SUCCEEDED/);
    expect(exitCode).toBe(0);
    const found = await lakeRows('select * from gold.sales_summary order by sales_date, category');
    const wanted = expectedSales(shop, 'first');
    const columns = Object.keys(wanted[0] ?? {}) as (keyof (typeof wanted)[number])[];
    const chosen = found.map((row) => columns.map((name) => row[name]));
    expect(chosen).toEqual(wanted.map((day) => columns.map((name) => String(day[name]))));
  });

  it('check judges both layers and leaves the platform up', async () => {
    const { exitCode, told } = await start('check');

    expect(told).toMatch(/✓ silver: (pass|warn)\n.*✓ gold: (pass|warn)\n/);
    expect(told).toContain('The platform stays up, as it was.');
    expect(exitCode).toBe(0);
  });
});

describe('the status page of the platform', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });
  afterAll(() => browser.close());

  const open = async (path: string): Promise<void> => {
    await page.goto(`${status}${path}`);
    await page.waitForSelector('h1');
  };
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  it('shows what the run left in each layer', async () => {
    await open('/');

    const lines = shop.accepted.first.orderLines.length;
    await page
      .locator('.layer')
      .getByText(new Intl.NumberFormat('en').format(lines))
      .first()
      .waitFor();
    expect(await page.locator('.layer').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  it('draws the run, with states, logs and rows, in both themes', async () => {
    const [run] = await medallionRuns();
    await open(`/runs/${encodeURIComponent(run?.id ?? '')}`);
    await page.locator('svg.machine').waitFor();
    const silver = page.locator('[data-state=BuildSilver]');
    expect(await silver.getAttribute('aria-label')).toMatch(/^BuildSilver, done · /);
    expect(await page.locator('[data-state=FailRun]').getAttribute('aria-label')).toBe(
      'FailRun, not reached',
    );

    await silver.click();
    const log = page.getByLabel('Log of BuildSilver');
    await log.locator('li').first().waitFor();
    expect(await log.innerText()).toContain('dim_customers');

    await page.getByLabel('Table', { exact: true }).selectOption('gold.sales_summary');
    await page.getByRole('columnheader', { name: /sales_date/ }).waitFor();

    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
    await silver.waitFor();
    expect(complaints).toEqual([]);
  });
});
