-- One claim, and why: what an analyst, Dagster and `knockon explain` say is the same.
with sums as (
    select
        b.obligation_key,
        b.currency,
        b.assessment_id,
        max(b.flight_day) as flight_day,
        max(b.broken_leg_id::text)::uuid as broken_leg_id,
        max(b.entitlement) as entitlement,
        max(b.event) as event,
        max(b.cause) as cause,
        max(b.regime) as regime,
        max(b.rulebook) as rulebook,
        max(b.article) as article,
        -coalesce(sum(b.amount_minor) filter (
            where b.transaction_kind in ('accrual', 'reversal') and a.account_kind = 'liability'
        ), 0) as accrued_minor,
        -coalesce(sum(b.amount_minor) filter (where a.account_role in {{ owed_roles() }}), 0)
            as owed_minor,
        -coalesce(sum(b.amount_minor) filter (where a.account_role = 'cash'), 0) as paid_minor
    from {{ ref('int_booked') }} as b
    left join {{ ref('stg_ledger__accounts') }} as a on b.account = a.account
    group by 1, 2, 3
)

select
    s.obligation_key::uuid as obligation_key,
    s.currency::text as currency,
    s.flight_day::date as flight_day,
    coalesce(l.airport, 'unknown')::text as airport,
    coalesce(l.airline, 'unknown')::text as airline,
    s.entitlement::text as entitlement,
    coalesce(s.event, 'unknown')::text as event,
    coalesce(s.cause, 'unknown')::text as cause,
    coalesce(s.regime, 'unknown')::text as regime,
    coalesce(s.rulebook, 'unknown')::text as rulebook,
    coalesce(s.article, 'unknown')::text as article,
    {{ major('s.accrued_minor', 's.currency') }} as accrued,
    s.owed_minor::bigint as owed_minor,
    {{ major('s.owed_minor', 's.currency') }} as owed,
    {{ major('s.paid_minor', 's.currency') }} as paid,
    s.assessment_id::uuid as assessment_id,
    coalesce(e.certainty, 'unknown')::text as certainty,
    coalesce(e.explanation, '')::text as explanation
from sums as s
left join {{ ref('int_broken_legs') }} as l on s.broken_leg_id = l.leg_id
left join {{ ref('stg_derived__assessments') }} as e on s.assessment_id = e.assessment_id
