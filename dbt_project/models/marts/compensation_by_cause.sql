select
    coalesce(regime, 'unknown')::text as regime,
    coalesce(rulebook, 'unknown')::text as rulebook,
    coalesce(event, 'unknown')::text as event,
    coalesce(cause, 'unknown')::text as cause,
    coalesce(article, 'unknown')::text as article,
    currency::text as currency,
    count(*)::bigint as obligations,
    sum(owed_minor)::bigint as owed_minor,
    {{ major('sum(owed_minor)', 'currency') }} as owed
from {{ ref('int_liabilities') }}
where owed_minor <> 0
group by 1, 2, 3, 4, 5, 6
