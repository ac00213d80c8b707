/*
  churn_labels — whether a customer placed no order in the three months after a date.

  Grain:      one row per customer and first day of a month whose three months have passed
  Key:        customer_key, as_of_date
  Depends on: dim_customers, fact_orders
  Variables:  silver, as_of
  Note:       a date gets its labels a week after its horizon, when late orders are in. Until then
              it has none, rather than a wrong one. A cancelled order counts as an order: whoever
              places it is not gone.
*/
with

customers as (
    select * from ${silver}.dim_customers where is_current
),

orders as (
    select * from ${silver}.fact_orders
),

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

settled_dates as (
    select as_of_dates.as_of_date
    from as_of_dates
    cross join clock
    where date_add(add_months(as_of_dates.as_of_date, 3), 7) <= clock.known_until
),

customer_dates as (
    select
        orders.customer_id,
        settled_dates.as_of_date,
        count_if(
            orders.ordered_at >= settled_dates.as_of_date
            and orders.ordered_at < add_months(settled_dates.as_of_date, 3)
        ) as orders_after
    from settled_dates
    cross join orders
    group by orders.customer_id, settled_dates.as_of_date
    having
        count_if(
            orders.ordered_at < settled_dates.as_of_date
            and orders.recorded_at < settled_dates.as_of_date
        ) > 0
),

final as (
    select
        customers.customer_key,
        customer_dates.as_of_date,
        if(customer_dates.orders_after = 0, 1, 0) as churned
    from customer_dates
    inner join customers on customer_dates.customer_id = customers.customer_id
)

select * from final
