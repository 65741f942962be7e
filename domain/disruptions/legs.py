"""A leg as correlation sees it: irregular or not, how late, whether more is to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.network_state import LegState

IRREGULAR_FROM_MINUTES = 15
"""The delay from which on a leg counts as late (A-CDM, BTS and EUROCONTROL alike)."""

Irregularity = Literal["cancellation", "diversion", "delay"]
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Leg:
    """What is known of a leg.

    `delay_minutes` is the arrival delay once in block; before that the greatest delay known,
    0 if none. `departed` excludes that a predicted knock-on can still come true at the gate.
    `final`: nothing more is expected. `passengers_booked` is None where no booking is known.
    """

    leg_id: UUID
    sobt: datetime | None
    irregularity: Irregularity | None
    delay_minutes: int
    departed: bool
    final: bool
    cause: str | None
    delay_code: str | None
    correlation_id: UUID
    known_at: datetime
    evidence: tuple[str, ...]
    passengers_booked: int | None = None


def _late(actual: datetime | None, scheduled: datetime | None) -> int:
    if actual is None or scheduled is None:
        return 0
    return max(0, (actual - scheduled) // _MINUTE)


def observe(state: LegState, passengers_booked: int | None = None) -> Leg:
    """The leg's view for correlation, from the one picture of the network."""
    at_departure = _late(state.aobt or state.eobt, state.sobt)
    at_arrival = _late(state.aibt or state.eibt, state.sibt)
    irregularity: Irregularity | None = None
    if state.cancelled is not None:
        irregularity = "cancellation"
    elif state.diverted is not None:
        irregularity = "diversion"
    elif max(at_departure, at_arrival) >= IRREGULAR_FROM_MINUTES:
        irregularity = "delay"
    facts = (
        state.scheduled, state.assigned, state.estimated, state.departed, state.arrived,
        state.cancelled, state.diverted,
    )  # fmt: skip
    known = [fact for fact in facts if fact is not None]
    if state.cancelled is not None:
        delay = 0
    elif state.aibt is not None:
        delay = at_arrival
    else:
        delay = max(at_departure, at_arrival)
    return Leg(
        leg_id=state.leg_id,
        sobt=state.sobt,
        irregularity=irregularity,
        delay_minutes=delay,
        departed=state.aobt is not None or state.aibt is not None,
        final=state.aibt is not None or state.cancelled is not None,
        cause=state.irregularity_cause,
        delay_code=state.delay_code,
        correlation_id=state.correlation_id,
        known_at=max(fact.at for fact in known) if known else state.told_at,
        evidence=tuple(str(fact.ref) for fact in known),
        passengers_booked=passengers_booked,
    )
