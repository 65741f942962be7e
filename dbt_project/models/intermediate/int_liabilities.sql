-- What is owed on each obligation now: liabilities are credits, so the sign turns.
select
    t.obligation_key,
    p.currency,
    -sum(p.amount_minor) as owed_minor,
    (array_agg(t.assessment_id order by t.transaction_sequence desc))[1] as assessment_id
from {{ ref('stg_ledger__postings') }} as p
inner join {{ ref('stg_ledger__transactions') }} as t on p.transaction_id = t.transaction_id
where p.account_kind = 'liability'
group by t.obligation_key, p.currency
