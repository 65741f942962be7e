-- Spend is an obligation of its own; passenger and journey lead to the assessment that grants it.
with entitled as (
    select distinct on (i.passenger_ref, i.journey_id)
        i.passenger_ref,
        i.journey_id,
        a.regime,
        i.flight_day,
        i.broken_leg_id,
        a.in_scope and cardinality(a.care) > 0 as is_entitled
    from {{ ref('stg_derived__assessments') }} as a
    inner join {{ ref('stg_derived__passenger_impacts') }} as i
        on a.impact_sequence = i.impact_sequence
    where i.obligation_event = 'disruption'
    order by i.passenger_ref, i.journey_id, a.assessment_sequence desc
),

spent as (
    select
        -- Money that leads to no journey still counts: each such obligation stands for itself.
        coalesce(i.passenger_ref, b.obligation_key) as passenger_ref,
        coalesce(i.journey_id, b.obligation_key) as journey_id,
        b.currency,
        max(b.regime) as regime,
        max(b.flight_day) as flight_day,
        (array_agg(b.broken_leg_id))[1] as broken_leg_id,
        coalesce(sum(b.amount_minor) filter (where a.account_role = 'care'), 0) as spent_minor,
        -coalesce(sum(b.amount_minor) filter (where a.account_role = 'care-payable'), 0)
            as unscheduled_minor
    from {{ ref('int_booked') }} as b
    left join {{ ref('stg_ledger__accounts') }} as a on b.account = a.account
    left join {{ ref('stg_derived__passenger_impacts') }} as i
        on b.impact_sequence = i.impact_sequence
    where a.account_role like 'care%'
    group by 1, 2, 3
)

select
    passenger_ref,
    journey_id,
    coalesce(s.currency, 'XXX') as currency,
    coalesce(e.regime, s.regime) as regime,
    coalesce(e.flight_day, s.flight_day) as flight_day,
    coalesce(e.broken_leg_id, s.broken_leg_id) as broken_leg_id,
    coalesce(e.is_entitled, false) as is_entitled,
    coalesce(s.spent_minor, 0) as spent_minor,
    coalesce(s.unscheduled_minor, 0) as unscheduled_minor
from entitled as e
full join spent as s using (passenger_ref, journey_id)
where e.is_entitled or s.currency is not null
