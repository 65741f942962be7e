{# Minor units as a decimal with the currency's places (ISO 4217, as domain/money.py has them). #}
{% macro places(currency) -%}
    case
        when {{ currency }} in (
            'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI',
            'VND', 'VUV', 'XAF', 'XOF', 'XPF'
        ) then 0
        when {{ currency }} in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when {{ currency }} in ('CLF', 'UYW') then 4
        else 2
    end
{%- endmacro %}

{% macro major(minor, currency) -%}
    round(({{ minor }})::numeric / 10::numeric ^ ({{ places(currency) }}), {{ places(currency) }})
{%- endmacro %}

{# Roles of accounts that hold what is owed to others, as domain/ledger/as_of.py has them. #}
{% macro owed_roles() -%}
    ('probable', 'approved', 'payable', 'in-transit', 'care-payable', 'refund-payable',
    'judgment-payable')
{%- endmacro %}
