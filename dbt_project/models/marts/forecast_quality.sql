select
    model_name::text as model_name,
    model_version::text as model_version,
    target::text as target,
    horizon_minutes::int as horizon_minutes,
    origin_date::date as operating_day,
    count(*)::bigint as forecasts,
    avg(outcome)::double precision as observed_share,
    avg(probability)::double precision as mean_probability,
    avg((probability - outcome) ^ 2)::double precision as brier,
    avg((climatology_probability - outcome) ^ 2)::double precision as brier_climatology,
    avg(-case outcome when 1 then ln(greatest(probability, 1e-6))
        else ln(greatest(1 - probability, 1e-6)) end)::double precision as log_loss,
    avg(-case outcome when 1 then ln(greatest(climatology_probability, 1e-6))
        else ln(greatest(1 - climatology_probability, 1e-6)) end)::double precision
        as log_loss_climatology
from {{ ref('int_forecast_outcomes') }}
group by 1, 2, 3, 4, 5
