import {
  type ChurnTruth,
  churnProbability,
  HORIZON_MONTHS,
  noOrderProbability,
  type PastOrder,
} from './churn-signal.ts';
import type { Person } from './people.ts';
import { createRandom, type Random } from './random.ts';
import { DAY_MS, dateText, HOUR_MS, MONTHS, monthStart } from './shop-calendar.ts';
import type { ProductRow } from './shop-rows.ts';

export interface PurchaseLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly discountPercent: number;
}

/**
 * An order as it really was, with all that will ever happen to it. Times are epoch milliseconds.
 */
export interface Purchase extends PastOrder {
  readonly customerId: string;
  readonly orderedAt: number;
  /** When the shop's system learned of it; days later for tills that were offline. */
  readonly recordedAt: number;
  readonly channel: 'web' | 'app' | 'store';
  readonly isCancelled: boolean;
  readonly shippingFee: string;
  readonly lines: readonly PurchaseLine[];
}

const LATE_AFTER_DAYS = 7;
const NEVER = Number.MAX_SAFE_INTEGER;

function createLine(
  random: Random,
  products: readonly ProductRow[],
  discount: number,
): PurchaseLine {
  const product = products[Math.floor(random.next() ** 2 * products.length)] as ProductRow;
  return {
    productId: product.productId,
    quantity: 1 + Math.min(random.poisson(0.8), 19),
    unitPrice: product.listPrice,
    discountPercent: discount,
  };
}

interface Fate {
  readonly isCancelled: boolean;
  readonly isLate: boolean;
  readonly deliveredAt: number;
  readonly returnedAt: number | null;
}

function drawFate(random: Random, orderedAt: number): Fate {
  const isLate = random.chance(0.14);
  const days = isLate ? LATE_AFTER_DAYS + 1 + 4 * random.next() : 1 + 5 * random.next();
  const deliveredAt = orderedAt + Math.floor(days * DAY_MS);
  const returnsIt = random.chance(isLate ? 0.2 : 0.08);
  const returnedAt = deliveredAt + Math.floor((2 + 8 * random.next()) * DAY_MS);
  if (random.chance(0.03)) {
    return { isCancelled: true, isLate: false, deliveredAt: NEVER, returnedAt: null };
  }
  return { isCancelled: false, isLate, deliveredAt, returnedAt: returnsIt ? returnedAt : null };
}

/** One order at `orderedAt`, by someone who has placed orders like it before. */
export function createPurchase(
  random: Random,
  person: Person,
  orderedAt: number,
  month: number,
  products: readonly ProductRow[],
): Purchase {
  const isStore = random.chance(person.storeShare);
  const isOffline = isStore && random.chance(0.05);
  const discount = random.chance(person.seeksBargains ? 0.7 : 0.15)
    ? random.pick([10, 15, 20, 25])
    : 0;
  const lineCount = 1 + Math.min(random.poisson(1.5), 9);
  return {
    customerId: person.customerId,
    month,
    orderedAt,
    recordedAt: isOffline ? orderedAt + random.int(24, 120) * HOUR_MS : orderedAt,
    channel: isStore ? 'store' : random.pick(['web', 'web', 'app']),
    shippingFee: isStore ? '0.00' : random.pick(['0.00', '3.95', '4.95']),
    discountShare: discount / 100,
    lines: Array.from({ length: lineCount }, () => createLine(random, products, discount)),
    ...drawFate(random, orderedAt),
  };
}

function ordersOfMonth(
  random: Random,
  person: Person,
  month: number,
  products: readonly ProductRow[],
): Purchase[] {
  const [start, end] = [Math.max(monthStart(month), person.joinedAt), monthStart(month + 1)];
  const times = Array.from({ length: 1 + random.poisson(person.appetite) }, () =>
    Math.floor(start + (end - start) * random.next()),
  );
  return times
    .sort((a, b) => a - b)
    .map((at) => createPurchase(random, person, at - (at % 1000), month, products));
}

/**
 * Every order of one customer in the 18 months: each month's dice are weighed by the months before
 * it.
 */
export function simulatePurchases(
  seed: number,
  person: Person,
  products: readonly ProductRow[],
): Purchase[] {
  const random = createRandom(seed, 'purchases', person.customerId);
  const purchases: Purchase[] = [];
  for (let month = person.firstMonth; month < MONTHS; month += 1) {
    const isFirst = month === person.firstMonth;
    if (!isFirst && random.chance(noOrderProbability(purchases, month))) continue;
    purchases.push(...ordersOfMonth(random, person, month, products));
  }
  return purchases;
}

/**
 * What the signal was for one customer at each first of a month whose horizon lies in the 18
 * months.
 */
export function churnTruths(person: Person, purchases: readonly Purchase[]): ChurnTruth[] {
  const truths: ChurnTruth[] = [];
  for (let month = person.firstMonth + 1; month + HORIZON_MONTHS < MONTHS; month += 1) {
    const asOf = monthStart(month);
    if (!purchases.some((order) => order.recordedAt < asOf)) continue;
    const horizonEnd = monthStart(month + HORIZON_MONTHS);
    truths.push({
      customerId: person.customerId,
      asOf: dateText(asOf),
      probability: churnProbability(purchases, month),
      hasChurned: !purchases.some(({ orderedAt }) => orderedAt >= asOf && orderedAt < horizonEnd),
    });
  }
  return truths;
}
