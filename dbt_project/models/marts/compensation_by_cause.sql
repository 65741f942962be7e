select
    a.regime::text as regime,
    a.rulebook::text as rulebook,
    i.event::text as event,
    i.cause::text as cause,
    a.citations[1]::text as article,
    o.currency::text as currency,
    count(*)::bigint as obligations,
    sum(o.owed_minor)::bigint as owed_minor,
    (sum(o.owed_minor) / 100.0)::numeric(16, 2) as owed
from {{ ref('int_liabilities') }} as o
inner join {{ ref('stg_derived__assessments') }} as a on o.assessment_id = a.assessment_id
inner join {{ ref('stg_derived__passenger_impacts') }} as i
    on a.impact_sequence = i.impact_sequence
where o.owed_minor <> 0
group by 1, 2, 3, 4, 5, 6
