-- A view: what it says of marts and ledger is true when it is read. The ledger goes on while marts
-- are built, so it is taken as far as they have read: all lines, less those booked since.
{{ config(materialized='view') }}
{% set owed = owed_roles() %}
with read_so_far as (
    select coalesce(max(transaction_sequence), -1) as transaction_sequence
    from {{ ref('int_booked') }}
),

lines as (
    select account, currency, sum(amount_minor) as amount_minor
    from {{ source('ledger', 'postings') }}
    group by account, currency
    union all
    select p.account, p.currency, -sum(p.amount_minor)
    from {{ source('ledger', 'transactions') }} as t
    inner join {{ source('ledger', 'postings') }} as p on t.transaction_id = p.transaction_id
    where t.sequence > (select transaction_sequence from read_so_far)
    group by p.account, p.currency
),

roles as (
    select coalesce(a.account_role, 'unknown') as measure, lines.currency, lines.amount_minor
    from lines
    left join {{ ref('stg_ledger__accounts') }} as a on lines.account = a.account
),

ledger as (
    select measure, currency, sum(amount_minor) as amount_minor
    from roles
    group by measure, currency
    union all
    select 'owed', currency, sum(amount_minor)
    from roles
    where measure in {{ owed }}
    group by currency
),

{# Mart to measure to its amount with the ledger's sign. #}
{% set compared = {'compensation_by_cause': {'owed': '-owed_minor'}} %}
{% for cut in ['airport', 'airline', 'cause', 'article', 'flight_day'] %}
{% do compared.update({'liability_by_' ~ cut: {
    'owed': '-owed_minor', 'probable': '-probable_minor', 'approved': '-approved_minor',
    'payable': '-payable_minor', 'in-transit': '-in_transit_minor', 'allowance': 'allowance_minor'
}}) %}
{% endfor %}
{% do compared.update({
    'liability_by_booked_day': {'owed': '-change_minor'},
    'provision_outcome': {
        'owed': '-owed_minor', 'allowance': 'allowance_minor', 'write-off': '-written_off_minor',
        'repayment-receivable': 'receivable_minor', 'goodwill': 'goodwill_minor'
    },
    'care_spend': {'care': 'spent_minor', 'care-payable': '-unscheduled_minor'},
    'liability_ageing': {'owed': '-owed_minor'},
    'obligations': {'owed': '-owed_minor'}
}) %}
claims as (
    {% for mart, measures in compared.items() %}{% for measure, amount in measures.items() %}
    select '{{ mart }}' as mart, '{{ measure }}' as measure, currency,
        sum({{ amount }}) as amount_minor
    from {{ ref(mart) }}
    group by currency
    union all
    {% endfor %}{% endfor %}
    select 'liability_ageing', state, currency, -sum(owed_minor)
    from {{ ref('liability_ageing') }}
    group by state, currency
    union all
    select 'booked_amounts', account_role, currency, sum(amount_minor)
    from {{ ref('booked_amounts') }}
    group by account_role, currency
),

{# What each mart has to answer for, so that a mart which has lost all of it is found too. #}
answers_for (mart, measure) as (
    values
    {% for mart, measures in compared.items() %}{% for measure in measures %}
    ('{{ mart }}', '{{ measure }}'),
    {% endfor %}{% endfor %}
    ('liability_ageing', null),
    ('booked_amounts', null)
),

expected as (
    select f.mart, l.measure, l.currency, l.amount_minor
    from answers_for as f
    inner join ledger as l
        on f.measure = l.measure
        or (f.measure is null and f.mart = 'booked_amounts' and l.measure <> 'owed')
        or (f.measure is null and f.mart = 'liability_ageing' and l.measure in {{ owed }})
)

select
    mart::text as mart,
    measure::text as measure,
    currency::text as currency,
    coalesce(expected.amount_minor, 0)::bigint as ledger_minor,
    coalesce(claims.amount_minor, 0)::bigint as mart_minor,
    (coalesce(claims.amount_minor, 0) - coalesce(expected.amount_minor, 0))::bigint
        as difference_minor,
    {{ major('coalesce(claims.amount_minor, 0) - coalesce(expected.amount_minor, 0)', 'currency') }}
        as difference
from claims
full join expected using (mart, measure, currency)
where claims.amount_minor is not null or expected.amount_minor <> 0
