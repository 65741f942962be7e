select transaction_id, currency, sum(amount_minor) as off_by
from {{ ref('stg_ledger__postings') }}
group by transaction_id, currency
having sum(amount_minor) <> 0
