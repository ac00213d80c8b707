/*
  monthly_revenue — what the shop took in each month, and what went back.

  Grain:      one row per calendar month
  Key:        month
  Depends on: sale_lines
  Variables:  silver
  Note:       net_revenue is the sum of all accepted lines, cancellations and discounts included.
              The newest month is complete only when the data reaches its last day.
*/
with

sale_lines as (
    select * from ${silver}.sale_lines
),

coverage as (
    select to_date(max(invoiced_at)) as last_date from sale_lines
),

months as (
    select
        to_date(trunc(invoiced_at, 'month')) as month,
        count(distinct if(is_cancellation, null, invoice_no)) as invoices,
        count(distinct if(is_cancellation, invoice_no, null)) as cancellations,
        count(distinct if(is_cancellation, null, customer_id)) as customers,
        sum(if(line_kind = 'goods' and not is_cancellation, quantity, 0)) as units_sold,
        sum(if(line_kind = 'goods' and not is_cancellation, line_amount, 0)) as goods_sold,
        sum(if(line_kind = 'postage' and not is_cancellation, line_amount, 0)) as postage_charged,
        sum(if(is_cancellation and line_kind <> 'discount', -line_amount, 0)) as cancelled_amount,
        sum(if(line_kind = 'discount', -line_amount, 0)) as discount_amount,
        sum(line_amount) as net_revenue
    from sale_lines
    group by to_date(trunc(invoiced_at, 'month'))
),

final as (
    select
        months.month,
        cast(months.invoices as int) as invoices,
        cast(months.cancellations as int) as cancellations,
        cast(months.customers as int) as customers,
        months.units_sold,
        cast(months.goods_sold as decimal(18, 3)) as goods_sold,
        cast(months.postage_charged as decimal(18, 3)) as postage_charged,
        cast(months.cancelled_amount as decimal(18, 3)) as cancelled_amount,
        cast(months.discount_amount as decimal(18, 3)) as discount_amount,
        cast(months.net_revenue as decimal(18, 3)) as net_revenue,
        last_day(months.month) <= coverage.last_date as is_complete
    from months
    cross join coverage
)

select * from final
