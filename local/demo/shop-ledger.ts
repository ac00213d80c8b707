import { isBrokenEmail, type Planted } from './dirt.ts';
import type { Load } from './history.ts';
import type { SecondInterval } from './second-interval.ts';
import type { OrderRow, ShopRows, ShopTableName } from './shop-rows.ts';

/**
 * What silver must make of the rows of one table in one interval: read = duplicates + rejects +
 * added + changed.
 */
export interface TableLedger {
  readonly read: number;
  readonly duplicates: number;
  readonly rejects: Readonly<Record<string, number>>;
  /** Keys that silver did not have. */
  readonly added: number;
  /** Keys that silver had with other values. */
  readonly changed: number;
  /** Rows of the silver table afterwards; a changed customer leaves an old version behind. */
  readonly rows: number;
}

export interface IntervalLedger {
  readonly tables: Readonly<Record<SilverTableName, TableLedger>>;
  /** Rows that break a check of examples/shop/pipeline.yml afterwards, by the check's name. */
  readonly failing: Readonly<Record<string, number>>;
}

export type SilverTableName = 'dim_customers' | 'dim_products' | 'fact_orders' | 'fact_order_lines';

const SILVER: readonly (readonly [SilverTableName, ShopTableName])[] = [
  ['dim_customers', 'customers'],
  ['dim_products', 'products'],
  ['fact_orders', 'orders'],
  ['fact_order_lines', 'orderLines'],
];

const rejectsOf = ({ rejected }: Planted<unknown>): Record<string, number> =>
  Object.fromEntries(Object.entries(rejected).map(([reason, rows]) => [reason, rows.length]));

const sum = (counts: readonly number[]): number =>
  counts.reduce((total, count) => total + count, 0);

function tableLedger(
  load: Load,
  name: ShopTableName,
  rowsBefore: number,
  changed: number,
  corrected: number,
): TableLedger {
  const planted = load.planted[name];
  const rejects = rejectsOf(planted);
  const added = load.accepted[name].length + corrected;
  const duplicates = planted.copies.length;
  return {
    read: added + changed + duplicates + sum(Object.values(rejects)),
    duplicates,
    rejects,
    added,
    changed,
    rows: rowsBefore + added + (name === 'customers' ? changed : 0),
  };
}

const idOf = (id: string | null): string => (id ?? '').trim().toUpperCase();

/**
 * Rows that a reference or not-null check of the pipeline finds, over everything accepted so far.
 */
function failingRows(rows: ShopRows): Record<string, number> {
  const customers = new Set(rows.customers.map((row) => idOf(row.customerId)));
  const orders = new Set(rows.orders.map((row) => row.orderId));
  const products = new Set(rows.products.map((row) => row.productId));
  return {
    customers_email_known: rows.customers.filter((row) => isBrokenEmail(row.email)).length,
    orders_have_customers: rows.orders.filter((row) => !customers.has(idOf(row.customerId))).length,
    order_lines_have_orders: rows.orderLines.filter(
      ({ orderId }) => orderId === null || !orders.has(orderId),
    ).length,
    order_lines_have_products: rows.orderLines.filter(
      ({ productId }) => productId === null || !products.has(productId),
    ).length,
  };
}

function ledgerOf(
  load: Load,
  total: ShopRows,
  before: IntervalLedger | undefined,
  changed: ShopRows | undefined,
  corrected: readonly OrderRow[],
): IntervalLedger {
  const tables = SILVER.map(([table, name]) => [
    table,
    tableLedger(
      load,
      name,
      before?.tables[table].rows ?? 0,
      changed?.[name].length ?? 0,
      name === 'orders' ? corrected.length : 0,
    ),
  ]);
  return {
    tables: Object.fromEntries(tables) as Record<SilverTableName, TableLedger>,
    failing: failingRows(total),
  };
}

const mergeByKey = <Row>(rows: readonly Row[], newer: readonly Row[], key: keyof Row): Row[] => [
  ...new Map([...rows, ...newer].map((row) => [row[key], row])).values(),
];

/** What is current after the second interval: one row a key, the newest. */
export function currentRows(first: Load, second: SecondInterval): ShopRows {
  const { accepted } = first;
  const { added, changed, corrected } = second;
  const newer = <Name extends ShopTableName>(name: Name) =>
    [...changed[name], ...added.accepted[name]] as ShopRows[Name];
  return {
    customers: mergeByKey(accepted.customers, newer('customers'), 'customerId'),
    products: mergeByKey(accepted.products, newer('products'), 'productId'),
    orders: mergeByKey(accepted.orders, [...newer('orders'), ...corrected], 'orderId'),
    orderLines: mergeByKey(accepted.orderLines, newer('orderLines'), 'orderLineId'),
  };
}

/** The accounts of both intervals: what was planted, and therefore what must be found. */
export function createLedger(
  first: Load,
  second: SecondInterval,
): { first: IntervalLedger; second: IntervalLedger } {
  const opening = ledgerOf(first, first.accepted, undefined, undefined, []);
  const { added, changed, corrected } = second;
  const total = currentRows(first, second);
  return { first: opening, second: ledgerOf(added, total, opening, changed, corrected) };
}
