{% set today = "date '" ~ var('as_of') ~ "'" if var('as_of') else "(now() at time zone 'UTC')::date" %}
with aged as (
    select *, {{ today }} - flight_day as days
    from {{ ref('booked_amounts') }}
    where account_role in {{ owed_roles() }}
),

bucketed as (
    select
        *,
        case
            when days is null then 'unknown'
            when days < 0 then 'not flown'
            when days <= 30 then '0-30'
            when days <= 90 then '31-90'
            when days <= 180 then '91-180'
            when days <= 365 then '181-365'
            when days <= 730 then '366-730'
            when days <= 1095 then '731-1095'
            when days <= 2190 then '1096-2190'
            else 'over 2190'
        end as days_since_flight
    from aged
)

select
    {{ today }} as as_of_day,
    days_since_flight,
    account_role as state,
    regime,
    currency,
    -sum(amount_minor)::bigint as owed_minor,
    {{ major('-sum(amount_minor)', 'currency') }} as owed
from bucketed
group by 1, 2, 3, 4, 5
having sum(amount_minor) <> 0
