/*
  sales_summary — what was sold each day in each category.

  Grain:      one row per day and category
  Key:        sales_date, category
  Depends on: dim_products, fact_orders, fact_order_lines
  Variables:  silver
  Note:       lines of an unknown product count under 'unknown'; lines whose order was rejected or
              has not arrived have no day and do not count. Cancelled orders do not count; returned
              ones do, and returned_amount says what went back.
*/
with

orders as (
    select * from ${silver}.fact_orders where status <> 'cancelled'
),

order_lines as (
    select * from ${silver}.fact_order_lines
),

products as (
    select * from ${silver}.dim_products
),

sold_lines as (
    select
        orders.order_id,
        orders.customer_id,
        orders.ordered_on as sales_date,
        orders.status,
        coalesce(products.category, 'unknown') as category,
        order_lines.quantity,
        order_lines.line_amount,
        order_lines.quantity * order_lines.unit_price as list_amount
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    left join products on order_lines.product_id = products.product_id
),

final as (
    select
        sales_date,
        category,
        cast(count(distinct order_id) as int) as orders,
        cast(count(distinct customer_id) as int) as customers,
        sum(quantity) as units,
        cast(sum(line_amount) as decimal(18, 2)) as revenue,
        cast(sum(list_amount - line_amount) as decimal(18, 2)) as discount_amount,
        cast(sum(if(status = 'returned', line_amount, 0)) as decimal(18, 2)) as returned_amount
    from sold_lines
    group by sales_date, category
)

select * from final
