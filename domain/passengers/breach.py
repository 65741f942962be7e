"""Which leg broke a journey first, and how: the cause of everything after it is that leg's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.passengers.flown import Scheduled, minutes_between

IRREGULAR_FROM_MINUTES = 15
PENDING_FROM_MINUTES = 120
"""While a flight has not arrived, no right can exist before the shortest limit of Art 6."""

Breach = Literal["cancellation", "diversion", "missed_connection", "delay"]


def first_breach(booked: Sequence[Scheduled], way: Sequence[Scheduled]) -> tuple[Scheduled, Breach]:
    """The first booked leg that did not carry the journey on; the last one where all did."""
    flown = {leg.leg_id for leg in way}
    for leg, following in zip(booked, [*booked[1:], None], strict=True):
        if leg.facts.cancelled is not None:
            return leg, "cancellation"
        if leg.facts.diverted_to is not None:
            return leg, "diversion"
        if following is not None and _missed(leg, following, flown):
            return leg, "missed_connection"
    return booked[-1], "delay"


def _missed(leg: Scheduled, following: Scheduled, flown: set[UUID]) -> bool:
    arrives = leg.facts.aibt or leg.facts.eibt
    if arrives is None:
        return False
    leaves = following.facts.aobt or following.facts.eobt or following.sobt
    too_late_to_change = arrives > leg.sibt and following.leg_id not in flown
    return arrives > leaves or (too_late_to_change and following.facts.cancelled is None)


def affected(
    booked: Sequence[Scheduled], breach: Breach, arrival: datetime | None, waited: int | None
) -> bool:
    """Whether the journey went wrong far enough for the law to have anything to say."""
    if breach != "delay":
        return True
    if arrival is None:
        return (waited or 0) >= PENDING_FROM_MINUTES
    late = minutes_between(booked[-1].sibt, arrival)
    return max(late, waited or 0) >= IRREGULAR_FROM_MINUTES
