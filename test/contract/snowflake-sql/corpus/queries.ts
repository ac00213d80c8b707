import type { CorpusCase } from './corpus.ts';

/**
 * https://docs.snowflake.com/en/sql-reference/constructs
 * https://docs.snowflake.com/en/sql-reference/functions-aggregation
 */
export const QUERY_CASES: readonly CorpusCase[] = [
  {
    sql: 'select * from orders where id = 1',
    rows: [
      [
        '1',
        'ann',
        '10.50',
        '2024-01-02',
        '2024-01-02 03:04:05.123456789',
        '{"items":[{"x":"p"},{"x":"q"}]}',
        'true',
      ],
    ],
    columns: ['ID', 'CUSTOMER', 'AMOUNT', 'PLACED', 'UPDATED_AT', 'DETAILS', 'PAID'],
  },
  {
    sql: "select id, amount from orders where updated_at >= '2024-01-02 03:04:05.123456790'::timestamp_ntz(9) and updated_at < '2024-01-03'::timestamp_ntz(9)",
    rows: [['2', '20.00']],
    types: ['NUMBER(38,0)', 'NUMBER(12,2)'],
  },
  {
    sql: 'select count(*), min(updated_at), max(updated_at) from orders',
    rows: [['3', '2024-01-02 03:04:05.123456789', '2024-01-02 03:04:05.12345679']],
    columns: ['COUNT(*)', 'MIN(UPDATED_AT)', 'MAX(UPDATED_AT)'],
  },
  {
    sql: "select Count( * ) as n, 'abc', 1+1 from orders",
    rows: [['3', 'abc', '2']],
    columns: ['N', "'ABC'", '1+1'],
  },
  {
    sql: 'select customer, sum(amount), avg(amount), count(distinct id) from orders group by customer order by 1',
    rows: [
      ['ann', '10.50', '10.50000000', '2'],
      ['bob', '20.00', '20.00000000', '1'],
    ],
    types: ['VARCHAR(16777216)', 'NUMBER(38,2)', 'NUMBER(38,8)', 'NUMBER(18,0)'],
  },
  { sql: 'select avg(id), sum(id) / count(*) from orders', rows: [['2.000000', '2.000000']] },
  {
    sql: "select listagg(id, ',') within group (order by id desc), listagg(distinct customer, '|') within group (order by customer) from orders",
    rows: [['3,2,1', 'ann|bob']],
  },
  { sql: 'select listagg(customer) from orders where id > 9', rows: [['']] },
  {
    sql: 'select count_if(amount > 15), max_by(id, amount), min_by(id, amount), median(amount), boolor_agg(paid) from orders',
    rows: [['1', '2', '1', '15.25000', 'true']],
  },
  {
    sql: 'select customer, count(*) from orders group by rollup(customer) order by 1',
    rows: [
      ['ann', '2'],
      ['bob', '1'],
      [null, '3'],
    ],
  },
  {
    sql: 'select customer, count(*) n from orders group by all having n > 1',
    rows: [['ann', '2']],
  },
  {
    sql: 'select id, row_number() over (partition by customer order by id) rn from orders qualify rn = 1 order by id',
    rows: [
      ['1', '1'],
      ['2', '1'],
    ],
  },
  {
    sql: 'select lag(id) over (order by id), lead(id, 1, 0) over (order by id), first_value(id) over (order by id desc), last_value(id) over (order by id) from orders order by id',
    rows: [
      [null, '2', '3', '3'],
      ['1', '3', '3', '3'],
      ['2', '0', '3', '3'],
    ],
  },
  {
    sql: 'select sum(id) over (order by id), sum(id) over (order by id rows between 1 preceding and current row) from orders order by id',
    rows: [
      ['1', '1'],
      ['3', '3'],
      ['6', '5'],
    ],
  },
  {
    sql: 'select rank() over (order by customer), dense_rank() over (order by customer), ntile(3) over (order by id) from orders order by id',
    rows: [
      ['1', '1', '1'],
      ['3', '2', '2'],
      ['1', '1', '3'],
    ],
  },
  {
    sql: 'with a as (select 1 x), b(y) as (select x + 1 from a) select * from b cross join a',
    rows: [['2', '1']],
    columns: ['Y', 'X'],
  },
  {
    sql: 'with recursive c(n) as (select 1 union all select n + 1 from c where n < 12) select max(n), sum(n) from c',
    rows: [['12', '78']],
  },
  {
    sql: 'with c as (select 1 n union all select n + 1 from c where n < 3) select count(*) from c',
    rows: [['3']],
  },
  { sql: 'select id from orders order by amount', rows: [['1'], ['2'], ['3']] },
  { sql: 'select id from orders order by amount desc', rows: [['3'], ['2'], ['1']] },
  { sql: 'select id from orders order by amount desc nulls last limit 1 offset 1', rows: [['1']] },
  { sql: 'select top 1 id from orders order by id', rows: [['1']] },
  { sql: 'select id from orders order by id fetch first 2 rows only', rows: [['1'], ['2']] },
  { sql: 'select -id as id from orders order by id', rows: [['-3'], ['-2'], ['-1']] },
  {
    sql: 'select id as a, a + 1 as b from orders where b > 2 order by b desc',
    rows: [
      ['3', '4'],
      ['2', '3'],
    ],
  },
  {
    sql: 'select * exclude (details, paid, placed, updated_at) rename (customer as who) from orders where id = 1',
    rows: [['1', 'ann', '10.50']],
    columns: ['ID', 'WHO', 'AMOUNT'],
  },
  {
    sql: 'select o.* exclude (details, paid, placed, updated_at), 1 as one from orders o where id = 1',
    rows: [['1', 'ann', '10.50', '1']],
  },
  { sql: 'select 1 minus select 2 union all select 3 order by 1', rows: [['1'], ['3']] },
  { sql: 'select 1 union select 2.5 order by 1', rows: [['1.0'], ['2.5']], types: ['NUMBER(2,1)'] },
  { sql: 'select null union all select 1', rows: [[null], ['1']] },
  {
    sql: "select column1, column2 from values (1, 'x'), (2.5, null) order by 1",
    rows: [
      ['1.0', 'x'],
      ['2.5', null],
    ],
  },
  {
    sql: "select * from (values (1, 'a'), (2, 'b')) as v(n, s) where n in (select 2)",
    rows: [['2', 'b']],
    columns: ['N', 'S'],
  },
  { sql: 'select $1, t.$2 from orders t where $1 = 1', rows: [['1', 'ann']] },
  { sql: 'select max(id) from identifier($table_name) where id <= $limit_value', rows: [['3']] },
  { sql: "select count(*) from identifier('db.public.orders')", rows: [['3']] },
  {
    sql: 'select db.public.orders.id from db.public.orders where orders."ID" = 1',
    rows: [['1']],
    columns: ['ID'],
  },
  {
    sql: 'select "lower", "Mixed Case" from (select 1 as "lower", 2 as "Mixed Case")',
    rows: [['1', '2']],
    columns: ['lower', 'Mixed Case'],
  },
  {
    sql: 'select id, o.amount, c.amount from orders o join changes c using (id) order by id',
    rows: [
      ['1', '10.50', '11.00'],
      ['2', '20.00', null],
    ],
  },
  {
    sql: 'select id, o.customer from orders o full outer join changes c using (id) order by id',
    rows: [
      ['1', 'ann'],
      ['2', 'bob'],
      ['3', 'ann'],
      ['4', null],
    ],
  },
  {
    sql: 'select count(*) from orders o left join changes c on o.id = c.id where c.id is null',
    rows: [['1']],
  },
  { sql: 'select count(*) from orders natural join changes', rows: [['0']] },
  {
    sql: 'select o.id from orders o where exists (select 1 from changes c where c.id = o.id and c.amount is not null)',
    rows: [['1']],
  },
  {
    sql: 'select id from orders where updated_at = (select max(updated_at) from orders)',
    rows: [['2']],
  },
  {
    sql: "select (id, customer) in ((1, 'ann')), id in (1, 2), id not in (2), id between 1 and 2 from orders where id = 1",
    rows: [['true', 'true', 'true', 'true']],
  },
  {
    sql: 'select id from orders where id = any (select id from changes) order by 1',
    rows: [['1'], ['2']],
  },
  {
    sql: 'select v.n from orders o, lateral (select o.id * 10 n) v order by 1',
    rows: [['10'], ['20'], ['30']],
  },
  {
    sql: "select * from (select customer, amount from orders) pivot(sum(amount) for customer in ('ann', 'bob'))",
    rows: [['10.50', '20.00']],
    columns: ["'ann'", "'bob'"],
  },
  {
    sql: 'select n, v from (select id, amount from changes where id = 1) unpivot(v for n in (id, amount)) order by n',
    rows: [
      ['AMOUNT', '11.00'],
      ['ID', '1.00'],
    ],
  },
  {
    sql: 'select current_database(), current_schema(), current_user(), current_role(), current_warehouse()',
    rows: [['DB', 'PUBLIC', 'ANA', 'ANALYST', 'WH']],
  },
  { sql: 'select count(*) from table(result_scan(last_query_id()))', rows: [['3']] },
  {
    sql: "select system$typeof(1.5), system$typeof('a'::varchar(5))",
    rows: [['NUMBER(2,1)', 'VARCHAR(5)']],
  },
  {
    sql: 'select e.id, (select max(_sf_e.id) from orders _sf_e) from orders e where e.id = 1',
    rows: [['1', '3']],
  },
  {
    sql: 'select id from orders where amount > 5 or customer is null and not paid order by id',
    rows: [['1'], ['2']],
  },
  {
    sql: 'select date, value, key, first, index from (select 1 date, 2 value, 3 key, 4 first, 5 index)',
    rows: [['1', '2', '3', '4', '5']],
  },
  { sql: 'select /* c */ id -- tail\n from orders // more\n where id = 1', rows: [['1']] },
];
