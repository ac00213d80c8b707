import type { Purchase } from './purchases.ts';
import type { Random } from './random.ts';
import { secondsText, timestampText } from './shop-calendar.ts';
import type { OrderLineRow, OrderRow } from './shop-rows.ts';

/** The same word in one of the ways that tills and web shops write it. */
const inSomeCase = (random: Random, word: string): string =>
  random.chance(0.9) ? word : random.pick([word.toUpperCase(), ` ${word}`]);

function statusOf(purchase: Purchase, at: number): string {
  if (purchase.isCancelled) return 'cancelled';
  if (purchase.returnedAt !== null && purchase.returnedAt < at) return 'returned';
  return purchase.deliveredAt < at ? 'delivered' : 'placed';
}

const ifBefore = (event: number | null, at: number): number | null =>
  event !== null && event < at ? event : null;

const orNull = (at: number | null): string | null => (at === null ? null : timestampText(at));

/** How an order stands at an instant: of what will happen to it, only what has happened. */
export function orderRow(
  random: Random,
  orderId: number,
  purchase: Purchase,
  at: number,
): OrderRow {
  const deliveredAt = ifBefore(purchase.deliveredAt, at);
  const returnedAt = ifBefore(purchase.returnedAt, at);
  const touchedAt = Math.max(purchase.recordedAt, deliveredAt ?? 0, returnedAt ?? 0);
  const orderedAt = secondsText(purchase.orderedAt);
  return {
    orderId,
    customerId: random.chance(0.02) ? purchase.customerId.toLowerCase() : purchase.customerId,
    orderedAt: random.chance(0.2) ? orderedAt.replace(' ', 'T') : orderedAt,
    status: inSomeCase(random, statusOf(purchase, at)),
    channel: inSomeCase(random, purchase.channel),
    shippingFee: purchase.shippingFee,
    deliveredAt: orNull(deliveredAt),
    returnedAt: orNull(returnedAt),
    recordedAt: timestampText(purchase.recordedAt),
    updatedAt: timestampText(touchedAt, random.int(0, 999_999)),
  };
}

/** The lines of an order, touched when the order was recorded. */
export function orderLineRows(
  random: Random,
  orderId: number,
  purchase: Purchase,
  nextLineId: () => number,
): OrderLineRow[] {
  return purchase.lines.map((line) => ({
    orderLineId: nextLineId(),
    orderId,
    productId: line.productId,
    quantity: random.chance(0.05) ? ` ${line.quantity}` : String(line.quantity),
    unitPrice: line.unitPrice,
    discountPercent: line.discountPercent,
    updatedAt: timestampText(purchase.recordedAt, random.int(0, 999_999)),
  }));
}
