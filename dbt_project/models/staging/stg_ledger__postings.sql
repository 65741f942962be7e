-- A left join: money on an account that the chart does not know is still money.
select
    p.transaction_id,
    p.line,
    p.account,
    a.account_kind,
    coalesce(a.account_role, 'unknown') as account_role,
    p.amount_minor,
    p.currency
from {{ source('ledger', 'postings') }} as p
left join {{ ref('stg_ledger__accounts') }} as a on p.account = a.account
