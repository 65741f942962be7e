select
    model_name::text as model_name,
    model_version::text as model_version,
    target::text as target,
    horizon_minutes::int as horizon_minutes,
    least(floor(probability * 10), 9)::int as decile,
    count(*)::bigint as forecasts,
    avg(probability)::double precision as mean_probability,
    avg(outcome)::double precision as observed_share
from {{ ref('int_forecast_outcomes') }}
group by 1, 2, 3, 4, 5
