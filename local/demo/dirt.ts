import type { Random } from './random.ts';
import { DAY_MS, secondsText } from './shop-calendar.ts';
import type { CustomerRow, OrderLineRow, OrderRow, ProductRow } from './shop-rows.ts';

/** Rows of one table that silver must refuse, by reason, and exact copies of rows that it takes. */
export interface Planted<Row> {
  readonly rejected: Readonly<Record<string, readonly Row[]>>;
  readonly copies: readonly Row[];
}

/** How to spoil a good row; `share` is of the good rows, and at least one row is spoiled. */
interface Flaw<Row> {
  readonly reason: string;
  readonly share: number;
  readonly spoil: (row: Row, random: Random) => Row;
}

const COPY_SHARE = 0.002;
const BAD_EMAIL_SHARE = 0.02;

const BAD_DATES = ['31/02/2024', 'unknown', '2024-13-05 10:00:00', '', 'last Tuesday'];
const BAD_QUANTITIES = ['two', '3 pcs', '', 'n/a', '1-2'];
const BAD_PRICES = ['n/a', '12,50', 'free', '', '$9.99'];
const BAD_EMAILS = ['jane.doe(at)example.com', 'none', '', 'no@mail', 'a b@example.com'];

/** How many rows a share is, at least one. */
export const countOf = (share: number, rows: number): number =>
  Math.max(1, Math.round(share * rows));

/**
 * Spoils copies of good rows, which get a new key from `renew` so that every spoiled row is a row
 * more.
 */
function plant<Row>(
  random: Random,
  good: readonly Row[],
  flaws: readonly Flaw<Row>[],
  renew: (row: Row) => Row,
): Planted<Row> {
  const rejected = Object.fromEntries(
    flaws.map(({ reason, share, spoil }) => [
      reason,
      Array.from({ length: countOf(share, good.length) }, () =>
        spoil(renew(random.pick(good)), random),
      ),
    ]),
  );
  return { rejected, copies: random.sample(good, countOf(COPY_SHARE, good.length)) };
}

const CUSTOMER_FLAWS: readonly Flaw<CustomerRow>[] = [
  {
    reason: 'missing_customer_id',
    share: 0.002,
    spoil: (row, random) => ({ ...row, customerId: random.pick([null, '', '  ']) }),
  },
  {
    reason: 'missing_created_at',
    share: 0.001,
    spoil: (row) => ({ ...row, createdAt: null }),
  },
];

const PRODUCT_FLAWS: readonly Flaw<ProductRow>[] = [
  { reason: 'missing_category', share: 0.004, spoil: (row) => ({ ...row, category: null }) },
  {
    reason: 'price_not_positive',
    share: 0.006,
    spoil: (row, random) => ({ ...row, listPrice: random.pick(['0.00', '-1.00']) }),
  },
];

const ORDER_FLAWS: readonly Flaw<OrderRow>[] = [
  {
    reason: 'missing_customer',
    share: 0.003,
    spoil: (row, random) => ({ ...row, customerId: random.pick([null, '', ' ']) }),
  },
  {
    reason: 'unparsable_order_date',
    share: 0.004,
    spoil: (row, random) => ({ ...row, orderedAt: random.pick(BAD_DATES) }),
  },
  {
    reason: 'order_date_in_future',
    share: 0.001,
    spoil: (row, random) => ({
      ...row,
      orderedAt: secondsText(Date.parse(`${row.recordedAt}Z`) + random.int(2, 300) * DAY_MS),
    }),
  },
];

const LINE_FLAWS: readonly Flaw<OrderLineRow>[] = [
  { reason: 'missing_order', share: 0.001, spoil: (row) => ({ ...row, orderId: null }) },
  {
    reason: 'missing_product',
    share: 0.001,
    spoil: (row, random) => ({ ...row, productId: random.pick([null, '']) }),
  },
  {
    reason: 'unparsable_quantity',
    share: 0.004,
    spoil: (row, random) => ({ ...row, quantity: random.pick(BAD_QUANTITIES) }),
  },
  {
    reason: 'quantity_not_positive',
    share: 0.003,
    spoil: (row, random) => ({ ...row, quantity: String(-random.int(0, 5)) }),
  },
  {
    reason: 'unparsable_price',
    share: 0.003,
    spoil: (row, random) => ({ ...row, unitPrice: random.pick(BAD_PRICES) }),
  },
  {
    reason: 'negative_price',
    share: 0.001,
    spoil: (row) => ({ ...row, unitPrice: `-${row.unitPrice}` }),
  },
];

export const plantCustomers = (
  random: Random,
  good: readonly CustomerRow[],
  nextId: () => string,
): Planted<CustomerRow> =>
  plant(random, good, CUSTOMER_FLAWS, (row) => ({ ...row, customerId: nextId() }));

export const plantProducts = (
  random: Random,
  good: readonly ProductRow[],
  nextId: () => string,
): Planted<ProductRow> =>
  plant(random, good, PRODUCT_FLAWS, (row) => ({ ...row, productId: nextId() }));

export const plantOrders = (
  random: Random,
  good: readonly OrderRow[],
  nextId: () => number,
): Planted<OrderRow> => plant(random, good, ORDER_FLAWS, (row) => ({ ...row, orderId: nextId() }));

export const plantOrderLines = (
  random: Random,
  good: readonly OrderLineRow[],
  nextId: () => number,
): Planted<OrderLineRow> =>
  plant(random, good, LINE_FLAWS, (row) => ({ ...row, orderLineId: nextId() }));

/**
 * Breaks the e-mail addresses of a share of customers: no reason to refuse them, but to know them
 * less.
 */
export function breakEmails(random: Random, rows: readonly CustomerRow[]): CustomerRow[] {
  const broken = new Set(random.sample(rows, countOf(BAD_EMAIL_SHARE, rows.length)));
  return rows.map((row) =>
    broken.has(row) ? { ...row, email: random.pick([null, ...BAD_EMAILS]) } : row,
  );
}

/** Whether an address is one of those that `breakEmails` leaves behind. */
export const isBrokenEmail = (email: string | null): boolean =>
  email === null || BAD_EMAILS.includes(email);
