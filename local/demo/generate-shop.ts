import { bestAuc, type ChurnTruth } from './churn-signal.ts';
import type { Planted } from './dirt.ts';
import { createHistory, type Load } from './history.ts';
import { createSecondInterval } from './second-interval.ts';
import { createLedger, currentRows, type IntervalLedger } from './shop-ledger.ts';
import type { ShopRows } from './shop-rows.ts';

export interface ShopOptions {
  readonly seed: number;
  /** 1 is about 5,000 customers, 500 products, 60,000 orders and 150,000 order lines. */
  readonly scale: number;
  /**
   * UPDATED_AT of the second interval's rows, ISO 8601 UTC: after the first interval was extracted.
   */
  readonly changedAt: string;
}

/** What one load does to the source tables. */
export interface ShopBatch {
  readonly inserts: ShopRows;
  /** Whole rows that take the place of those with the same key. */
  readonly updates: ShopRows;
}

export interface Shop {
  readonly first: ShopBatch;
  readonly second: ShopBatch;
  readonly ledger: { readonly first: IntervalLedger; readonly second: IntervalLedger };
  /** The newest accepted row of each key after each interval. */
  readonly accepted: { readonly first: ShopRows; readonly second: ShopRows };
  readonly churn: { readonly truths: readonly ChurnTruth[]; readonly bestAuc: number };
}

const rawRows = <Row>(accepted: readonly Row[], planted: Planted<Row>): Row[] => [
  ...accepted,
  ...Object.values(planted.rejected).flat(),
  ...planted.copies,
];

const sourceRows = ({ accepted, planted }: Load): ShopRows => ({
  customers: rawRows(accepted.customers, planted.customers),
  products: rawRows(accepted.products, planted.products),
  orders: rawRows(accepted.orders, planted.orders),
  orderLines: rawRows(accepted.orderLines, planted.orderLines),
});

const NO_ROWS: ShopRows = { customers: [], products: [], orders: [], orderLines: [] };

/**
 * A shop's tables over 18 months (2024-01 to 2025-06) and the changes of the half day after, the
 * same for the same options on every machine. Good rows carry a churn signal of known strength;
 * flawed rows come on top of them and are counted in the ledger.
 */
export function generateShop({ seed, scale, changedAt }: ShopOptions): Shop {
  const history = createHistory(seed, scale);
  const second = createSecondInterval(seed, scale, Date.parse(changedAt), history);
  const { changed, corrected, added } = second;
  return {
    first: { inserts: sourceRows(history.load), updates: NO_ROWS },
    second: {
      inserts: sourceRows(added),
      updates: { ...changed, orders: [...changed.orders, ...corrected] },
    },
    ledger: createLedger(history.load, second),
    accepted: { first: history.load.accepted, second: currentRows(history.load, second) },
    churn: { truths: history.truths, bestAuc: bestAuc(history.truths) },
  };
}
