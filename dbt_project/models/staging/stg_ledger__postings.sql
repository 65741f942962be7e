select
    p.transaction_id,
    p.line,
    p.account,
    a.kind as account_kind,
    p.amount_minor,
    p.currency
from {{ source('ledger', 'postings') }} as p
inner join {{ source('ledger', 'accounts') }} as a on p.account = a.account
