import { monthStart } from './shop-calendar.ts';

/** What the signal sees of one order. Times are epoch milliseconds. */
export interface PastOrder {
  readonly month: number;
  readonly isLate: boolean;
  readonly deliveredAt: number;
  readonly returnedAt: number | null;
  readonly discountShare: number;
}

/**
 * Whether a customer placed no order in the `HORIZON_MONTHS` after a date, and how likely that was.
 */
export interface ChurnTruth {
  readonly customerId: string;
  readonly asOf: string;
  readonly probability: number;
  readonly hasChurned: boolean;
}

export const HORIZON_MONTHS = 3;
const WINDOW_MONTHS = 3;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * The probability that a customer places no order in `month`, from what happened in the months
 * before it. It is made of what a pipeline can see (recency, frequency, late deliveries, returns,
 * discounts), with a bend that no single column shows: a bad experience counts most for those who
 * hardly know the shop.
 */
export function noOrderProbability(orders: readonly PastOrder[], month: number): number {
  const start = monthStart(month);
  let newest = -1;
  let [recent, late, returned, discount] = [0, 0, 0, 0];
  for (const order of orders) {
    if (order.month >= month) break;
    newest = order.month;
    if (order.month < month - WINDOW_MONTHS) continue;
    recent += 1;
    discount += order.discountShare;
    if (order.isLate && order.deliveredAt < start) late += 1;
    if (order.returnedAt !== null && order.returnedAt < start) returned += 1;
  }
  const monthsAway = Math.min(month - 1 - newest, 6);
  const badLuck = (1.5 * late + 1.9 * returned) / (1 + 0.35 * orders.length);
  const bargains = recent === 0 ? 0 : discount / recent;
  return sigmoid(
    0.75 + 0.3 * monthsAway - 1.15 * Math.log1p(recent) + 2.2 * badLuck + 9 * (bargains - 0.06),
  );
}

/**
 * The probability of no order from `month` on for the whole horizon: one factor a month, each given
 * that the ones before were empty.
 */
export function churnProbability(orders: readonly PastOrder[], month: number): number {
  const past = orders.filter((order) => order.month < month);
  let probability = 1;
  for (let ahead = 0; ahead < HORIZON_MONTHS; ahead += 1) {
    probability *= noOrderProbability(past, month + ahead);
  }
  return probability;
}

/**
 * The AUC that ranking by the true probabilities has on average over all ways the dice could have
 * fallen. No model that sees no more than the generator does can do better on average.
 */
export function bestAuc(truths: readonly ChurnTruth[]): number {
  const sorted = truths.map((truth) => truth.probability).sort((a, b) => a - b);
  let [negativesBelow, concordant, positives, negatives] = [0, 0, 0, 0];
  for (const probability of sorted) {
    concordant += probability * negativesBelow;
    negativesBelow += 1 - probability;
    positives += probability;
    negatives += 1 - probability;
  }
  const samePair = sorted.reduce((sum, probability) => sum + probability * (1 - probability), 0);
  return concordant / (positives * negatives - samePair);
}
