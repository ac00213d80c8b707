import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import type { CommitAnswer, PartAnswer, PlanAnswer } from '#src/extract/extract-request.ts';
import { extractTable } from '#src/extract/extract-table.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { Manifest } from '#src/model/manifest.ts';
import {
  extractWorld,
  ORDERS,
  ofRun,
  orderColumns,
  orderRows,
  planRequest,
  sourceColumn,
} from '#test/helpers/extract-fixtures.ts';

type Deps = ReturnType<typeof extractWorld>['deps'];

/** Does what the state machine does with a plan. */
async function runParts(deps: Deps, plan: PlanAnswer): Promise<PartAnswer[]> {
  const answers = [];
  for (const part of plan.parts) {
    answers.push(await extractTable(deps, { step: 'part', ...ofRun(plan), part }));
  }
  return answers as PartAnswer[];
}

async function extract(deps: Deps, runId: string): Promise<CommitAnswer> {
  const plan = (await extractTable(deps, planRequest(runId))) as PlanAnswer;
  await runParts(deps, plan);
  return (await extractTable(deps, { step: 'commit', ...ofRun(plan) })) as CommitAnswer;
}

const readManifest = async (deps: Deps, key: string) =>
  Manifest.parse(JSON.parse((await deps.lake.getText(key)) ?? ''));

describe('an extraction', () => {
  it("writes files and the manifest, and moves the watermark to the window's end", async () => {
    const { deps } = extractWorld();

    const answer = await extract(deps, 'run-1');

    expect(answer).toMatchObject({ rows: 5, sourceRows: 5, files: 1 });
    const manifest = await readManifest(deps, answer.manifestKey);
    expect(manifest).toMatchObject({
      pipeline: 'shop',
      query: 'orders',
      source: 'orders',
      sourceSystem: 'shop_db',
      key: ['id'],
      watermarkColumn: 'UPDATED_AT',
      window: { from: null, to: '2024-05-01 12:00:00.000000000' },
      rows: 5,
      snapshotAt: '2024-05-01T12:00:00.000000000Z',
      extractedAt: '2024-05-01T12:00:01.000Z',
      versions: { snowmelt: '0.0.0' },
    });
    for (const { key } of manifest.files) expect(await deps.lake.has(key)).toBe(true);
    expect(await deps.watermarks.read(ORDERS)).toMatchObject({
      value: '2024-05-01 12:00:00.000000000',
      version: 1,
      runId: 'run-1',
      pending: null,
    });
    expect(deps.catalog.registered).toMatchObject([
      { query: 'orders', partition: { extractDate: '2024-05-01', runId: 'run-1' } },
    ]);
    expect(readdirSync(deps.scratchDirectory)).toEqual([]);
  });

  it('begins the second window where the first ended', async () => {
    const { deps, source, warehouse } = extractWorld();
    await extract(deps, 'run-1');
    source.now = '2024-05-01 13:00:00.000000000';

    const answer = await extract(deps, 'run-2');

    expect(answer.watermark).toEqual({
      from: '2024-05-01 12:00:00.000000000',
      to: '2024-05-01 13:00:00.000000000',
    });
    expect(warehouse.statements.at(-1)?.sql).toContain(`>= '2024-05-01 12:00:00.000000000'`);
    expect(await deps.watermarks.history(ORDERS)).toHaveLength(2);
  });

  it('commits a window without rows, with a manifest of no files', async () => {
    const { deps } = extractWorld({ table: { columns: orderColumns, rows: [] } });

    const answer = await extract(deps, 'run-1');

    expect(answer).toMatchObject({ rows: 0, files: 0 });
    expect(deps.catalog.registered[0]?.partition).toBeUndefined();
    expect((await deps.watermarks.read(ORDERS)).version).toBe(1);
  });

  it('writes as many files as the size of a file asks for', async () => {
    const table = { columns: orderColumns, rows: orderRows(50) };
    const query = { max_file_mb: 0.0001 };
    const { deps } = extractWorld({ table, query, warehouse: { partitionRows: 10 } });

    const answer = await extract(deps, 'run-1');

    expect(answer).toMatchObject({ rows: 50, files: 5 });
    const { files } = await readManifest(deps, answer.manifestKey);
    expect(files.map(({ key }) => key.slice(-17))).toEqual(
      [0, 1, 2, 3, 4].map((n) => `part-000${n}.parquet`),
    );
  });

  it('reads a whole table when the query has no watermark column', async () => {
    const { deps, warehouse } = extractWorld({ query: { watermark_column: undefined } });

    const answer = await extract(deps, 'run-1');

    expect(answer.watermark).toBeNull();
    expect(warehouse.statements[0]?.sql).toBe('SELECT "ID", "UPDATED_AT"\nFROM orders');
    expect(await deps.watermarks.read(ORDERS)).toMatchObject({ value: null, version: 1 });
  });

  it.each([
    [sourceColumn('UPDATED_AT', 'DATE'), '2024-05-01 00:00:00.000000000'],
    [sourceColumn('UPDATED_AT', 'TIMESTAMP_LTZ', { scale: 0 }), '2024-05-01 12:00:00.000000000'],
    [sourceColumn('UPDATED_AT', 'TIMESTAMP_TZ', { scale: null }), '2024-05-01 12:00:00.500000000'],
  ])('cuts the window to what column %j can hold', async (column, to) => {
    const table = { columns: [sourceColumn('ID', 'NUMBER'), column], rows: [] };
    const { deps, source } = extractWorld({ table });
    source.now = '2024-05-01 12:00:00.500000000';

    expect((await planExtraction(deps, planRequest('run-1'))).window).toEqual({ from: null, to });
  });

  it('names the SQL as source when the query has no table', async () => {
    const query = { table: undefined, sql: 'select * from orders' };
    const { deps } = extractWorld({ query });

    const { manifestKey } = await extract(deps, 'run-1');

    expect((await readManifest(deps, manifestKey)).source).toBe('select * from orders');
  });
});

describe('a dry run', () => {
  it('tells window, rows and SQL, and changes nothing', async () => {
    const { deps, warehouse } = extractWorld();

    const plan = await planExtraction(deps, planRequest('run-1', { dryRun: true }));

    expect(plan).toMatchObject({ hasWindow: false, plannedRows: 5, parts: [] });
    expect(plan.sql).toContain('SELECT "ID", "UPDATED_AT"');
    expect(plan.window?.to).toBe('2024-05-01 12:00:00.000000000');
    expect(warehouse.statements).toEqual([]);
    expect(deps.lake.objects.size).toBe(0);
    expect((await deps.watermarks.read(ORDERS)).pending).toBeNull();
  });
});

describe('a window by hand', () => {
  it('is read as people write instants', async () => {
    const { deps } = extractWorld();
    const window = { from: '2024-01-01', to: '2024-02-01T12:00:00+02:00' };

    const plan = await planExtraction(deps, planRequest('run-1', { window }));

    expect(plan.window).toEqual({
      from: '2024-01-01 00:00:00.000000000',
      to: '2024-02-01 10:00:00.000000000',
    });
  });

  it('may begin at the beginning', async () => {
    const { deps } = extractWorld();
    const window = { from: null, to: '2024-02-01' };

    const plan = await planExtraction(deps, planRequest('run-1', { window }));

    expect(plan.window?.from).toBeNull();
  });

  it('does not move the watermark backwards', async () => {
    const { deps } = extractWorld();
    await extract(deps, 'run-1');
    const window = { from: '2024-01-01', to: '2024-02-01' };

    const plan = await planExtraction(deps, planRequest('run-2', { window }));
    await runParts(deps, plan);
    await commitWindow(deps, { step: 'commit', ...ofRun(plan) });

    expect(await deps.watermarks.read(ORDERS)).toMatchObject({
      value: '2024-05-01 12:00:00.000000000',
      version: 2,
      runId: 'run-2',
    });
  });

  it('beyond the clock of the source is no window', async () => {
    const { deps } = extractWorld();
    const window = { from: '2030-01-01', to: '2031-01-01' };

    const plan = await planExtraction(deps, planRequest('run-1', { window }));

    expect(plan).toMatchObject({ hasWindow: false, window: null });
    expect((await deps.watermarks.read(ORDERS)).pending).toBeNull();
  });

  it('that is no instant is refused', async () => {
    const { deps } = extractWorld();
    const window = { from: null, to: 'yesterday' };

    await expect(planExtraction(deps, planRequest('run-1', { window }))).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'EVENT_INVALID',
    });
  });
});

describe('what is not there', () => {
  it('names the query that the pipeline does not have', async () => {
    const { deps } = extractWorld();

    await expect(
      planExtraction(deps, planRequest('run-1', { query: 'refunds' })),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('no query of that name'),
    });
  });

  it('names the plan that has been removed', async () => {
    const { deps } = extractWorld();
    const plan = await planExtraction(deps, planRequest('run-1'));
    deps.lake.objects.clear();

    const part = plan.parts[0] as PlanAnswer['parts'][number];
    await expect(extractPart(deps, { step: 'part', ...ofRun(plan), part })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('_plan.json'),
    });
    expect(existsSync(deps.scratchDirectory)).toBe(true);
  });
});

describe('rows without a watermark', () => {
  const columns = [sourceColumn('ID', 'NUMBER'), sourceColumn('UPDATED_AT', 'TIMESTAMP_NTZ')];
  const worldOf = (null_watermark?: string) =>
    extractWorld({
      table: { columns, rows: orderRows(5), nulls: 2 },
      query: null_watermark === undefined ? {} : { null_watermark },
    });

  it('are read with every window of the schedule, in the same statement, and counted', async () => {
    const { deps, warehouse } = worldOf();

    await extract(deps, 'run-1');
    const { manifestKey } = await extract(deps, 'run-2');

    const manifest = await readManifest(deps, manifestKey);
    expect(manifest).toMatchObject({ nullWatermarkRows: 2, rows: 5 });
    expect(manifest.window?.from).not.toBeNull();
    expect(warehouse.statements.at(-1)?.sql).toContain('OR "UPDATED_AT" IS NULL)');
  });

  it('are left out by a window by hand that does not begin at the beginning', async () => {
    const { deps } = worldOf();
    const sqlOf = async (from: string | null) => {
      const window = { from, to: '2024-02-01' };
      return (await planExtraction(deps, planRequest('run-1', { window, dryRun: true }))).sql;
    };

    expect(await sqlOf('2024-01-01')).not.toContain('IS NULL');
    expect(await sqlOf(null)).toContain('OR "UPDATED_AT" IS NULL)');
  });

  it('are left out where the query ignores them, the first time as well', async () => {
    const { deps, warehouse } = worldOf('ignore');

    const { manifestKey } = await extract(deps, 'run-1');

    expect(await readManifest(deps, manifestKey)).toMatchObject({ nullWatermarkRows: 0 });
    expect(warehouse.statements[0]?.sql).not.toContain('IS NULL');
  });

  it('stop a query that refuses them, and only when there are some', async () => {
    const { deps, table } = worldOf('refuse');

    await expect(planExtraction(deps, planRequest('run-1'))).rejects.toMatchObject({
      code: 'SCHEMA_DRIFT',
      message: expect.stringContaining('2 rows have no UPDATED_AT'),
    });
    table.nulls = 0;
    expect(await planExtraction(deps, planRequest('run-1'))).toMatchObject({ hasWindow: true });
  });
});

describe('a watermark that is a number', () => {
  const columns = [sourceColumn('ID', 'NUMBER', { nullable: false })];
  const query = { watermark_column: 'id' };

  it('ends with the greatest value there is, every digit of it', async () => {
    const table = {
      columns,
      rows: orderRows(1),
      greatest: '98765432109876543210987654321098765432',
    };
    const { deps } = extractWorld({ table, query });

    await extract(deps, 'run-1');

    expect(await deps.watermarks.read(ORDERS)).toMatchObject({ value: table.greatest });
    const { window } = await planExtraction(deps, planRequest('run-2'));
    expect(window).toEqual({ from: table.greatest, to: table.greatest, closed: true });
  });

  it('reads the table whole as long as no row has a value', async () => {
    const { deps, warehouse } = extractWorld({ table: { columns, rows: [] }, query });

    const answer = await extract(deps, 'run-1');

    expect(answer.watermark).toBeNull();
    expect(warehouse.statements[0]?.sql).toContain('WHERE "ID" IS NOT NULL');
    expect((await deps.watermarks.read(ORDERS)).value).toBeNull();
  });

  it('begins anew when the query goes by another column than before', async () => {
    const byTime = extractWorld();
    await extract(byTime.deps, 'run-1');
    const table = { columns, rows: orderRows(2), greatest: '7' };
    const byNumber = extractWorld({ table, query });
    const deps = { ...byNumber.deps, lake: byTime.deps.lake, watermarks: byTime.deps.watermarks };

    const answer = await extract(deps, 'run-2');

    expect(answer.watermark).toEqual({ from: null, to: '7', closed: true });
    expect(await deps.watermarks.read(ORDERS)).toMatchObject({ value: '7', version: 2 });
  });

  it('refuses an end by hand that is no number', async () => {
    const { deps } = extractWorld({ table: { columns, rows: [], greatest: '7' }, query });
    const window = { from: null, to: 'today' };

    await expect(planExtraction(deps, planRequest('run-1', { window }))).rejects.toMatchObject({
      code: 'EVENT_INVALID',
      message: expect.stringContaining('1000'),
    });
  });
});
