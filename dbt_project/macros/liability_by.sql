{# What is owed now by some columns of booked_amounts: in all, and by where it stands. #}
{% macro liability_by(columns) %}
with sums as (
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        regime,
        currency,
        -sum(amount_minor) filter (where account_role in {{ owed_roles() }}) as owed_minor,
        -sum(amount_minor) filter (where account_role = 'probable') as probable_minor,
        -sum(amount_minor) filter (where account_role = 'approved') as approved_minor,
        -sum(amount_minor) filter (where account_role = 'payable') as payable_minor,
        -sum(amount_minor) filter (where account_role = 'in-transit') as in_transit_minor,
        sum(amount_minor) filter (where account_role = 'allowance') as allowance_minor
    from {{ ref('booked_amounts') }}
    group by {{ columns | join(', ') }}, regime, currency
)

select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    regime,
    currency,
    {%- for measure in ['owed', 'probable', 'approved', 'payable', 'in_transit', 'allowance'] %}
    coalesce({{ measure }}_minor, 0)::bigint as {{ measure }}_minor,
    {%- endfor %}
    {{ major('coalesce(owed_minor, 0)', 'currency') }} as owed,
    {{ major('coalesce(allowance_minor, 0)', 'currency') }} as allowance
from sums
where coalesce(owed_minor, 0) <> 0 or coalesce(allowance_minor, 0) <> 0
{% endmacro %}
