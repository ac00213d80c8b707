import { describe, expect, it } from 'vitest';
import { judgeCheck, judgeLayer, worstStatus } from '#src/check/judge-layer.ts';
import type { Check } from '#src/model/pipeline.ts';
import { layerReport, pipelineDocument, tableReport } from '#test/helpers/documents.ts';

const base = {
  layer: 'silver',
  table: 'dim_orders',
  severity: 'fail',
  max_failing_share: 0,
} as const;
const notNull: Check = { ...base, name: 'has_id', kind: 'not_null', column: 'order_id' };
const measured = (failing: number, total: number, check = 'has_id') =>
  layerReport({ measurements: [{ check, failing, total }] });

describe('judgeCheck', () => {
  it('passes when no row breaks it', () => {
    const result = judgeCheck(notNull, measured(0, 100), pipelineDocument());

    expect(result).toEqual({
      check: 'has_id',
      table: 'dim_orders',
      status: 'pass',
      failing: 0,
      total: 100,
      message: 'Nothing breaks it.',
    });
  });

  it.each([
    ['fails', 'fail'],
    ['warns', 'warn'],
  ] as const)('%s with severity %s when one row breaks it', (_word, severity) => {
    const result = judgeCheck({ ...notNull, severity }, measured(1, 100), pipelineDocument());

    expect(result.status).toBe(severity);
    expect(result.message).toBe('1 of 100 rows break it.');
  });

  it.each([
    [5, 'pass'],
    [6, 'fail'],
  ])('lets five in a hundred break it when that share is allowed: %d rows → %s', (rows, status) => {
    const check = { ...notNull, max_failing_share: 0.05 };

    const result = judgeCheck(check, measured(rows, 100), pipelineDocument());

    expect(result.status).toBe(status);
    expect(result.message).toBe(`${rows} of 100 rows break it; up to 5 % may.`);
  });

  it('passes a table without rows', () => {
    expect(judgeCheck(notNull, measured(0, 0), pipelineDocument()).status).toBe('pass');
  });

  it.each<Check>([
    { ...notNull, severity: 'warn' },
    { ...base, name: 'columns', kind: 'schema', table: 'nowhere' },
    { ...base, name: 'rejects', kind: 'reject_share', table: 'nowhere' },
    { ...base, name: 'rows', kind: 'row_count', table: 'nowhere', min: 1 },
  ])('fails $name, whatever its severity, when nothing was measured', (check) => {
    const result = judgeCheck(check, layerReport(), pipelineDocument());

    expect(result.status).toBe('fail');
    expect(result.message).toContain('measured nothing');
  });

  it('takes the share of rejects from the report of the table', () => {
    const check: Check = { ...base, name: 'rejects', kind: 'reject_share', max_failing_share: 0.1 };
    const report = (rejects: Record<string, number>) =>
      layerReport({ tables: [tableReport({ rejects })] });

    expect(judgeCheck(check, report({ a: 4, b: 6 }), pipelineDocument()).status).toBe('pass');
    expect(judgeCheck(check, report({ a: 4, b: 7 }), pipelineDocument())).toMatchObject({
      status: 'fail',
      failing: 11,
      total: 100,
      message: '11 of 100 rows rejected; up to 10 % may.',
    });
  });

  it('takes the number of rows from the report of the table', () => {
    const check: Check = { ...base, name: 'rows', kind: 'row_count', min: 91 };

    expect(judgeCheck(check, layerReport(), pipelineDocument())).toMatchObject({
      status: 'fail',
      failing: 1,
      message: '90 rows, at least 91 expected.',
    });
    expect(judgeCheck({ ...check, min: 90 }, layerReport(), pipelineDocument()).status).toBe(
      'pass',
    );
  });
});

describe('a schema check', () => {
  const schema: Check = { ...base, name: 'columns', kind: 'schema' };

  it('passes when every column of the contract is there, whatever else is', () => {
    const { columns } = tableReport();
    const tables = [
      tableReport({ columns: [...columns, { name: 'is_current', type: 'boolean' }] }),
    ];

    expect(judgeCheck(schema, layerReport({ tables }), pipelineDocument())).toMatchObject({
      status: 'pass',
      total: 3,
    });
  });

  it('names what is missing and what has another type', () => {
    const columns = [
      { name: 'ORDER_ID', type: 'STRING' },
      { name: 'place', type: 'struct<city:string,zip:string>' },
    ];
    const report = layerReport({ tables: [tableReport({ columns })] });

    expect(judgeCheck(schema, report, pipelineDocument())).toMatchObject({
      status: 'fail',
      failing: 2,
      message: 'order_key is missing, order_id is STRING instead of bigint.',
    });
  });

  it('expects no surrogate key where the contract has none', () => {
    const [contract] = pipelineDocument().silver;
    const pipeline = pipelineDocument({ silver: [{ ...contract, surrogate_key: undefined }] });

    expect(judgeCheck(schema, layerReport(), pipeline).total).toBe(2);
  });

  it('expects the key of a gold table, of any type', () => {
    const check: Check = { ...schema, layer: 'gold', table: 'sales' };
    const tables = [tableReport({ table: 'sales', columns: [{ name: 'day', type: 'date' }] })];

    expect(
      judgeCheck(check, layerReport({ layer: 'gold', tables }), pipelineDocument()),
    ).toMatchObject({ status: 'pass', total: 1 });
  });

  it.each(['silver', 'gold'] as const)('fails for a %s table that the pipeline lacks', (layer) => {
    const check: Check = { ...schema, layer, table: 'unknown' };
    const report = layerReport({ layer, tables: [tableReport({ table: 'unknown' })] });

    expect(judgeCheck(check, report, pipelineDocument()).status).toBe('fail');
  });
});

describe('judgeLayer', () => {
  it('judges the checks of the layer of the report only', () => {
    const checks = [notNull, { ...notNull, name: 'gold_id', layer: 'gold', table: 'sales' }];

    const results = judgeLayer(pipelineDocument({ checks }), measured(0, 1));

    expect(results.map(({ check }) => check)).toEqual(['has_id']);
  });
});

describe('worstStatus', () => {
  it.each([
    [[], 'pass'],
    [['pass', 'warn'], 'warn'],
    [['warn', 'fail', 'pass'], 'fail'],
  ] as const)('is, of %j, %s', (statuses, worst) => {
    expect(worstStatus(statuses)).toBe(worst);
  });
});
