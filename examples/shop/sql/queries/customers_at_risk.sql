/*
  customers_at_risk — valuable customers whom the model expects to lose, most valuable first.

  Grain:      one row per customer with a prediction
  Depends on: gold.customer_analytics, gold.churn_predictions
  Note:       read with `snowmelt query`. Analytics and predictions meet here and not in a gold
              table, so that what the model said is never what it learns from.
*/
select
    customer_analytics.customer_key,
    customer_analytics.customer_segment,
    customer_analytics.lifetime_value,
    customer_analytics.last_order_date,
    churn_predictions.score as churn_probability
from gold.customer_analytics
inner join gold.churn_predictions
    on customer_analytics.customer_key = churn_predictions.customer_key
where churn_predictions.as_of_date = (select max(as_of_date) from gold.churn_predictions)
order by churn_predictions.score * customer_analytics.lifetime_value desc
limit 50
