-- What is owed on each obligation now: liabilities are credits, so the sign turns.
select
    b.obligation_key,
    b.currency,
    b.assessment_id,
    b.regime,
    b.rulebook,
    b.event,
    b.cause,
    b.article,
    -sum(b.amount_minor) as owed_minor
from {{ ref('int_booked') }} as b
left join {{ ref('stg_ledger__accounts') }} as a on b.account = a.account
where a.account_role in {{ owed_roles() }}
group by 1, 2, 3, 4, 5, 6, 7, 8
