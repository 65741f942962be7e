-- A day's movement, and what was owed at its end: the running sum of all days so far.
with moved as (
    select
        booked_day,
        regime,
        currency,
        -sum(amount_minor) as change_minor
    from {{ ref('booked_amounts') }}
    where account_role in {{ owed_roles() }}
    group by booked_day, regime, currency
),

closed as (
    select
        *,
        sum(change_minor) over (partition by regime, currency order by booked_day) as closing_minor
    from moved
)

select
    booked_day,
    regime,
    currency,
    change_minor::bigint as change_minor,
    closing_minor::bigint as closing_minor,
    {{ major('change_minor', 'currency') }} as change,
    {{ major('closing_minor', 'currency') }} as closing
from closed
