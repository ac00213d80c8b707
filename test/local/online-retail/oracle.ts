import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/**
 * What the pipeline must make of the Online Retail file, worked out by DuckDB over the CSV in
 * another way than the contract and the models do it: amounts in thousandths as whole numbers,
 * copies by their first line, fifths by counting who is below. It shares no file with them.
 */

export const CSV_PATH = fileURLToPath(
  new URL('../../../../shared/data/online-retail/online_retail.csv.gz', import.meta.url),
);

export const hasCsv = (): boolean => existsSync(CSV_PATH);

/** A row of a gold table, every value as text; null stays null. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface Expected {
  readonly lines: number;
  readonly silver: {
    readonly rows: number;
    readonly duplicates: number;
    readonly rejects: Readonly<Record<string, number>>;
    /** Sum of line_amount, with three decimals. */
    readonly amount: string;
    /** Sum of line_number: says that the right copy of each duplicate was kept. */
    readonly lineNumberSum: string;
  };
  readonly gold: {
    readonly monthly_revenue: readonly TextRow[];
    readonly customer_value: readonly TextRow[];
    readonly product_ranking: readonly TextRow[];
  };
}

const READ = `
create table raw as
select row_number() over () as n, * from read_csv($csv, header = true, all_varchar = true)`;

/** One verdict a line: a reason, or a kind of line. */
const JUDGE = `
create table judged as
with parsed as (
  select *,
    cast(Quantity as bigint) as q,
    cast(round(cast(UnitPrice as decimal(18, 6)) * 1000) as bigint) as price,
    strptime(InvoiceDate, '%Y-%m-%d %H:%M:%S') as sold_at,
    upper(StockCode) as code,
    substr(InvoiceNo, 1, 1) as mark
  from raw
)
select *,
  q * price as amount,
  case
    when mark = 'A' then 'bad_debt_adjustment'
    when Description is null then 'missing_description'
    when price <= 0 then if(q < 0, 'stock_write_off', 'price_not_positive')
    when list_contains(['AMAZONFEE', 'BANK CHARGES', 'CRUK', 'S'], code) then 'cost_of_the_shop'
    when code = 'M' then 'manual_entry'
  end as reason
from parsed`;

const KEEP = `
create table kept as
with first_copies as (
  select min(n) as n from judged where reason is null
  group by InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country
)
select judged.*,
  mark = 'C' as taken_back,
  case code when 'POST' then 'postage' when 'DOT' then 'postage' when 'C2' then 'postage'
    when 'D' then 'discount' else if(starts_with(code, 'GIFT'), 'voucher', 'goods') end as kind,
  split_part(CustomerID, '.', 1) as customer
from judged semi join first_copies using (n)`;

const money = (sum: string): string =>
  `cast(cast(${sum} as decimal(30, 0)) / 1000 as decimal(18, 3))`;

const MONTHS = `
select
  cast(date_trunc('month', sold_at) as date) as month,
  count(distinct InvoiceNo) filter (not taken_back) as invoices,
  count(distinct InvoiceNo) filter (taken_back) as cancellations,
  count(distinct customer) filter (not taken_back) as customers,
  coalesce(sum(q) filter (kind = 'goods' and not taken_back), 0) as units_sold,
  ${money("coalesce(sum(amount) filter (kind = 'goods' and not taken_back), 0)")} as goods_sold,
  ${money("coalesce(sum(amount) filter (kind = 'postage' and not taken_back), 0)")} as postage_charged,
  ${money("-coalesce(sum(amount) filter (taken_back and kind != 'discount'), 0)")} as cancelled_amount,
  ${money("-coalesce(sum(amount) filter (kind = 'discount'), 0)")} as discount_amount,
  ${money('sum(amount)')} as net_revenue,
  (select max(sold_at) from kept) >= max(date_trunc('month', sold_at)) + interval 1 month - interval 1 day
    as is_complete
from kept group by 1 order by 1`;

const CUSTOMERS = `
with people as (
  select customer,
    arg_max(trim(Country), n + epoch(sold_at) * 1000000) as country,
    count(distinct InvoiceNo) filter (not taken_back) as orders,
    count(distinct InvoiceNo) filter (taken_back) as cancellations,
    sum(amount) as amount,
    min(sold_at)::date as first_day, max(sold_at)::date as last_day
  from kept where customer is not null group by customer
),
placed as (
  select mine.*,
    (select count(*) from people) as everybody,
    (select count(*) from people as other where other.last_day < mine.last_day) as older,
    (select count(*) from people as other where other.orders < mine.orders) as rarer,
    (select count(*) from people as other where other.amount < mine.amount) as poorer
  from people as mine
),
scored as (
  select *, older * 5 // everybody + 1 as r, rarer * 5 // everybody + 1 as f,
    poorer * 5 // everybody + 1 as m
  from placed
)
select customer as customer_id, country,
  case when orders = 0 then 'cancelled_only'
    when f >= 4 then if(r >= 4, 'champion', 'loyal_at_risk')
    when r >= 4 then 'recent'
    when r = 3 then 'occasional'
    else 'lost' end as segment,
  r as recency_score, f as frequency_score, m as monetary_score,
  orders, cancellations, ${money('amount')} as net_revenue,
  first_day as first_purchase_date, last_day as last_purchase_date,
  (select max(sold_at)::date from kept) - last_day as days_since_last_purchase
from scored order by customer`;

const PRODUCTS = `
with descriptions as (
  select code, array_to_string(list_filter(string_split(trim(Description), ' '), w -> w != ''), ' ')
    as name, count(*) as uses
  from kept where kind = 'goods' group by all
),
names as (select code, first(name order by uses desc, name) as name from descriptions group by code),
sold as (
  select code,
    count(distinct InvoiceNo) filter (not taken_back) as invoices,
    coalesce(sum(q) filter (not taken_back), 0) as units_sold,
    -coalesce(sum(q) filter (taken_back), 0) as units_cancelled,
    sum(amount) as amount
  from kept where kind = 'goods' group by code
)
select code as stock_code, name as product_name,
  row_number() over (order by amount desc, code) as revenue_rank,
  invoices, units_sold, units_cancelled, ${money('amount')} as net_revenue
from sold join names using (code) order by code`;

async function readRows(connection: DuckDBConnection, sql: string): Promise<TextRow[]> {
  const result = await connection.runAndReadAll(`select columns(*)::varchar from (${sql})`);
  return result.getRowObjects() as TextRow[];
}

async function readOne(connection: DuckDBConnection, sql: string): Promise<string> {
  const [row] = await readRows(connection, sql);
  return Object.values(row ?? {})[0] ?? '';
}

const readCount = async (connection: DuckDBConnection, sql: string): Promise<number> =>
  Number(await readOne(connection, sql));

async function readSilver(connection: DuckDBConnection): Promise<Expected['silver']> {
  const reasons = await readRows(
    connection,
    'select reason, count(*) as lines from judged where reason is not null group by reason order by reason',
  );
  const rows = await readCount(connection, 'select count(*) from kept');
  const accepted = await readCount(connection, 'select count(*) from judged where reason is null');
  return {
    rows,
    duplicates: accepted - rows,
    rejects: Object.fromEntries(reasons.map(({ reason, lines }) => [reason ?? '', Number(lines)])),
    amount: await readOne(connection, `select ${money('sum(amount)')} from kept`),
    lineNumberSum: await readOne(connection, 'select sum(n) from kept'),
  };
}

/** Works everything out anew; some seconds. */
export async function expected(): Promise<Expected> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(READ.replace('$csv', `'${CSV_PATH}'`));
    await connection.run(JUDGE);
    await connection.run(KEEP);
    return {
      lines: await readCount(connection, 'select count(*) from raw'),
      silver: await readSilver(connection),
      gold: {
        monthly_revenue: await readRows(connection, MONTHS),
        customer_value: await readRows(connection, CUSTOMERS),
        product_ranking: await readRows(connection, PRODUCTS),
      },
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
