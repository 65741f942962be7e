select
    forecast_id,
    leg_id,
    target,
    horizon_minutes,
    as_of,
    probability,
    climatology as climatology_probability,
    model_name,
    model_version
from {{ source('derived', 'forecasts') }}
