select
    disruption_id,
    revision,
    root_leg_id,
    kind,
    cause,
    delay_code,
    status,
    severity,
    cardinality(leg_ids) as legs,
    cardinality(finding_ids) as findings,
    delay_minutes,
    passengers_booked,
    as_of
from {{ source('derived', 'disruptions') }}
