import type { Shop } from '#local/demo/generate-shop.ts';
import type { OrderLineRow, OrderRow, ShopRows } from '#local/demo/shop-rows.ts';

/**
 * What sales_summary must hold, from the source's raw rows by plain arithmetic in cents: no SQL,
 * and nothing that the generator says of its own rows.
 */

export interface SalesDay {
  readonly sales_date: string;
  readonly category: string;
  readonly orders: number;
  readonly customers: number;
  readonly units: number;
  /** Money with two decimals, as text. */
  readonly revenue: string;
  readonly discount_amount: string;
  readonly returned_amount: string;
}

interface Tally {
  readonly orders: Set<number>;
  readonly customers: Set<string>;
  units: number;
  revenueCents: number;
  listCents: number;
  returnedCents: number;
}

const word = (text: string | null): string => (text ?? '').trim().toLowerCase();

function newestByKey<Row extends { readonly updatedAt: string }>(
  rows: readonly Row[],
  key: (row: Row) => string | number,
): Map<string | number, Row> {
  const newest = new Map<string | number, Row>();
  for (const row of rows) {
    const known = newest.get(key(row));
    if (known === undefined || known.updatedAt < row.updatedAt) newest.set(key(row), row);
  }
  return newest;
}

/** `2024-02-30` is no day: it must come back as it was written. */
function isRealTime(text: string): boolean {
  const iso = `${text.replace(' ', 'T')}Z`;
  const at = Date.parse(iso);
  return !Number.isNaN(at) && new Date(at).toISOString() === iso.replace('Z', '.000Z');
}

const isGoodOrder = (order: OrderRow): boolean =>
  word(order.customerId) !== '' &&
  isRealTime(order.orderedAt) &&
  Date.parse(`${order.orderedAt.replace(' ', 'T')}Z`) <=
    Date.parse(`${order.recordedAt.replace(' ', 'T')}Z`) + 86_400_000;

const isGoodLine = (line: OrderLineRow): boolean =>
  line.orderId !== null &&
  word(line.productId) !== '' &&
  /^ *[1-9]\d*$/.test(line.quantity) &&
  /^\d+[.]\d\d$/.test(line.unitPrice);

const cents = (text: string): number => Number(text.replace('.', ''));
const money = (amountCents: number): string => (amountCents / 100).toFixed(2);

function addLine(tally: Tally, order: OrderRow, line: OrderLineRow): void {
  const listCents = Number(line.quantity) * cents(line.unitPrice);
  const paidCents = Math.round((listCents * (100 - line.discountPercent)) / 100);
  tally.orders.add(order.orderId);
  tally.customers.add(word(order.customerId));
  tally.units += Number(line.quantity);
  tally.listCents += listCents;
  tally.revenueCents += paidCents;
  if (word(order.status) === 'returned') tally.returnedCents += paidCents;
}

/** Rows of the source as they are after the first, or after both intervals. */
function sourceRows(shop: Shop, which: 'first' | 'second'): ShopRows {
  const { inserts } = shop.first;
  if (which === 'first') return inserts;
  const { inserts: added, updates } = shop.second;
  return {
    customers: [...inserts.customers, ...added.customers, ...updates.customers],
    products: [...inserts.products, ...added.products, ...updates.products],
    orders: [...inserts.orders, ...added.orders, ...updates.orders],
    orderLines: [...inserts.orderLines, ...added.orderLines, ...updates.orderLines],
  };
}

const newTally = (): Tally => ({
  orders: new Set(),
  customers: new Set(),
  units: 0,
  revenueCents: 0,
  listCents: 0,
  returnedCents: 0,
});

/** Every row of sales_summary after an interval, by day and category. */
export function expectedSales(shop: Shop, which: 'first' | 'second'): SalesDay[] {
  const rows = sourceRows(shop, which);
  const orders = newestByKey(rows.orders.filter(isGoodOrder), (row) => row.orderId);
  const lines = newestByKey(rows.orderLines.filter(isGoodLine), (row) => row.orderLineId);
  const products = newestByKey(
    rows.products.filter((row) => word(row.category) !== '' && cents(row.listPrice) > 0),
    (row) => row.productId,
  );
  const tallies = new Map<string, Tally>();
  for (const line of lines.values()) {
    const order = orders.get(line.orderId ?? '');
    if (order === undefined || word(order.status) === 'cancelled') continue;
    const category = word(products.get(line.productId ?? '')?.category ?? 'unknown');
    const key = `${order.orderedAt.slice(0, 10)} ${category}`;
    const tally = tallies.get(key) ?? newTally();
    tallies.set(key, tally);
    addLine(tally, order, line);
  }
  return [...tallies.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(salesDay);
}

function salesDay([key, tally]: [string, Tally]): SalesDay {
  const [sales_date = '', category = ''] = key.split(' ');
  return {
    sales_date,
    category,
    orders: tally.orders.size,
    customers: tally.customers.size,
    units: tally.units,
    revenue: money(tally.revenueCents),
    discount_amount: money(tally.listCents - tally.revenueCents),
    returned_amount: money(tally.returnedCents),
  };
}
