/*
  ml_features — what was known of each customer at the start of each month.

  Grain:      one row per customer and first day of a month, from the month after the first order
  Key:        customer_key, as_of_date
  Depends on: dim_customers, fact_orders, fact_order_lines
  Variables:  silver, as_of
  Note:       point in time: a row uses only orders recorded before its as_of_date, deliveries and
              returns that had happened by then, and nothing that is updated later (an order's
              status is). It holds neither label nor prediction.
*/
with

customers as (
    select * from ${silver}.dim_customers where is_current
),

orders as (
    select * from ${silver}.fact_orders
),

order_lines as (
    select * from ${silver}.fact_order_lines
),

-- The newest fact ends what is known, also when the pipeline runs much later.
clock as (
    select least(cast('${as_of}' as timestamp), max(recorded_at)) as known_until
    from orders
),

as_of_dates as (
    select explode(sequence(
        add_months(trunc(min(orders.ordered_at), 'month'), 1),
        to_date(trunc(max(clock.known_until), 'month')),
        interval 1 month
    )) as as_of_date
    from orders
    cross join clock
),

order_amounts as (
    select
        orders.order_id,
        orders.customer_id,
        orders.ordered_at,
        orders.recorded_at,
        orders.delivered_at,
        orders.returned_at,
        orders.channel,
        coalesce(sum(order_lines.line_amount), 0) as amount,
        coalesce(sum(order_lines.quantity * order_lines.unit_price), 0) as list_amount,
        coalesce(sum(order_lines.quantity), 0) as units
    from orders
    left join order_lines on orders.order_id = order_lines.order_id
    group by
        orders.order_id,
        orders.customer_id,
        orders.ordered_at,
        orders.recorded_at,
        orders.delivered_at,
        orders.returned_at,
        orders.channel
),

known_orders as (
    select
        as_of_dates.as_of_date,
        order_amounts.*,
        order_amounts.ordered_at >= add_months(as_of_dates.as_of_date, -1) as is_last_month,
        order_amounts.ordered_at >= add_months(as_of_dates.as_of_date, -3) as is_last_quarter,
        coalesce(order_amounts.returned_at < as_of_dates.as_of_date, false) as is_returned,
        coalesce(order_amounts.delivered_at < as_of_dates.as_of_date, false) as is_delivered,
        datediff(order_amounts.delivered_at, order_amounts.ordered_at) as days_to_deliver
    from as_of_dates
    inner join order_amounts
        on order_amounts.recorded_at < as_of_dates.as_of_date
        and order_amounts.ordered_at < as_of_dates.as_of_date
),

features as (
    select
        customer_id,
        as_of_date,
        datediff(as_of_date, max(ordered_at)) as days_since_last_order,
        datediff(as_of_date, min(ordered_at)) as days_since_first_order,
        count(*) as orders_total,
        count_if(is_last_month) as orders_1m,
        count_if(is_last_quarter) as orders_3m,
        sum(if(is_last_quarter, units, 0)) as units_3m,
        sum(amount) as amount_total,
        sum(if(is_last_quarter, amount, 0)) as amount_3m,
        count_if(is_returned and is_last_quarter) as returns_3m,
        count_if(is_delivered and is_last_quarter and days_to_deliver > 7) as late_deliveries_3m,
        avg(if(is_delivered and is_last_quarter, days_to_deliver, null)) as days_to_deliver_3m,
        1 - sum(if(is_last_quarter, amount, 0))
        / nullif(sum(if(is_last_quarter, list_amount, 0)), 0) as discount_share_3m,
        count_if(channel = 'store') / count(*) as store_share
    from known_orders
    group by customer_id, as_of_date
),

final as (
    select
        customers.customer_key,
        features.as_of_date,
        features.days_since_last_order,
        features.days_since_first_order,
        cast(features.orders_total as int) as orders_total,
        cast(features.orders_1m as int) as orders_1m,
        cast(features.orders_3m as int) as orders_3m,
        cast(features.units_3m as int) as units_3m,
        cast(features.amount_total as double) as amount_total,
        cast(features.amount_3m as double) as amount_3m,
        cast(features.amount_total / features.orders_total as double) as avg_order_amount,
        cast(features.returns_3m as int) as returns_3m,
        cast(features.late_deliveries_3m as int) as late_deliveries_3m,
        features.days_to_deliver_3m,
        cast(features.discount_share_3m as double) as discount_share_3m,
        features.store_share
    from features
    inner join customers on features.customer_id = customers.customer_id
)

select * from final
