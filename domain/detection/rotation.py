"""Pattern 1, aircraft rotation: a late inbound aircraft that makes its next leg late.

RD_j = max(0, EIBT_i + MTT - SOBT_j). A finding says *predicted* when P(RD_j >= 15) reaches 0.5;
*confirmed* when it reaches 0.8, or when the actual times prove it as j leaves; *closed* when the
link breaks (swap, cancellation, diversion), the delay has been made up (P below 0.3), or j's own
departure tells another story. Only a change of status is a finding.

Silence speaks too: a leg that should have left or arrived is looked at again by a timer in event
time, so the fold needs no clock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID

from domain.detection.findings import Finding
from domain.detection.fold import detector_version
from domain.detection.knock_on import Look, SaidLink, judge, settle, take_back_broken
from domain.detection.ordering import ALLOWED_LATENESS
from domain.detection.projection import OVERDUE_GRACE, project_chain
from domain.detection.turns import MinimumTurn, TurnTimes
from domain.network_state import FlightRecord, Known, LegBook, LegState, Reference

LOOK_AGAIN = timedelta(minutes=15)
LOOK_NO_LONGER = timedelta(hours=6)


@dataclass(slots=True)
class RotationState:
    """The network as known, turns seen, links spoken about by target leg, timers in event time.

    A timer counts only while `due` names it, so that a leg has one timer at most.
    """

    book: LegBook = field(default_factory=LegBook)
    turns: TurnTimes = field(default_factory=TurnTimes)
    said: dict[UUID, SaidLink] = field(default_factory=dict)
    timers: list[tuple[datetime, UUID]] = field(default_factory=list)
    due: dict[UUID, datetime] = field(default_factory=dict)


class AircraftRotation:
    """The detector; keyed by registration, since a link never leaves its aircraft."""

    name = "aircraft_rotation"
    rules = "1"
    key = "registration"
    topic = "flight.events"
    state_types = (
        RotationState, LegBook, LegState, Known, Reference, TurnTimes, MinimumTurn, SaidLink,
    )  # fmt: skip

    def __init__(self, partitions: int, lateness: timedelta = ALLOWED_LATENESS) -> None:
        self.partitions = partitions
        self.lateness = lateness
        self.version = detector_version(self.rules, partitions, lateness)

    def initial(self) -> RotationState:
        """Nothing known."""
        return RotationState()

    def step(self, state: RotationState, event: FlightRecord) -> list[Finding]:
        """Findings of one record, after those of the timers that ran out before it."""
        found: list[Finding] = []
        while state.timers and state.timers[0][0] <= event.occurred_at:
            due, leg_id = heappop(state.timers)
            if state.due.get(leg_id) == due:
                del state.due[leg_id]
                self._run_out(state, self._look(state, due, None, found), leg_id)
        known = state.book.legs.get(event.leg_id) if event.leg_id is not None else None
        left = known.registration if known is not None else None
        leg = state.book.apply(event)
        if leg is None or leg.sobt is None or leg.registration is None:
            return found
        look = self._look(state, event.occurred_at, event.event_id, found)
        if event.kind == "leg_departed":
            _learn_turn(state, leg)
        if event.kind in ("leg_departed", "leg_arrived"):
            settle(look, leg)
        _set_timer(state, leg, event.occurred_at)
        if left is not None and left != leg.registration:
            _look_along(look, left)
        _look_along(look, leg.registration)
        return found

    def _look(
        self, state: RotationState, now: datetime, trigger: UUID | None, found: list[Finding]
    ) -> Look:
        return Look(
            self.name, self.version, state.book, state.turns, state.said, now, trigger, found
        )

    def _run_out(self, state: RotationState, look: Look, leg_id: UUID) -> None:
        leg = state.book.legs.get(leg_id)
        if leg is None or leg.registration is None or leg.sobt is None or leg.cancelled:
            return
        if _given_up(leg, look.now):
            look.take_back(leg, "no_news")
            return
        _set_timer(state, leg, look.now)
        _look_along(look, leg.registration)


def _look_along(look: Look, registration: str) -> None:
    """Judge every link ahead of an aircraft: from its last arrived leg on."""
    chain = look.book.chain(registration)
    arrived = (at for at in range(len(chain) - 1, 0, -1) if chain[at].aibt is not None)
    ahead = chain[next(arrived, 0) :]
    links = {
        projected.leg.leg_id: inbound
        for projected, inbound in project_chain(ahead, look.turns, look.now)
        if projected.inbound == "waiting"
    }
    for leg in ahead:
        if _given_up(leg, look.now):
            continue  # its own timer closes it
        inbound = links.get(leg.leg_id)
        take_back_broken(look, leg, inbound)
        if inbound is not None:
            judge(look, inbound)


def _given_up(leg: LegState, now: datetime) -> bool:
    """No word of it for so long that nothing will be said about it any more."""
    expected = leg.aobt or leg.eobt or leg.sobt
    return expected is not None and now - expected > LOOK_NO_LONGER


def _learn_turn(state: RotationState, leg: LegState) -> None:
    for earlier in state.book.before(leg):
        if earlier.cancelled is None:
            station = leg.departure_airport
            if earlier.aibt and leg.aobt and leg.airline and earlier.arrival_airport == station:
                state.turns.learn(leg.airline, station or "", earlier.aibt, leg.aobt)
            return


def _set_timer(state: RotationState, leg: LegState, now: datetime) -> None:
    """When to look again, should the leg neither leave nor arrive by then."""
    if leg.aibt is not None or leg.cancelled is not None or leg.sobt is None or leg.sibt is None:
        state.due.pop(leg.leg_id, None)
        return
    expected = leg.eobt or leg.sobt
    if leg.aobt is not None:
        expected = leg.eibt or leg.aobt + (leg.sibt - leg.sobt)
    due = expected + OVERDUE_GRACE + timedelta(seconds=1)
    if due <= now:
        due = now + LOOK_AGAIN
    if state.due.get(leg.leg_id) != due:
        state.due[leg.leg_id] = due
        heappush(state.timers, (due, leg.leg_id))
