with mart as (
    select currency, sum(owed_minor) as owed_minor
    from {{ ref('compensation_by_cause') }}
    group by currency
),

ledger as (
    select currency, -sum(amount_minor) as owed_minor
    from {{ ref('stg_ledger__postings') }}
    where account_kind = 'liability'
    group by currency
)

select currency, mart.owed_minor as in_mart, ledger.owed_minor as in_ledger
from mart
full join ledger using (currency)
where coalesce(mart.owed_minor, 0) <> coalesce(ledger.owed_minor, 0)
