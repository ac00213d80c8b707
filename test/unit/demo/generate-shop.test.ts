import { describe, expect, it } from 'vitest';
import { bestAuc, type ChurnTruth } from '#local/demo/churn-signal.ts';
import { generateShop, type Shop } from '#local/demo/generate-shop.ts';
import type { IntervalLedger } from '#local/demo/shop-ledger.ts';

const options = { seed: 7, scale: 0.1, changedAt: '2026-01-01T00:00:00Z' };
const shop: Shop = generateShop(options);

const total = (rejects: Readonly<Record<string, number>>): number =>
  Object.values(rejects).reduce((sum, count) => sum + count, 0);

/** AUC of the true probabilities on what the dice gave, by its definition over ranks. */
function realisedAuc(truths: readonly ChurnTruth[]): number {
  const sorted = [...truths].sort((a, b) => a.probability - b.probability);
  const positives = sorted.filter((truth) => truth.hasChurned).length;
  const rankSum = sorted.reduce(
    (sum, { hasChurned }, index) => sum + (hasChurned ? index + 1 : 0),
    0,
  );
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives));
}

describe('generateShop', () => {
  it('gives the same rows for the same options', () => {
    expect(generateShop(options)).toEqual(shop);
  });

  it('gives other rows for another seed', () => {
    const other = generateShop({ ...options, seed: 8 });

    expect(other.first.inserts.orders).not.toEqual(shop.first.inserts.orders);
  });

  it('gives the same customers at a larger scale', () => {
    const larger = generateShop({ ...options, scale: 0.15 });
    const addressOf = ({ first }: Shop) =>
      first.inserts.customers.find(({ customerId }) => customerId === 'C000042')?.address;

    expect(addressOf(larger)).toBe(addressOf(shop));
  });

  it('changes only UPDATED_AT of the second interval when it happens at another time', () => {
    const later = generateShop({ ...options, changedAt: '2026-02-01T00:00:00Z' });
    const withoutStamp = (rows: readonly { updatedAt: string }[]) =>
      rows.map((row) => ({ ...row, updatedAt: '' }));

    expect(later.first).toEqual(shop.first);
    expect(withoutStamp(later.second.updates.orders)).toEqual(
      withoutStamp(shop.second.updates.orders),
    );
  });

  it('stamps the second interval after the first, some of it as late commits', () => {
    const newest =
      shop.first.inserts.orders
        .map((row) => row.updatedAt)
        .sort()
        .at(-1) ?? '';
    const stamps = [...shop.second.inserts.orders, ...shop.second.updates.orders].map(
      (row) => row.updatedAt,
    );

    expect(newest < '2025-07-01').toBe(true);
    expect(stamps.every((stamp) => stamp > newest && stamp < '2026-01-01')).toBe(true);
    expect(stamps.some((stamp) => stamp.startsWith('2025-12-31 23:39:59'))).toBe(true);
  });

  it('updates only rows that are there', () => {
    const known = new Set(shop.first.inserts.orders.map((row) => row.orderId));

    expect(shop.second.updates.orders.length).toBeGreaterThan(0);
    expect(shop.second.updates.orders.every((row) => known.has(row.orderId))).toBe(true);
  });
});

describe('the ledger of planted rows', () => {
  const tables = ({ tables: byName }: IntervalLedger) => Object.values(byName);

  it('adds up to the rows read, in both intervals', () => {
    for (const table of [...tables(shop.ledger.first), ...tables(shop.ledger.second)]) {
      expect(table.read).toBe(
        table.added + table.changed + table.duplicates + total(table.rejects),
      );
    }
  });

  it('reads what the source holds in the first load and what changed in the second', () => {
    const { first, second } = shop;

    expect(shop.ledger.first.tables.fact_orders.read).toBe(first.inserts.orders.length);
    expect(shop.ledger.second.tables.fact_orders.read).toBe(
      second.inserts.orders.length + second.updates.orders.length,
    );
  });

  it('counts as many of each reason as a reader of the raw rows finds', () => {
    const { orders, orderLines } = shop.first.inserts;
    const blank = (text: string | null) => text === null || text.trim() === '';
    const { rejects } = shop.ledger.first.tables.fact_order_lines;

    expect(orders.filter((row) => blank(row.customerId)).length).toBe(
      shop.ledger.first.tables.fact_orders.rejects.missing_customer,
    );
    expect(orderLines.filter((row) => !/^ *-?\d+$/.test(row.quantity)).length).toBe(
      rejects.unparsable_quantity,
    );
    expect(orderLines.filter((row) => /^-|^0$/.test(row.quantity)).length).toBe(
      rejects.quantity_not_positive,
    );
    expect(orderLines.filter((row) => !/^-?\d+[.]\d\d$/.test(row.unitPrice)).length).toBe(
      rejects.unparsable_price,
    );
  });

  it('counts every copy as a duplicate', () => {
    const { orders } = shop.first.inserts;

    expect(orders.length - new Set(orders.map((row) => row.orderId)).size).toBe(
      shop.ledger.first.tables.fact_orders.duplicates,
    );
  });

  it('holds the rows that are current after each interval', () => {
    expect(shop.accepted.first.orders.length).toBe(shop.ledger.first.tables.fact_orders.rows);
    expect(shop.accepted.second.orders.length).toBe(shop.ledger.second.tables.fact_orders.rows);
    expect(shop.ledger.second.tables.dim_customers.rows).toBe(
      shop.accepted.second.customers.length + shop.ledger.second.tables.dim_customers.changed,
    );
  });

  it('has fewer orders without a customer once late customers have arrived', () => {
    const { first, second } = shop.ledger;

    expect(second.failing.orders_have_customers).toBeLessThan(
      first.failing.orders_have_customers ?? 0,
    );
  });
});

describe('the churn signal', () => {
  it('leaves room between guessing and certainty', () => {
    expect(shop.churn.bestAuc).toBeGreaterThan(0.75);
    expect(shop.churn.bestAuc).toBeLessThan(0.9);
  });

  it('is as strong on the dice that fell as it is on average', () => {
    expect(realisedAuc(shop.churn.truths)).toBeCloseTo(shop.churn.bestAuc, 1);
  });

  it('is calibrated: as many churn as the probabilities say', () => {
    const { truths } = shop.churn;
    const expected = truths.reduce((sum, truth) => sum + truth.probability, 0);
    const churned = truths.filter((truth) => truth.hasChurned).length;

    expect(Math.abs(churned - expected) / truths.length).toBeLessThan(0.02);
  });

  it('gives one half for equal probabilities and one for certain ones', () => {
    const truth = (probability: number): ChurnTruth => ({
      customerId: 'C1',
      asOf: '2025-01-01',
      probability,
      hasChurned: false,
    });

    expect(bestAuc([truth(0.3), truth(0.3), truth(0.3)])).toBeCloseTo(0.5, 10);
    expect(bestAuc([truth(0), truth(1)])).toBe(1);
  });
});
