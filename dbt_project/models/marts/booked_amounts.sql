select
    b.flight_day::date as flight_day,
    b.booked_day::date as booked_day,
    coalesce(l.airport, 'unknown')::text as airport,
    coalesce(l.airline, 'unknown')::text as airline,
    coalesce(b.event, 'unknown')::text as event,
    coalesce(b.cause, 'unknown')::text as cause,
    coalesce(b.regime, 'unknown')::text as regime,
    coalesce(b.rulebook, 'unknown')::text as rulebook,
    coalesce(b.article, 'unknown')::text as article,
    b.entitlement::text as entitlement,
    b.scenario::text as scenario,
    b.transaction_kind::text as transaction_kind,
    b.account::text as account,
    coalesce(a.account_role, 'unknown')::text as account_role,
    b.currency::text as currency,
    sum(b.amount_minor)::bigint as amount_minor,
    {{ major('sum(b.amount_minor)', 'b.currency') }} as amount,
    sum(b.postings)::bigint as postings
from {{ ref('int_booked') }} as b
left join {{ ref('int_broken_legs') }} as l on b.broken_leg_id = l.leg_id
left join {{ ref('stg_ledger__accounts') }} as a on b.account = a.account
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
