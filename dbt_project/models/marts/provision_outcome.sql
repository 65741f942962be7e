-- Owed and held: with what passengers have in excess these close the circle from accrued to paid.
{% set circle = "account_role in ('repayment-receivable', 'goodwill') or account_role in "
    ~ owed_roles() %}
{% set measures = {
    'accrued': "-sum(amount_minor) filter (where transaction_kind in ('accrual', 'reversal', 'care',"
        ~ " 'refund', 'judgment') and (" ~ circle ~ "))",
    'provided': "sum(amount_minor) filter (where account_role = 'allowance'"
        ~ " and transaction_kind = 'provision')",
    'allowance': "sum(amount_minor) filter (where account_role = 'allowance')",
    'approved': "-sum(amount_minor) filter (where account_role in ('approved', 'payable')"
        ~ " and transaction_kind in ('approval', 'withdrawal'))",
    'paid': "sum(amount_minor) filter (where transaction_kind in ('payment', 'payment_return',"
        ~ " 'repayment') and (" ~ circle ~ "))",
    'vouchers': "-sum(amount_minor) filter (where account_role = 'voucher'"
        ~ " and transaction_kind = 'voucher')",
    'written_off': "-sum(amount_minor) filter (where account_role = 'write-off')",
    'converted': "sum(amount_minor) filter (where transaction_kind = 'set_off' and (" ~ circle
        ~ "))",
    'owed': "-sum(amount_minor) filter (where account_role in " ~ owed_roles() ~ ")",
    'receivable': "sum(amount_minor) filter (where account_role = 'repayment-receivable')",
    'goodwill': "sum(amount_minor) filter (where account_role = 'goodwill')",
} %}
with sums as (
    select
        date_trunc('month', flight_day)::date as flight_month,
        scenario,
        entitlement,
        regime,
        currency,
        {%- for name, expression in measures.items() %}
        coalesce({{ expression }}, 0)::bigint as {{ name }}_minor{{ '' if loop.last else ',' }}
        {%- endfor %}
    from {{ ref('booked_amounts') }}
    group by 1, 2, 3, 4, 5
)

select
    *,
    {%- for name in measures %}
    {{ major(name ~ '_minor', 'currency') }} as {{ name }}{{ '' if loop.last else ',' }}
    {%- endfor %}
from sums
