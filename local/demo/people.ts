import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { DAY_MS, FIRST_LOAD_END, MONTHS, monthStart, timestampText } from './shop-calendar.ts';
import type { CustomerRow } from './shop-rows.ts';

const FIRST_NAMES = (
  'Ada Alan Amara Ben Carla Chen Dana Diego Elena Emil Fatima Grace Hana Ivan Jonas Kofi ' +
  'Lena Luca Maya Mira Noah Nora Omar Priya Rosa Sam Tara Tomas Yuki Zoe'
).split(' ');
const LAST_NAMES = (
  'Abbott Baker Castro Diaz Engel Fischer Garcia Hopper Ito Jensen Kaur Lopez Meyer ' +
  'Novak Okafor Patel Quinn Rossi Silva Tanaka Ueda Vogel Weber Xu Young Zeller'
).split(' ');
const STREETS = 'Oak Maple Cedar Pine Elm Lake Hill River Park Main'.split(' ');
const CITIES = [
  ['New York', 'NY', '100'],
  ['Boston', 'MA', '021'],
  ['Philadelphia', 'PA', '191'],
  ['Newark', 'NJ', '071'],
  ['Chicago', 'IL', '606'],
  ['Detroit', 'MI', '482'],
  ['Columbus', 'OH', '432'],
  ['Minneapolis', 'MN', '554'],
  ['Atlanta', 'GA', '303'],
  ['Houston', 'TX', '770'],
  ['Miami', 'FL', '331'],
  ['Charlotte', 'NC', '282'],
  ['Seattle', 'WA', '981'],
  ['Denver', 'CO', '802'],
  ['Phoenix', 'AZ', '850'],
  ['San Diego', 'CA', '921'],
] as const;

/** Share of customers who were there before the first month. */
const SHARE_FROM_BEFORE = 0.4;

/** A customer as the simulation sees them; `firstMonth` is the month of the first order. */
export interface Person {
  readonly row: CustomerRow;
  readonly customerId: string;
  readonly joinedAt: number;
  readonly firstMonth: number;
  /** Orders beyond the first of an active month, on average. */
  readonly appetite: number;
  readonly storeShare: number;
  /** Whether the customer waits for discounts. */
  readonly seeksBargains: boolean;
}

/** A place to live, written in one of the ways people write it. */
export function createAddress(
  random: Random,
): Pick<CustomerRow, 'address' | 'city' | 'state' | 'zipCode'> {
  const [city, state, zip] = random.pick(CITIES);
  const address = `${random.int(1, 999)} ${random.pick(STREETS)} Street`;
  return {
    address: random.chance(0.1) ? address.toUpperCase() : address,
    city: random.chance(0.1) ? city.toLowerCase() : city,
    state,
    zipCode: `${zip}${String(random.int(1, 99)).padStart(2, '0')}`,
  };
}

function createPhone(random: Random): string {
  const digits = `${random.int(201, 989)}55501${String(random.int(0, 99)).padStart(2, '0')}`;
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
  return random.pick([
    `+1 (${area}) ${exchange}-${line}`,
    `1-${area}-${exchange}-${line}`,
    `+1${digits}`,
  ]);
}

function createEmail(random: Random, first: string, last: string, index: number): string {
  const email = `${first}.${last}.${index}@example.${random.pick(['com', 'org', 'net'])}`;
  return random.chance(0.3) ? ` ${email} ` : email.toLowerCase();
}

function createRow(
  random: Random,
  customerId: string,
  index: number,
  joinedAt: number,
): CustomerRow {
  const [firstName, lastName] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  return {
    customerId,
    firstName: random.chance(0.1) ? firstName.toUpperCase() : firstName,
    lastName,
    email: createEmail(random, firstName, lastName, index),
    phone: createPhone(random),
    ...createAddress(random),
    country: random.chance(0.05) ? 'us' : 'US',
    isActive: true,
    createdAt: timestampText(joinedAt),
    updatedAt: timestampText(joinedAt, random.int(0, 999_999)),
  };
}

const joinMonth = (random: Random): number =>
  random.chance(SHARE_FROM_BEFORE) ? random.int(-6, -1) : random.int(0, MONTHS - 1);

/** Customer `index` of the seed; the same whatever the scale. */
export function createPerson(seed: number, index: number): Person {
  const random = createRandom(seed, 'customer', index);
  const month = joinMonth(random);
  const joinedAt = monthStart(month) + Math.floor(random.next() * 20 * DAY_MS);
  const customerId = `C${String(index + 1).padStart(6, '0')}`;
  return {
    row: createRow(random, customerId, index, joinedAt),
    customerId,
    joinedAt,
    firstMonth: Math.max(month, 0),
    appetite: Math.min(random.exponential(0.9), 6),
    storeShare: random.chance(0.3) ? 0.6 : 0.1,
    seeksBargains: random.chance(0.3),
  };
}

/** A customer who joins in the hours after the first load. */
export function createNewcomer(seed: number, index: number, at: number): CustomerRow {
  const random = createRandom(seed, 'newcomer', index);
  return createRow(random, `C${String(index + 1).padStart(6, '0')}`, index, FIRST_LOAD_END + at);
}
