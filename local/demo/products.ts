import { createRandom } from './random.ts';
import { DAY_MS, monthStart, timestampText } from './shop-calendar.ts';
import type { ProductRow } from './shop-rows.ts';

export const CATEGORIES = [
  'bath',
  'books',
  'garden',
  'kitchen',
  'lighting',
  'office',
  'toys',
  'travel',
] as const;
const ADJECTIVES = 'Blue Bright Folding Large Little Oak Plain Quiet Red Round Soft Striped'.split(
  ' ',
);
const NOUNS: Record<(typeof CATEGORIES)[number], readonly string[]> = {
  bath: ['Towel', 'Soap Dish', 'Mirror', 'Basket'],
  books: ['Atlas', 'Notebook', 'Cookbook', 'Calendar'],
  garden: ['Trowel', 'Planter', 'Lantern', 'Bench'],
  kitchen: ['Kettle', 'Bowl', 'Tin', 'Apron'],
  lighting: ['Lamp', 'Candle', 'Night Light', 'Shade'],
  office: ['Tray', 'Lamp Stand', 'Pen Pot', 'File'],
  toys: ['Train', 'Puzzle', 'Kite', 'Bear'],
  travel: ['Bag', 'Flask', 'Pillow', 'Case'],
};

const cents = (amount: number): string => (Math.round(amount) / 100).toFixed(2);

/** Product `index` of the seed; the same whatever the scale. */
export function createProduct(seed: number, index: number): ProductRow {
  const random = createRandom(seed, 'product', index);
  const category = random.pick(CATEGORIES);
  const price = 150 + Math.min(random.exponential(1800), 20_000);
  return {
    productId: `P${String(index + 1).padStart(5, '0')}`,
    productName: `${random.pick(ADJECTIVES)} ${random.pick(NOUNS[category])} ${index + 1}`,
    category: random.chance(0.1) ? category.toUpperCase() : category,
    listPrice: cents(price),
    unitCost: cents(price * (0.4 + 0.2 * random.next())),
    isDiscontinued: random.chance(0.03),
    updatedAt: timestampText(monthStart(-1) + Math.floor(random.next() * 30 * DAY_MS), index),
  };
}
