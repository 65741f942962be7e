{# dbt counts rows that fail and does not show them: which mart, and by how much, is said here. #}
{% set off %}
select mart, measure, currency, ledger_minor, mart_minor, difference_minor, difference
from {{ ref('finance_reconciliation') }}
where difference_minor <> 0
order by mart, measure, currency
{% endset %}
{% if execute and flags.WHICH in ('build', 'test') %}
{% for row in run_query(off) %}
{% do log('marts.' ~ row['mart'] ~ ' is off by ' ~ row['difference'] ~ ' ' ~ row['currency'] ~ ': '
    ~ row['measure'] ~ ' is ' ~ row['mart_minor'] ~ ' there and ' ~ row['ledger_minor']
    ~ ' in the ledger (minor units, debit positive)', info=true) %}
{% endfor %}
{% endif %}
{{ off }}
