import { countOf, isBrokenEmail } from './dirt.ts';
import {
  createLoad,
  type History,
  type Load,
  type OpenOrder,
  recordPurchases,
  type Sequences,
} from './history.ts';
import { orderRow } from './order-rows.ts';
import { createAddress, createNewcomer, type Person } from './people.ts';
import { createProduct } from './products.ts';
import { createPurchase, type Purchase } from './purchases.ts';
import { createRandom, type Random } from './random.ts';
import {
  DAY_MS,
  dateText,
  FIRST_LOAD_END,
  HOUR_MS,
  MONTHS,
  timestampText,
} from './shop-calendar.ts';
import type { CustomerRow, OrderRow, ProductRow, ShopRows } from './shop-rows.ts';

const SECOND_END = FIRST_LOAD_END + 12 * HOUR_MS;
/** How far behind the others the rows of a long transaction are. */
const LATE_COMMIT_MS = 20 * 60_000;

/** What happens in the half day after the first load. */
export interface SecondInterval {
  /** Rows that the source did not have before. */
  readonly added: Load;
  /** Rows that it had, as they are now; silver has an older version of each. */
  readonly changed: ShopRows;
  /** Orders that were refused and have been put right at the source: new to silver. */
  readonly corrected: readonly OrderRow[];
}

/**
 * Gives each row its own UPDATED_AT within the second before `changedAt`, or 20 minutes earlier for
 * late commits.
 */
function createStamp(changedAt: number): (isLateCommit?: boolean) => string {
  let count = 0;
  return (isLateCommit = false) => {
    count += 1;
    return timestampText(changedAt - 1000 - (isLateCommit ? LATE_COMMIT_MS : 0), count);
  };
}

function newPurchases(
  random: Random,
  seed: number,
  count: number,
  history: History,
): { onTime: Purchase[]; late: Purchase[] } {
  const buyers: Person[] = random.sample(history.people, count);
  const all = buyers.map((person, index) => {
    const isLate = index % 10 === 0;
    const orderedAt = isLate
      ? FIRST_LOAD_END - random.int(1, 3) * DAY_MS + random.int(0, 80_000) * 1000
      : FIRST_LOAD_END + random.int(0, 40_000) * 1000;
    const dice = createRandom(seed, 'second purchase', index);
    const bought = createPurchase(dice, person, orderedAt, MONTHS, history.products);
    const recordedAt = isLate ? FIRST_LOAD_END + random.int(1, 40_000) * 1000 : orderedAt;
    return { isLate, purchase: { ...bought, recordedAt } };
  });
  return {
    onTime: all.filter(({ isLate }) => !isLate).map(({ purchase }) => purchase),
    late: [
      ...history.unrecorded.map((purchase) => ({ ...purchase, recordedAt: FIRST_LOAD_END })),
      ...all.filter(({ isLate }) => isLate).map(({ purchase }) => purchase),
    ],
  };
}

function progressedOrders(random: Random, open: readonly OpenOrder[]): OrderRow[] {
  return open
    .filter(({ purchase }) => {
      const events = [purchase.deliveredAt, purchase.returnedAt ?? 0];
      return events.some((at) => at >= FIRST_LOAD_END && at < SECOND_END);
    })
    .map(({ orderId, purchase }) => orderRow(random, orderId, purchase, SECOND_END));
}

function movedCustomers(random: Random, rows: readonly CustomerRow[], count: number) {
  const settled = rows.filter((row) => !isBrokenEmail(row.email));
  return random.sample(settled, count).map((row) => {
    const { address, city, state, zipCode } = createAddress(random);
    return { ...row, address: `${address} Unit ${random.int(1, 99)}`, city, state, zipCode };
  });
}

const repriced = (random: Random, rows: readonly ProductRow[], count: number): ProductRow[] =>
  random.sample(rows, count).map((row) => ({
    ...row,
    listPrice: (Number(row.listPrice) + random.int(1, 9)).toFixed(2),
  }));

/** Refused orders of the last month whose date is now known; the shop learns of them only now. */
function correctedOrders(history: History, count: number): OrderRow[] {
  const refused = history.load.planted.orders.rejected.unparsable_order_date ?? [];
  const month = dateText(FIRST_LOAD_END - 1).slice(0, 7);
  return refused
    .filter((row) => row.recordedAt.startsWith(month))
    .slice(0, count)
    .map((row) => ({
      ...row,
      orderedAt: row.recordedAt.slice(0, 19),
      recordedAt: timestampText(FIRST_LOAD_END + HOUR_MS),
    }));
}

function newCustomers(seed: number, history: History, count: number): CustomerRow[] {
  const newcomers = Array.from({ length: count }, (_, index) => {
    const customerId = history.sequences.customer();
    return { ...createNewcomer(seed, index, index * 60_000), customerId };
  });
  return [...newcomers, ...history.lateCustomers];
}

function newProducts(seed: number, sequences: Sequences, count: number): ProductRow[] {
  return Array.from({ length: count }, (_, index) => ({
    ...createProduct(seed, 1_000_000 + index),
    productId: sequences.product(),
  }));
}

/**
 * The rows that change between the first and the second interval, changed at `changedAt` (epoch
 * milliseconds).
 */
export function createSecondInterval(
  seed: number,
  scale: number,
  changedAt: number,
  history: History,
): SecondInterval {
  const random = createRandom(seed, 'second interval');
  const stamp = createStamp(changedAt);
  const stamped = <Row extends { updatedAt: string }>(rows: readonly Row[], isLate = false) =>
    rows.map((row) => ({ ...row, updatedAt: stamp(isLate) }));
  const sized = (count: number) => countOf(scale, count);

  const { onTime, late } = newPurchases(random, seed, sized(120), history);
  const [now, behind] = [onTime, late].map((purchases) =>
    recordPurchases(random, purchases, SECOND_END, history.sequences),
  ) as [ReturnType<typeof recordPurchases>, ReturnType<typeof recordPurchases>];
  const good: ShopRows = {
    customers: stamped(newCustomers(seed, history, sized(20))),
    products: stamped(newProducts(seed, history.sequences, sized(3))),
    orders: [...stamped(now.orders), ...stamped(behind.orders, true)],
    orderLines: [...stamped(now.orderLines), ...stamped(behind.orderLines, true)],
  };
  const { accepted } = history.load;
  return {
    added: createLoad(random, good, history.sequences),
    changed: {
      customers: stamped(movedCustomers(random, accepted.customers, sized(40))),
      products: stamped(repriced(random, accepted.products, sized(10))),
      orders: stamped(progressedOrders(random, history.open)),
      orderLines: [],
    },
    corrected: stamped(correctedOrders(history, sized(10))),
  };
}
