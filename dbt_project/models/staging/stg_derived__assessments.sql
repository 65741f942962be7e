select
    sequence as assessment_sequence,
    assessment_id,
    obligation_key,
    regime,
    rulebook,
    in_scope,
    band,
    amount_minor,
    currency,
    care,
    citations,
    flags,
    certainty,
    explanation,
    impact_sequence,
    as_of
from {{ source('derived', 'assessments') }}
