/*
  product_ranking — articles by what they brought in.

  Grain:      one row per article; postage, discounts and vouchers are none
  Key:        stock_code
  Depends on: sale_lines
  Variables:  silver
  Note:       an article has many descriptions in the data; the one used most is its name, the
              first in the alphabet of those used equally often.
*/
with

goods_lines as (
    select * from ${silver}.sale_lines where line_kind = 'goods'
),

description_counts as (
    select
        stock_code,
        description,
        count(*) as uses
    from goods_lines
    group by stock_code, description
),

ranked_descriptions as (
    select
        stock_code,
        description,
        row_number() over (partition by stock_code order by uses desc, description) as description_rank
    from description_counts
),

names as (
    select stock_code, description as product_name
    from ranked_descriptions
    where description_rank = 1
),

products as (
    select
        stock_code,
        count(distinct if(is_cancellation, null, invoice_no)) as invoices,
        sum(if(is_cancellation, 0, quantity)) as units_sold,
        sum(if(is_cancellation, -quantity, 0)) as units_cancelled,
        sum(line_amount) as net_revenue
    from goods_lines
    group by stock_code
),

final as (
    select
        products.stock_code,
        names.product_name,
        cast(
            row_number() over (order by products.net_revenue desc, products.stock_code) as int
        ) as revenue_rank,
        cast(products.invoices as int) as invoices,
        products.units_sold,
        products.units_cancelled,
        cast(products.net_revenue as decimal(18, 3)) as net_revenue
    from products
    inner join names on products.stock_code = names.stock_code
)

select * from final
