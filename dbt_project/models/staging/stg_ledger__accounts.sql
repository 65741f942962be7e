select
    account,
    kind as account_kind,
    coalesce(role, 'unknown') as account_role,
    regime as account_regime,
    article as account_article
from {{ source('ledger', 'accounts') }}
