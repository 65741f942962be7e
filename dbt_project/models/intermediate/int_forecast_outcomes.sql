-- Only what has happened can be scored: legs with both block times, cancelled ones left out. The
-- outcome is that of target delay_15; another target gets an outcome of its own.
select
    f.forecast_id,
    f.leg_id,
    f.model_name,
    f.model_version,
    f.horizon_minutes,
    f.target,
    f.probability,
    f.climatology_probability,
    l.origin_date,
    l.departure_airport,
    l.airline,
    (l.departure_delay_minutes >= 15 or l.arrival_delay_minutes >= 15)::int as outcome
from {{ ref('stg_derived__forecasts') }} as f
inner join {{ ref('int_legs') }} as l on f.leg_id = l.leg_id
where f.target = 'delay_15'
    and not l.is_cancelled
    and l.departure_delay_minutes is not null
    and l.arrival_delay_minutes is not null
