/*
  customer_value — recency, frequency and monetary value of each known customer.

  Grain:      one row per customer; guests have no id and are left out
  Key:        customer_id
  Depends on: sale_lines
  Variables:  silver
  Note:       scores are fifths, 5 the best, by rank, so that customers who are equal score equally.
              Recency counts from the newest line, not from today: the file ends in 2011.
*/
with

sale_lines as (
    select * from ${silver}.sale_lines where customer_id is not null
),

clock as (
    select to_date(max(invoiced_at)) as analysis_date from ${silver}.sale_lines
),

customers as (
    select
        customer_id,
        max_by(country, struct(invoiced_at, line_number)) as country,
        min(to_date(invoiced_at)) as first_purchase_date,
        max(to_date(invoiced_at)) as last_purchase_date,
        count(distinct if(is_cancellation, null, invoice_no)) as orders,
        count(distinct if(is_cancellation, invoice_no, null)) as cancellations,
        sum(line_amount) as net_revenue
    from sale_lines
    group by customer_id
),

ranked as (
    select
        *,
        count(*) over () as customer_count,
        rank() over (order by last_purchase_date) as recency_rank,
        rank() over (order by orders) as frequency_rank,
        rank() over (order by net_revenue) as monetary_rank
    from customers
),

scored as (
    select
        *,
        1 + ((recency_rank - 1) * 5) div customer_count as recency_score,
        1 + ((frequency_rank - 1) * 5) div customer_count as frequency_score,
        1 + ((monetary_rank - 1) * 5) div customer_count as monetary_score
    from ranked
),

final as (
    select
        scored.customer_id,
        scored.country,
        case
            when scored.orders = 0 then 'cancelled_only'
            when scored.recency_score >= 4 and scored.frequency_score >= 4 then 'champion'
            when scored.frequency_score >= 4 then 'loyal_at_risk'
            when scored.recency_score >= 4 then 'recent'
            when scored.recency_score <= 2 then 'lost'
            else 'occasional'
        end as segment,
        cast(scored.recency_score as int) as recency_score,
        cast(scored.frequency_score as int) as frequency_score,
        cast(scored.monetary_score as int) as monetary_score,
        cast(scored.orders as int) as orders,
        cast(scored.cancellations as int) as cancellations,
        cast(scored.net_revenue as decimal(18, 3)) as net_revenue,
        scored.first_purchase_date,
        scored.last_purchase_date,
        datediff(clock.analysis_date, scored.last_purchase_date) as days_since_last_purchase
    from scored
    cross join clock
)

select * from final
