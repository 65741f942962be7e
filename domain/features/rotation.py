"""Where the leg's aircraft comes from, as known at T, and how much of its delay would carry over.

Where the leg back is not in the data (both legs leave the same region), a return is inferred:
the same block time again and a turn at both ends. Registrations are recorded after the fact, and
5,794 links of 2013 are physically impossible: those shorter than the block and a turn are dropped.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from domain.features.scheduled import ScheduledLeg
from domain.network_state.legs import LegState

TURN_MINUTES = 40
_MINUTE = timedelta(minutes=1)
NAMES = (
    "previous_state",
    "previous_delay_minutes",
    "previous_overdue_minutes",
    "rotation_slack_minutes",
    "knock_on_minutes",
    "aircraft_legs_before",
)


class PreviousState(IntEnum):
    """How far the previous leg is; an ordered number, as the model reads it."""

    NO_LINK = 0
    ARRIVED = 1
    AIRBORNE = 2
    NOT_DEPARTED = 3
    OVERDUE = 4
    CANCELLED = 5


def features(
    leg: ScheduledLeg, before: Iterable[tuple[ScheduledLeg, LegState]], now: datetime
) -> tuple[tuple[float | None, ...], LegState | None]:
    """Values in the order of NAMES, and the previous leg if there is a feasible link.

    `before`: legs of the same aircraft and operating day with an earlier SOBT, nearest first.
    """
    earlier = list(before)
    for previous, known in earlier:
        needed = needed_minutes(previous, leg)
        if needed is None:
            continue
        state, arrival, delay, overdue = _progress(previous, known, now)
        slack = (leg.sobt - previous.sibt) / _MINUTE - needed
        knock_on = max(0.0, (arrival - leg.sobt) / _MINUTE + needed)
        return (float(state), delay, overdue, slack, knock_on, float(len(earlier))), known
    return (float(PreviousState.NO_LINK), None, None, None, None, float(len(earlier))), None


def needed_minutes(previous: ScheduledLeg, leg: ScheduledLeg) -> float | None:
    """Minutes from the arrival of the previous leg until this one can leave; None if infeasible."""
    gap = (leg.sobt - previous.sibt) / _MINUTE
    if previous.destination == leg.origin:
        return float(TURN_MINUTES) if gap >= 0 else None
    if gap < previous.block_minutes + TURN_MINUTES:
        return None
    return previous.block_minutes + 2 * TURN_MINUTES


def _progress(
    leg: ScheduledLeg, known: LegState, now: datetime
) -> tuple[PreviousState, datetime, float, float]:
    """State, best arrival time, delay and overdue minutes."""
    if known.cancelled:
        return PreviousState.CANCELLED, leg.sibt, 0.0, 0.0
    if known.aibt:
        return PreviousState.ARRIVED, known.aibt, (known.aibt - leg.sibt) / _MINUTE, 0.0
    if known.aobt:
        delay = known.aobt - leg.sobt
        return PreviousState.AIRBORNE, max(now, leg.sibt + delay), delay / _MINUTE, 0.0
    waiting = max(now - leg.sobt, timedelta())
    state = PreviousState.OVERDUE if waiting else PreviousState.NOT_DEPARTED
    return state, leg.sibt + waiting, waiting / _MINUTE, waiting / _MINUTE
