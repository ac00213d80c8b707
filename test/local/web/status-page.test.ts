import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunDetail } from '#src/model/status.ts';
import { launchBrowser, type StatusPage, serveStatusPage } from '#test/helpers/status-page.ts';
import { fixtureAnswer } from '../../../web/fixture-documents.ts';

const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;
const SUCCEEDED = runPath('medallion:shop-scheduled-20261121T110500Z');
const FAILED = runPath('medallion:shop-scheduled-20261120T110500Z');
const RUNNING = runPath('medallion:shop-scheduled-20261121T112000Z');
const NOW = new Date('2026-11-21T11:20:30Z');

let browser: Browser;
let site: StatusPage;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  site = await serveStatusPage();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

beforeEach(async () => {
  site.override(() => undefined);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.clock.install({ time: NOW });
});

afterEach(async () => {
  await page.close();
  expect(complaints.splice(0)).toEqual([]);
});

const open = async (path: string): Promise<void> => {
  await page.goto(`${site.url}${path}`);
  await page.waitForSelector('h1');
};

const textOf = async (selector: string): Promise<string> =>
  (await page.locator(selector).first().textContent()) ?? '';
const background = (): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

describe('the overview', () => {
  it('shows rows and bytes of each layer, rejects by reason, and the model against its baseline', async () => {
    await open('/');

    await page.getByText('219,305').waitFor();
    expect(await page.locator('.layer').allInnerTexts()).toHaveLength(3);
    expect(await textOf('.bars')).toContain('unparsable quantity');
    expect(await page.getByRole('row', { name: /^AUC/ }).textContent()).toContain('0.8089');
    expect(await page.getByRole('row', { name: /^AUC/ }).textContent()).toContain('0.7640');
  });

  it('says what to do when nothing has run', async () => {
    const { default: empty } = await import('#test/fixtures/status/overview-empty.json', {
      with: { type: 'json' },
    });
    site.override((path) =>
      path.endsWith('/overview') ? { status: 200, body: empty } : undefined,
    );
    await open('/');

    await page.getByText('Nothing has run yet.').waitFor();
    await page.getByText('No model has been trained yet.').waitFor();
  });

  it('says that the server does not answer, and comes back by itself', async () => {
    site.override(() => ({
      status: 503,
      body: { code: 'STORE_UNAVAILABLE', message: 'Cannot read the state table.', requestId: '1' },
    }));
    await open('/');
    await page.getByRole('alert').waitFor();
    expect(await textOf('[role=alert]')).toContain('Cannot read the state table.');

    site.override(() => undefined);
    await page.clock.runFor(6000);

    await page.getByText('219,305').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

describe('the list of runs', () => {
  it('filters by machine and keeps the filter in the address', async () => {
    await open('/runs');
    await page.getByLabel('Machine').selectOption('train-model');

    await page.waitForURL('**/runs?machine=train-model');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  });

  it('leads to a run', async () => {
    await open('/runs');
    await page.getByRole('link', { name: 'medallion shop-scheduled-20261121T110500Z' }).click();

    await page.waitForURL(`**${SUCCEEDED}`);
    expect(await textOf('h1')).toBe('shop-scheduled-20261121T110500Z');
  });
});

describe('a run', () => {
  it('draws every state of the machine with its status in words', async () => {
    await open(SUCCEEDED);
    await page.locator('svg.machine').waitFor();

    expect(await page.locator('.node').count()).toBe(17);
    expect(await page.locator('[data-state=BuildSilver]').getAttribute('aria-label')).toBe(
      'BuildSilver, done · 24.8 s',
    );
    expect(await page.locator('[data-state=FailRun]').getAttribute('aria-label')).toBe(
      'FailRun, not reached',
    );
  });

  it('shows what a failed run failed of, and draws the way that it took', async () => {
    await open(FAILED);
    await page.getByRole('alert').waitFor();

    expect(await textOf('[role=alert]')).toContain('CheckFailed');
    expect(await textOf('.panel h2')).toBe('FailRun');
    expect(await page.locator('.edge.on').count()).toBe(6);
  });

  it('shows the log, output and input of the state that is chosen by keyboard', async () => {
    await open(SUCCEEDED);
    await page.locator('[data-state=BuildSilver]').focus();
    await page.keyboard.press('Enter');

    await page.waitForURL('**?state=BuildSilver');
    await page.getByText('read 4 manifests').waitFor();
    await page.getByRole('tab', { name: 'input' }).click();
    await page.getByText('"trainDue": true').waitFor();
  });

  it('shows rows of a table that is chosen', async () => {
    await open(SUCCEEDED);
    await page.getByLabel('Table', { exact: true }).selectOption('gold.ml_features');

    await page.getByRole('columnheader', { name: /days_since_last_order/ }).waitFor();
  });

  it('asks again every few seconds while it runs, and stops when it has ended', async () => {
    const path = `/api/status${RUNNING}`;
    const asked = () => site.requests.filter((request) => request === path).length;
    await open(RUNNING);
    await page.locator('[data-state=BuildGold]').waitFor();
    const before = asked();
    await page.clock.runFor(3000);
    await expect.poll(asked).toBe(before + 1);

    const { body } = fixtureAnswer(path, new URLSearchParams());
    const { run, ...rest } = body as RunDetail;
    const ended = { ...rest, run: { ...run, status: 'SUCCEEDED', durationMs: 31_000 } };
    site.override((asking) => (asking === path ? { status: 200, body: ended } : undefined));
    await page.clock.runFor(3000);
    await page.locator('.title .mark.good').waitFor();
    const after = asked();
    await page.clock.runFor(30_000);

    expect(asked()).toBe(after);
  });

  it('says so when there is no such run', async () => {
    await open(runPath('medallion:nowhere'));

    await page.getByText('There is no such run.').waitFor();
  });
});

describe('how it looks', () => {
  it('follows the system, until a reader chooses', async () => {
    await open('/');
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    await page.getByRole('radio', { name: 'light' }).check({ force: true });

    expect(dark).not.toBe(light);
    expect(await background()).toBe(light);
    await page.reload();
    await page.waitForSelector('h1');
    expect(await background()).toBe(light);
  });

  it.each(['/', '/runs', SUCCEEDED])('fits %s into 390 pixels', async (path) => {
    await page.setViewportSize({ width: 390, height: 800 });
    await open(path);
    await page.locator('.card').first().waitFor();

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it('begins with a link that skips to the content', async () => {
    await open('/');
    await page.keyboard.press('Tab');

    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Skip');
  });
});
