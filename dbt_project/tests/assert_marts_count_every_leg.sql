with counted as (
    select
        (select sum(scheduled) from {{ ref('punctuality_by_airport') }}) as by_airport,
        (select sum(scheduled) from {{ ref('punctuality_by_airline') }}) as by_airline,
        (select count(*) from {{ ref('int_legs') }}) as legs
)

select *
from counted
where coalesce(by_airport, 0) <> legs or coalesce(by_airline, 0) <> legs
