-- The newest fact of each kind counts: a schedule or an arrival told again replaces the earlier.
with ranked as (
    select
        *,
        row_number() over (
            partition by leg_id, kind order by occurred_at desc, partition_offset desc
        ) as recency
    from {{ ref('stg_landed__flight_events') }}
    where leg_id is not null
),

newest as (
    select * from ranked where recency = 1
),

legs as (
    select
        leg_id,
        max(airline) as airline,
        max(flight_number) as flight_number,
        max(departure_airport) as departure_airport,
        max(arrival_airport) as arrival_airport,
        max(origin_date) as origin_date,
        max(registration) as registration,
        max(sobt) as sobt,
        max(sibt) as sibt,
        max(aobt) as aobt,
        max(aibt) as aibt,
        max(arrived_at) as arrived_at,
        max(irregularity_cause) as irregularity_cause,
        bool_or(kind = 'leg_cancelled') as is_cancelled,
        bool_or(kind = 'leg_diverted') as is_diverted
    from newest
    group by leg_id
)

select
    *,
    {{ minutes_between('sobt', 'aobt') }} as departure_delay_minutes,
    {{ minutes_between('sibt', 'aibt') }} as arrival_delay_minutes
from legs
where sobt is not null
