import type { ChurnTruth } from './churn-signal.ts';
import {
  breakEmails,
  countOf,
  type Planted,
  plantCustomers,
  plantOrderLines,
  plantOrders,
  plantProducts,
} from './dirt.ts';
import { orderLineRows, orderRow } from './order-rows.ts';
import { createPerson, type Person } from './people.ts';
import { createProduct } from './products.ts';
import { churnTruths, type Purchase, simulatePurchases } from './purchases.ts';
import { createRandom, type Random } from './random.ts';
import { FIRST_LOAD_END } from './shop-calendar.ts';
import type { CustomerRow, OrderLineRow, OrderRow, ProductRow, ShopRows } from './shop-rows.ts';

/** What silver must take of one load, and what it must refuse. */
export interface Load {
  readonly accepted: ShopRows;
  readonly planted: {
    readonly customers: Planted<CustomerRow>;
    readonly products: Planted<ProductRow>;
    readonly orders: Planted<OrderRow>;
    readonly orderLines: Planted<OrderLineRow>;
  };
}

/** The next free ids of each table; the second interval goes on where the first load ended. */
export interface Sequences {
  readonly customer: () => string;
  readonly product: () => string;
  readonly order: () => number;
  readonly orderLine: () => number;
}

/**
 * An order that is not yet settled when the first load ends: its delivery or return is still to
 * come.
 */
export interface OpenOrder {
  readonly orderId: number;
  readonly purchase: Purchase;
}

export interface History {
  readonly people: readonly Person[];
  readonly products: readonly ProductRow[];
  readonly load: Load;
  readonly open: readonly OpenOrder[];
  /** Orders of tills that were offline when the first load ended. */
  readonly unrecorded: readonly Purchase[];
  /** Customers whose orders came before they did. */
  readonly lateCustomers: readonly CustomerRow[];
  readonly truths: readonly ChurnTruth[];
  readonly sequences: Sequences;
}

const LATE_CUSTOMER_SHARE = 0.003;
const UNKNOWN_CUSTOMER_SHARE = 0.002;
const UNKNOWN_PRODUCT_SHARE = 0.001;

function createCounter(last: number): () => number {
  let value = last;
  return () => {
    value += 1;
    return value;
  };
}

function createSequences(people: number, products: number): Sequences {
  const [customer, product] = [createCounter(people), createCounter(products)];
  return {
    customer: () => `C${String(customer()).padStart(6, '0')}`,
    product: () => `P${String(product()).padStart(5, '0')}`,
    order: createCounter(100_000),
    orderLine: createCounter(500_000),
  };
}

/** Good orders and lines, of purchases in the order in which they were recorded. */
export function recordPurchases(
  random: Random,
  purchases: readonly Purchase[],
  at: number,
  sequences: Sequences,
): { orders: OrderRow[]; orderLines: OrderLineRow[]; open: OpenOrder[] } {
  const orders: OrderRow[] = [];
  const orderLines: OrderLineRow[] = [];
  const open: OpenOrder[] = [];
  for (const purchase of purchases) {
    const orderId = sequences.order();
    orders.push(orderRow(random, orderId, purchase, at));
    orderLines.push(...orderLineRows(random, orderId, purchase, sequences.orderLine));
    const lastEvent = Math.max(purchase.deliveredAt, purchase.returnedAt ?? 0);
    if (!purchase.isCancelled && lastEvent >= at) open.push({ orderId, purchase });
  }
  return { orders, orderLines, open };
}

/** Orders of customers, and lines of products, that no other table will ever know. */
function strayRows(
  random: Random,
  orders: readonly OrderRow[],
  orderLines: readonly OrderLineRow[],
  sequences: Sequences,
): { orders: OrderRow[]; orderLines: OrderLineRow[] } {
  const strayOrders = random
    .sample(orders, countOf(UNKNOWN_CUSTOMER_SHARE, orders.length))
    .map((row, index) => ({
      ...row,
      orderId: sequences.order(),
      customerId: `C9${String(index).padStart(5, '0')}`,
    }));
  const strayLines = random
    .sample(orderLines, countOf(UNKNOWN_PRODUCT_SHARE, orderLines.length))
    .map((row, index) => ({
      ...row,
      orderLineId: sequences.orderLine(),
      productId: `P9${String(index).padStart(4, '0')}`,
    }));
  return { orders: strayOrders, orderLines: strayLines };
}

/** One good line for each order, taken from another order. */
function linesFor(
  random: Random,
  orders: readonly OrderRow[],
  pool: readonly OrderLineRow[],
  sequences: Sequences,
): OrderLineRow[] {
  return orders.map((order) => ({
    ...random.pick(pool),
    orderLineId: sequences.orderLine(),
    orderId: order.orderId,
    updatedAt: order.updatedAt,
  }));
}

/**
 * Good rows and flawed rows of one load; the flawed ones come on top, so that the good ones stay
 * what they were.
 */
export function createLoad(random: Random, good: ShopRows, sequences: Sequences): Load {
  const stray = strayRows(random, good.orders, good.orderLines, sequences);
  const plantedOrders = plantOrders(random, good.orders, sequences.order);
  const refused = Object.values(plantedOrders.rejected).flat();
  const lined = [...stray.orders, ...refused];
  const orders = [...good.orders, ...stray.orders];
  const orderLines = [
    ...good.orderLines,
    ...stray.orderLines,
    ...linesFor(random, lined, good.orderLines, sequences),
  ];
  return {
    accepted: { ...good, orders, orderLines },
    planted: {
      customers: plantCustomers(random, good.customers, sequences.customer),
      products: plantProducts(random, good.products, sequences.product),
      orders: plantedOrders,
      orderLines: plantOrderLines(random, good.orderLines, sequences.orderLine),
    },
  };
}

/** The 18 months that the first load holds. */
export function createHistory(seed: number, scale: number): History {
  const random = createRandom(seed, 'history');
  const peopleCount = Math.max(50, Math.round(5000 * scale));
  const products = Array.from({ length: Math.max(20, Math.round(500 * scale)) }, (_, index) =>
    createProduct(seed, index),
  );
  const people = Array.from({ length: peopleCount }, (_, index) => createPerson(seed, index));
  const purchases = people.map((person) => simulatePurchases(seed, person, products));
  const inOrder = purchases.flat().sort((a, b) => a.recordedAt - b.recordedAt);
  const sequences = createSequences(peopleCount, products.length);
  const recorded = inOrder.filter((purchase) => purchase.recordedAt < FIRST_LOAD_END);
  const { orders, orderLines, open } = recordPurchases(random, recorded, FIRST_LOAD_END, sequences);
  const late = random.sample(people, countOf(LATE_CUSTOMER_SHARE, peopleCount));
  const onTime = people.filter((person) => !late.includes(person)).map(({ row }) => row);
  const customers = breakEmails(random, onTime);
  return {
    people,
    products,
    load: createLoad(random, { customers, products, orders, orderLines }, sequences),
    open,
    unrecorded: inOrder.filter((purchase) => purchase.recordedAt >= FIRST_LOAD_END),
    lateCustomers: late.map(({ row }) => row),
    truths: people.flatMap((person, index) => churnTruths(person, purchases[index] ?? [])),
    sequences,
  };
}
