select
    sequence as impact_sequence,
    obligation_key,
    disruption_id,
    facts ->> 'event' as event,
    facts ->> 'cause' as cause,
    facts ->> 'departure_airport' as departure_airport,
    facts ->> 'arrival_airport' as arrival_airport,
    as_of
from {{ source('derived', 'passenger_impacts') }}
