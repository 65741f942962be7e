select
    event_id,
    log_id,
    partition as partition_number,
    "offset" as partition_offset,
    kind,
    leg_id,
    airline,
    flight_number,
    departure_airport,
    arrival_airport,
    origin_date,
    operating_licence,
    registration,
    sobt,
    sibt,
    aobt,
    coalesce(doors_open_at, aibt) as arrived_at,
    aibt,
    irregularity_cause,
    delay_code,
    occurred_at
from {{ source('landed', 'flight_events') }}
where kind <> 'clock'
