with sums as (
    select
        c.flight_day,
        coalesce(l.airport, 'unknown') as airport,
        coalesce(l.airline, 'unknown') as airline,
        coalesce(c.regime, 'unknown') as regime,
        c.currency,
        count(*) filter (where c.is_entitled) as entitled,
        count(*) filter (where c.is_entitled and c.spent_minor > 0) as given,
        count(*) filter (where not c.is_entitled and c.spent_minor > 0) as given_beyond,
        sum(c.spent_minor) as spent_minor,
        coalesce(sum(c.spent_minor) filter (where not c.is_entitled), 0) as spent_beyond_minor,
        sum(c.unscheduled_minor) as unscheduled_minor
    from {{ ref('int_care') }} as c
    left join {{ ref('int_broken_legs') }} as l on c.broken_leg_id = l.leg_id
    group by 1, 2, 3, 4, 5
)

select
    flight_day,
    airport,
    airline,
    regime,
    currency,
    entitled,
    given,
    given_beyond,
    spent_minor::bigint as spent_minor,
    spent_beyond_minor::bigint as spent_beyond_minor,
    unscheduled_minor::bigint as unscheduled_minor,
    {{ major('spent_minor', 'currency') }} as spent,
    {{ major('spent_beyond_minor', 'currency') }} as spent_beyond,
    {{ major('unscheduled_minor', 'currency') }} as unscheduled
from sums
