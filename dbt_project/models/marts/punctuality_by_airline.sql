select
    airline::text as airline,
    origin_date::date as operating_day,
    count(*)::bigint as scheduled,
    count(*) filter (where is_cancelled)::bigint as cancelled,
    count(aobt)::bigint as departed,
    (avg((departure_delay_minutes < 15)::int) filter (where aobt is not null))::double precision
        as on_time_share,
    (avg(departure_delay_minutes))::double precision as mean_departure_delay_minutes,
    (percentile_cont(0.9) within group (order by departure_delay_minutes))::double precision
        as p90_departure_delay_minutes,
    (avg(arrival_delay_minutes))::double precision as mean_arrival_delay_minutes
from {{ ref('int_legs') }}
group by 1, 2
