/*
  customer_analytics — what each customer is worth and how recently they bought.

  Grain:      one row per customer, seen on analysis_date
  Key:        customer_key
  Depends on: dim_customers, dim_products, fact_orders, fact_order_lines
  Variables:  silver, as_of
  Note:       no prediction is in here: the model learns from gold, so a score in gold would be
              learned from. sql/queries/customers_at_risk.sql joins the two for readers.
*/
with

customers as (
    select * from ${silver}.dim_customers where is_current
),

orders as (
    select * from ${silver}.fact_orders where status <> 'cancelled'
),

order_lines as (
    select * from ${silver}.fact_order_lines
),

products as (
    select * from ${silver}.dim_products
),

-- The newest fact ends what is known; a pipeline that stood still must not make everybody lapse.
clock as (
    select to_date(least(cast('${as_of}' as timestamp), max(recorded_at))) as analysis_date
    from ${silver}.fact_orders
),

order_amounts as (
    select
        orders.order_id,
        orders.customer_id,
        orders.ordered_on,
        coalesce(sum(order_lines.line_amount), 0) as amount,
        if(orders.status = 'returned', 0, coalesce(sum(order_lines.line_amount), 0)) as kept_amount
    from orders
    left join order_lines on orders.order_id = order_lines.order_id
    group by orders.order_id, orders.customer_id, orders.ordered_on, orders.status
),

totals as (
    select
        customer_id,
        count(*) as total_orders,
        sum(kept_amount) as lifetime_value,
        sum(amount) / count(*) as avg_order_value,
        min(ordered_on) as first_order_date,
        max(ordered_on) as last_order_date
    from order_amounts
    group by customer_id
),

category_units as (
    select
        orders.customer_id,
        products.category,
        sum(order_lines.quantity) as units
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id
    inner join products on order_lines.product_id = products.product_id
    group by orders.customer_id, products.category
),

ranked_categories as (
    select
        customer_id,
        category,
        row_number() over (partition by customer_id order by units desc, category) as category_rank
    from category_units
),

preferred as (
    select customer_id, category as preferred_category
    from ranked_categories
    where category_rank = 1
),

final as (
    select
        customers.customer_key,
        case
            when totals.total_orders is null then 'prospect'
            when datediff(clock.analysis_date, totals.first_order_date) < 60 then 'new'
            when datediff(clock.analysis_date, totals.last_order_date) >= 180 then 'lapsed'
            when datediff(clock.analysis_date, totals.last_order_date) >= 90 then 'at_risk'
            when totals.total_orders >= 12 then 'loyal'
            else 'active'
        end as customer_segment,
        cast(coalesce(totals.lifetime_value, 0) as double) as lifetime_value,
        cast(coalesce(totals.total_orders, 0) as int) as total_orders,
        cast(round(totals.avg_order_value, 2) as double) as avg_order_value,
        totals.last_order_date,
        preferred.preferred_category,
        case
            when customers.address_standardized.country <> 'US' then 'Abroad'
            when customers.address_standardized.state in ('MA', 'NJ', 'NY', 'PA') then 'Northeast'
            when customers.address_standardized.state in ('IL', 'MI', 'MN', 'OH') then 'Midwest'
            when customers.address_standardized.state in ('FL', 'GA', 'NC', 'TX') then 'South'
            when customers.address_standardized.state in ('AZ', 'CA', 'CO', 'WA') then 'West'
            else 'Unknown'
        end as geographic_region,
        clock.analysis_date
    from customers
    cross join clock
    left join totals on customers.customer_id = totals.customer_id
    left join preferred on customers.customer_id = preferred.customer_id
)

select * from final
