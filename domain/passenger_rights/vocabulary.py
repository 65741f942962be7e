"""The words of the law's answers, as the case file spells them."""

from typing import Literal

Regime = Literal["eu", "uk"]

EventKind = Literal[
    "delay",
    "cancellation",
    "denied_boarding",
    "advanced",  # brought forward
    "downgrade",
    "missed_connection",  # reduced to a delay (EV-13)
    "diversion",  # reduced to a delay or a cancellation (EV-06, EV-07)
]

Licence = Literal[
    "uk",
    "eu",  # an EU Member State, or not known finer than EU, EEA or Swiss
    "eea",  # Iceland or Norway
    "swiss",
    "other",
    "none",  # no valid operating licence on the day (SC-26)
    "unknown",
]

Band = Literal["le1500", "1500_3500_or_intra_eu", "gt3500"]
BANDS: tuple[Band, ...] = ("le1500", "1500_3500_or_intra_eu", "gt3500")

FareType = Literal[
    "public", "child_public", "group", "zero_fare_taxes_paid", "frequent_flyer", "package",
    "staff_id", "sponsored_guest", "free", "infant_free_unnamed", "unknown",
]  # fmt: skip

Certainty = Literal["settled", "persuasive", "derived", "ambiguous", "unverified"]
CERTAINTIES: tuple[Certainty, ...] = (
    "settled", "persuasive", "derived", "ambiguous", "unverified",
)  # fmt: skip
"""From firm to weak; an assessment is as certain as the weakest rule it rests on."""

Care = Literal["notice", "meals", "comms", "hotel", "transport", "refund", "choice8"]
CARE: tuple[Care, ...] = ("notice", "meals", "comms", "hotel", "transport", "refund", "choice8")
"""`choice8`: the choice of Art 8 between refund, earliest and later re-routing; `refund`: the
refund that a departure delay of five hours opens."""

Flag = Literal[
    "edge_180", "edge_240", "edge_half_limit", "distance_borderline", "coordinate_conflict",
    "territory_review", "licence_unknown", "swiss_eea_carrier_uk", "arrival_time_provisional",
    "notice_unproven", "excuse_unproven", "partial_excuse", "dual_regime",
    "post_2020_cjeu_in_uk", "reform_text_missing",
]  # fmt: skip
"""What the engine raises instead of guessing."""


def weakest(certainties: list[Certainty]) -> Certainty:
    """The least firm of several; `settled` of none."""
    return max(certainties, key=CERTAINTIES.index, default="settled")
