-- Booked sequences are dense in commit order, so the highest one seen leaves nothing out. Whatever
-- is booked on an obligation, all of it is written anew: a late reversal takes its accrual along
-- to the facts that are believed now.
{{ config(
    materialized='incremental', unique_key='obligation_key', incremental_strategy='delete+insert',
    on_schema_change='fail',
    indexes=[{'columns': ['obligation_key']}, {'columns': ['transaction_sequence']}]
) }}
with transactions as (
    select *
    from {{ ref('stg_ledger__transactions') }}
    {% if is_incremental() %}
    where obligation_key in (
        select obligation_key
        from {{ ref('stg_ledger__transactions') }}
        where transaction_sequence
            > (select coalesce(max(transaction_sequence), -1) from {{ this }})
    )
    {% endif %}
),

obligations as (
    select
        obligation_key,
        max(transaction_sequence) as transaction_sequence,
        (array_agg(assessment_id order by transaction_sequence desc))[1] as assessment_id,
        coalesce(min(kind) filter (where kind in ('care', 'refund', 'judgment')), 'compensation')
            as entitlement,
        -- Without a scenario the books carry what the law gives in full.
        coalesce(
            (array_agg(split_part(reference, '/', 1) order by transaction_sequence desc)
                filter (where kind = 'provision'))[1],
            'legal-maximum'
        ) as scenario
    from transactions
    group by obligation_key
),

sums as (
    select
        t.obligation_key,
        (t.booked_at at time zone 'UTC')::date as booked_day,
        t.kind as transaction_kind,
        p.account,
        p.currency,
        sum(p.amount_minor)::bigint as amount_minor,
        count(*) as postings
    from transactions as t
    inner join {{ source('ledger', 'postings') }} as p on t.transaction_id = p.transaction_id
    group by t.obligation_key, booked_day, t.kind, p.account, p.currency
)

select
    s.*,
    o.transaction_sequence,
    o.assessment_id,
    o.entitlement,
    o.scenario,
    a.impact_sequence,
    a.regime,
    a.rulebook,
    a.citations[1] as article,
    i.event,
    i.cause,
    i.flight_day,
    i.broken_leg_id
from sums as s
inner join obligations as o on s.obligation_key = o.obligation_key
left join {{ ref('stg_derived__assessments') }} as a on o.assessment_id = a.assessment_id
left join {{ ref('stg_derived__passenger_impacts') }} as i on a.impact_sequence = i.impact_sequence
