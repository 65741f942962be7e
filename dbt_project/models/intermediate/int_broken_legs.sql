-- depends_on: {{ ref('int_booked') }}
-- After the bookings, so that each leg they name is here. Kept for good: landed days leave the database, money on their flights stays.
{{ config(
    materialized='incremental', unique_key='leg_id', incremental_strategy='delete+insert',
    on_schema_change='fail', full_refresh=false
) }}
with named as (
    select broken_leg_id as leg_id, max(impact_sequence) as impact_sequence
    from {{ ref('stg_derived__passenger_impacts') }}
    {% if is_incremental() %}
    where impact_sequence > (select coalesce(max(impact_sequence), -1) from {{ this }})
    {% endif %}
    group by broken_leg_id
)

select
    named.leg_id,
    {% if is_incremental() %}
    coalesce(leg.departure_airport, kept.airport) as airport,
    coalesce(leg.airline, kept.airline) as airline,
    {% else %}
    leg.departure_airport as airport,
    leg.airline,
    {% endif %}
    named.impact_sequence
from named
left join lateral (
    select departure_airport, airline
    from {{ ref('int_legs') }}
    where int_legs.leg_id = named.leg_id
) as leg on true
{% if is_incremental() %}
left join {{ this }} as kept on named.leg_id = kept.leg_id
{% endif %}
