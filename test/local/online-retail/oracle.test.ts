import { beforeAll, describe, expect, it } from 'vitest';
import { type Expected, expected, hasCsv } from './oracle.ts';

const reason = hasCsv() ? '' : ' (skipped: ../shared/data/online-retail is not there)';

describe.skipIf(!hasCsv())(`the oracle over the Online Retail file${reason}`, () => {
  let oracle: Expected;

  beforeAll(async () => {
    oracle = await expected();
  });

  it('puts every line in exactly one place', () => {
    const { rows, duplicates, rejects } = oracle.silver;
    const rejected = Object.values(rejects).reduce((sum, count) => sum + count, 0);

    expect(oracle.lines).toBe(541_909);
    expect(rows + duplicates + rejected).toBe(541_909);
  });

  it('gives months, customers and products that add up to silver', () => {
    const { monthly_revenue: months, customer_value: customers } = oracle.gold;
    const sum = (rows: readonly { net_revenue?: string | null }[]) =>
      rows.reduce((total, row) => total + BigInt((row.net_revenue ?? '0').replace('.', '')), 0n);

    expect(sum(months)).toBe(BigInt(oracle.silver.amount.replace('.', '')));
    expect(sum(customers) < sum(months)).toBe(true);
  });
});
