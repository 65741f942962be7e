select
    transaction_id,
    sequence as transaction_sequence,
    kind,
    obligation_key,
    assessment_id,
    reverses,
    rulebook,
    reference,
    occurred_at,
    booked_at
from {{ source('ledger', 'transactions') }}
