select
    sequence as impact_sequence,
    obligation_key,
    passenger_ref,
    journey_id,
    obligation_event,
    disruption_id,
    broken_leg_id,
    (facts ->> 'flight_date')::date as flight_day,
    facts ->> 'event' as event,
    facts ->> 'cause' as cause,
    facts ->> 'departure_airport' as departure_airport,
    facts ->> 'arrival_airport' as arrival_airport,
    as_of
from {{ source('derived', 'passenger_impacts') }}
