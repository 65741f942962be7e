{# Minutes from one timestamp to another; negative when the second is earlier. #}
{% macro minutes_between(earlier, later) -%}
    (extract(epoch from {{ later }} - {{ earlier }}) / 60)::double precision
{%- endmacro %}
