select distinct on (d.disruption_id)
    d.disruption_id::uuid as disruption_id,
    d.revision::int as revision,
    d.kind::text as kind,
    d.cause::text as cause,
    d.status::text as status,
    d.severity::text as severity,
    d.legs::int as legs,
    d.findings::int as findings,
    d.delay_minutes::int as delay_minutes,
    d.passengers_booked::int as passengers_booked,
    l.airline::text as airline,
    l.departure_airport::text as departure_airport,
    l.arrival_airport::text as arrival_airport,
    l.registration::text as registration,
    d.as_of::timestamptz as as_of
from {{ ref('stg_derived__disruptions') }} as d
left join {{ ref('int_legs') }} as l on d.root_leg_id = l.leg_id
order by d.disruption_id, d.revision desc
