import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalError } from '#src/errors.ts';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { cutRanges, rangeQuery } from '#src/extract/plan-ranges.ts';
import {
  extractWorld,
  ofRun,
  orderColumns,
  orderRows,
  planRequest,
  sourceColumn,
} from '#test/helpers/extract-fixtures.ts';

const number = sourceColumn('ID', 'NUMBER');
const instant = sourceColumn('AT', 'TIMESTAMP_NTZ');

describe('the ranges of a column', () => {
  it('lie side by side, without an end on either side, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.integer({ min: 2, max: 500 }), (a, b, count) => {
        const [least, greatest] = a < b ? [a, b] : [b, a];
        const ranges = cutRanges(number, [String(least), String(greatest)], count);

        expect(ranges[0]?.from).toBeNull();
        expect(ranges.at(-1)?.to).toBeNull();
        expect(ranges.length).toBeLessThanOrEqual(count);
        for (const [index, range] of ranges.slice(1).entries()) {
          expect(range.from).toBe(ranges[index]?.to);
          const isRising = range.to === null || BigInt(range.from as string) < BigInt(range.to);
          expect(isRising).toBe(true);
        }
      }),
    );
  });

  it('are of the same width', () => {
    expect(cutRanges(number, ['0', '100.75'], 4)).toEqual([
      { from: null, to: '25' },
      { from: '25', to: '50' },
      { from: '50', to: '75' },
      { from: '75', to: null },
    ]);
    expect(
      cutRanges(instant, ['2024-01-01 00:00:00.000000000', '2024-01-03 00:00:00.000000000'], 2),
    ).toEqual([
      { from: null, to: '2024-01-02 00:00:00.000000000' },
      { from: '2024-01-02 00:00:00.000000000', to: null },
    ]);
  });

  it('are one for one value', () => {
    expect(cutRanges(number, ['7', '7'], 5)).toEqual([{ from: null, to: null }]);
  });

  it('are asked for with the rows without a value in the first', () => {
    const [first, last] = cutRanges(number, ['0', '10'], 2) as [never, never];

    expect(rangeQuery('SELECT "ID" FROM t', number, first).sql).toBe(
      'SELECT * FROM (\nSELECT "ID" FROM t\n) AS window_rows\n' +
        `WHERE ("ID" < '5'::NUMBER(38,0) OR "ID" IS NULL)`,
    );
    expect(rangeQuery('SELECT "ID" FROM t', number, last).countSql).toContain(
      `SELECT COUNT(*) FROM (\nSELECT "ID" FROM t\n) AS window_rows\nWHERE "ID" >= '5'::NUMBER(38,0)`,
    );
  });
});

/** Orders 0 to 9, whose ids a warehouse in memory tells apart by the predicate's bounds. */
function splitWorld(query: Record<string, unknown> = {}) {
  const rows = orderRows(10);
  const world = extractWorld({
    table: { columns: orderColumns, rows },
    query: { split: { column: 'id', rows: 5 }, ...query },
  });
  const statements: string[] = [];
  const within = (sql: string) => {
    const from = Number(/"ID" >= '(\d+)'/.exec(sql)?.[1] ?? 0);
    const to = Number(/"ID" < '(\d+)'/.exec(sql)?.[1] ?? 10);
    return rows.filter(([id]) => Number(id) >= from && Number(id) < to);
  };
  const warehouse = {
    ...world.warehouse,
    async scalar(sql: string) {
      if (sql.includes('IS NULL') && !sql.includes('window_rows')) return '0';
      if (sql.includes('MIN(')) return '0';
      if (sql.includes('MAX(')) return '9';
      return String(within(sql).length);
    },
    async submit(sql: string, requestId: string) {
      statements.push(sql);
      world.table.rows = within(sql);
      return world.warehouse.submit(sql, requestId);
    },
  };
  return {
    ...world,
    statements,
    warehouse,
    deps: { ...world.deps, openWarehouse: () => warehouse },
  };
}

const rangesOf = async (deps: ReturnType<typeof splitWorld>['deps'], key: string | undefined) =>
  JSON.parse((await deps.lake.getText(key ?? '')) ?? '[]');

describe('a split window', () => {
  it('is read by one statement for each range, all of one snapshot, and committed as one', async () => {
    const { deps, statements } = splitWorld();
    const plan = await planExtraction(deps, planRequest('run-1'));
    expect(plan).toMatchObject({ hasWindow: true, parts: [], plannedRows: 10 });
    expect(statements).toEqual([]);

    for (const part of await rangesOf(deps, plan.rangesKey)) {
      await extractPart(deps, { step: 'part', ...ofRun(plan), part });
    }
    const commit = await commitWindow(deps, { step: 'commit', ...ofRun(plan) });

    expect(statements).toHaveLength(2);
    for (const sql of statements) {
      expect(sql).toContain(
        "FROM orders AT(TIMESTAMP => '2024-05-01 12:00:00.000000000 +00:00'::TIMESTAMP_TZ(9))",
      );
    }
    const manifest = JSON.parse((await deps.lake.getText(commit.manifestKey)) ?? '');
    expect(manifest).toMatchObject({
      rows: 10,
      sourceRows: 10,
      ranges: { column: 'ID', count: 2 },
    });
    expect(manifest.queryIds).toHaveLength(2);
    expect(manifest.files.map(({ key }: { key: string }) => key.split('/').at(-1))).toEqual([
      'part-0000-0000.parquet',
      'part-0001-0000.parquet',
    ]);
  });

  it('is not committed without all of its ranges', async () => {
    const { deps } = splitWorld();
    const plan = await planExtraction(deps, planRequest('run-1'));
    const [first] = await rangesOf(deps, plan.rangesKey);
    await extractPart(deps, { step: 'part', ...ofRun(plan), part: first });

    await expect(commitWindow(deps, { step: 'commit', ...ofRun(plan) })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is planned as before when its plan step comes again', async () => {
    const { deps, source } = splitWorld();
    const first = await planExtraction(deps, planRequest('run-1'));
    const ranges = await rangesOf(deps, first.rangesKey);
    source.now = '2024-05-01 18:00:00.000000000';

    expect(await planExtraction(deps, planRequest('run-1'))).toEqual(first);
    expect(await rangesOf(deps, first.rangesKey)).toEqual(ranges);
  });

  it.each([
    [{ table: undefined, sql: 'SELECT 1' }, /reads by sql/],
    [{ split: { column: 'note', rows: 5 } }, /no column note/],
    [{ split: { column: 'name', rows: 5 } }, /column name has type TEXT/],
  ])('is refused for %j', async (query, message) => {
    const { deps, table } = splitWorld(query);
    (table as { columns: unknown }).columns = [...orderColumns, sourceColumn('NAME', 'TEXT')];

    await expect(planExtraction(deps, planRequest('run-1'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('is refused where the source has no snapshot', async () => {
    const { deps, warehouse } = splitWorld();
    const scalar = async (sql: string) => {
      if (!sql.includes('AT(TIMESTAMP')) return warehouse.scalar(sql);
      throw new TerminalError('Time travel data is not available.', { code: 'WAREHOUSE_REFUSED' });
    };
    const openWarehouse = () => ({ ...warehouse, scalar });

    await expect(
      planExtraction({ ...deps, openWarehouse }, planRequest('run-1')),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('Time travel data is not available'),
    });
  });
});
