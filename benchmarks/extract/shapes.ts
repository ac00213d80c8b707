/** A column as the SQL API and the driver describe it, and the SQL that makes its cells' text. */
export interface RecordedColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
  readonly nullable: boolean;
  readonly cell: string;
}

const column = (
  name: string,
  type: string,
  cell: string,
  more: Partial<RecordedColumn> = {},
): RecordedColumn => ({
  name,
  type,
  precision: null,
  scale: null,
  length: type === 'text' ? 100 : null,
  nullable: true,
  cell,
  ...more,
});

const epoch = (offset: number) => `(1700000000 + (n * 37 + ${offset}) % 90000000)::VARCHAR`;

/**
 * Twelve columns of an orders table: keys, money, names that repeat and that do not, dates, a value
 * that may be null.
 */
const ORDERS: readonly RecordedColumn[] = [
  column('ID', 'fixed', 'n::VARCHAR', { precision: 18, scale: 0, nullable: false }),
  column('AMOUNT', 'fixed', '(n * 7919 % 10000000 / 100)::DECIMAL(12,2)::VARCHAR', {
    precision: 12,
    scale: 2,
  }),
  column('STATUS', 'text', "['new', 'paid', 'sent', 'returned'][1 + n % 4]"),
  column('COUNTRY', 'text', "['DE', 'FR', 'IT', 'PL', 'SE', 'UK', 'US'][1 + n % 7]"),
  column('CHANNEL', 'text', "['web', 'shop', 'phone'][1 + n % 3]"),
  column('CUSTOMER', 'text', "'customer ' || (n * 7919 % 400000)"),
  column('NOTE', 'text', "'order ' || n || ' of ' || hash(n)::VARCHAR"),
  column('ORDERED_ON', 'date', '(18000 + n % 2000)::VARCHAR'),
  column('CREATED_AT', 'timestamp_ntz', `${epoch(0)} || '.123456789'`, { scale: 9 }),
  column('UPDATED_AT', 'timestamp_ntz', `${epoch(500)} || '.000000000'`, { scale: 9 }),
  column('IS_GIFT', 'boolean', 'n % 11 = 0'),
  column('DISCOUNT', 'real', 'CASE WHEN n % 3 <> 0 THEN (n % 1000 / 1000.0)::DOUBLE::VARCHAR END'),
];

/** Five times the twelve columns: sixty. */
const WIDE = [1, 2, 3, 4, 5].flatMap((copy) =>
  ORDERS.map((one) => (copy === 1 ? one : { ...one, name: `${one.name}_${copy}` })),
);

/** About 600 bytes of JSON: an object of texts and numbers, an array, one more level. */
const DOCUMENT = `json_object(
  'id', n, 'kind', ['view', 'click', 'buy'][1 + n % 3], 'session', md5(n::VARCHAR),
  'page', {'path': '/products/' || (n % 5000), 'title': repeat('product ', 12), 'depth': n % 9},
  'tags', ['a' || n % 7, 'b' || n % 11, 'c' || n % 13],
  'device', {'os': ['ios', 'android', 'linux'][1 + n % 3], 'agent': repeat(md5((n % 997)::VARCHAR), 8)})`;

const EVENTS = [
  ...ORDERS.filter(({ name }) => name === 'ID' || name === 'CREATED_AT'),
  column('EVENT', 'variant', `${DOCUMENT}::VARCHAR`),
];

/** The tables of the benchmark, and how many rows of each one partition has. */
export const SHAPES: Readonly<
  Record<string, { columns: readonly RecordedColumn[]; partitionRows: number }>
> = {
  orders: { columns: ORDERS, partitionRows: 50_000 },
  wide: { columns: WIDE, partitionRows: 10_000 },
  events: { columns: EVENTS, partitionRows: 10_000 },
};

/** So many rows of a shape. */
export interface Work {
  readonly shape: string;
  readonly rows: number;
}

/** The work in a table's name, for example `orders_2000000`. */
export function workOf(text: string): Work {
  const [, shape = 'orders', rows = '0'] = /(orders|wide|events)_(\d+)/i.exec(text) ?? [];
  return { shape: shape.toLowerCase(), rows: Number(rows) };
}

export const tableOf = ({ shape, rows }: Work): string => `${shape}_${rows}`;

export const columnsOf = ({ shape }: Work): readonly RecordedColumn[] =>
  SHAPES[shape]?.columns ?? ORDERS;
