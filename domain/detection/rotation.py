"""Pattern 1, aircraft rotation: a late inbound aircraft that makes its next leg late.

RD_j = max(0, EIBT_i + MTT - SOBT_j). A finding says *predicted* when P(RD_j >= 15) reaches 0.5,
*confirmed* when it reaches 0.8 or the actual in-block time leaves no room, *closed* when the link
breaks (swap, cancellation, diversion), the delay has been made up (below 0.3), or j left on time.
Only a change of status is a finding. The root is the last leg back along the links whose own
inbound did not make it late (Kafle & Zou 2016: newly formed against propagated delay).

Silence speaks too: a leg that should have left or arrived is looked at again by a timer in event
time, so the fold needs no clock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Literal
from uuid import UUID

from domain.detection.findings import Finding, Statistic, Status, finding_id
from domain.detection.projection import OVERDUE_GRACE, Link, link, project, project_chain
from domain.detection.reactionary import DELAYED_MINUTES, probability
from domain.detection.turns import TurnTimes
from domain.network_state import FlightRecord, Known, LegBook, LegState

PREDICTED, CONFIRMED, RECOVERED = 0.5, 0.8, 0.3
LOOK_AGAIN = timedelta(minutes=15)
LOOK_NO_LONGER = timedelta(hours=6)
LONGEST_PATH = 12

Reason = Literal[
    "inbound_late", "cancelled", "diverted", "swapped", "recovered", "departed_on_time", "no_news"
]


@dataclass(slots=True)
class OpenLink:
    """What was last said about the link into one leg."""

    from_leg_id: UUID
    status: Status


@dataclass(slots=True)
class RotationState:
    """The network as known, turns seen, links spoken about by target leg, timers in event time.

    A timer counts only while `due` names it, so that a leg has one timer at most.
    """

    book: LegBook = field(default_factory=LegBook)
    turns: TurnTimes = field(default_factory=TurnTimes)
    open: dict[UUID, OpenLink] = field(default_factory=dict)
    timers: list[tuple[datetime, UUID]] = field(default_factory=list)
    due: dict[UUID, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class _Look:
    """One look at the network: when, why, and what it found."""

    state: RotationState
    now: datetime
    trigger: UUID | None
    found: list[Finding]


class AircraftRotation:
    """The detector; keyed by registration, since a link never leaves its aircraft."""

    name = "aircraft_rotation"
    version = "1"
    key = "registration"
    topic = "flight.events"

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
                self._run_out(_Look(state, due, None, found), leg_id)
        known = state.book.legs.get(event.leg_id) if event.leg_id is not None else None
        left = known.registration if known is not None else None
        leg = state.book.apply(event)
        if leg is None or leg.sobt is None or leg.registration is None:
            return found
        look = _Look(state, event.occurred_at, event.event_id, found)
        if event.kind == "leg_departed":
            _learn_turn(state, leg)
        if event.kind in ("leg_departed", "leg_arrived"):
            self._settle(look, leg)
        _set_timer(state, leg, event.occurred_at)
        if left is not None and left != leg.registration:
            self._look_along(look, left)
        self._look_along(look, leg.registration)
        return found

    def _run_out(self, look: _Look, leg_id: UUID) -> None:
        leg = look.state.book.legs.get(leg_id)
        if leg is None or leg.registration is None or leg.cancelled or leg.aibt or not leg.sobt:
            return
        if look.now - (leg.aobt or leg.eobt or leg.sobt) > LOOK_NO_LONGER:
            if (silent := look.state.open.pop(leg_id, None)) is not None:
                self._close(look, silent, leg, "no_news")
            return
        _set_timer(look.state, leg, look.now)
        self._look_along(look, leg.registration)

    def _settle(self, look: _Look, leg: LegState) -> None:
        """The leg is gone: what was said about it stands, or is taken back if it left on time."""
        said = look.state.open.pop(leg.leg_id, None)
        delay = leg.arrival_delay_minutes if leg.aobt is None else leg.departure_delay_minutes
        if said is not None and delay is not None and delay < DELAYED_MINUTES:
            self._close(look, said, leg, "departed_on_time")

    def _look_along(self, look: _Look, registration: str) -> None:
        chain = look.state.book.chain(registration)
        arrived = (at for at in range(len(chain) - 1, 0, -1) if chain[at].aibt is not None)
        ahead = chain[next(arrived, 0) :]
        links = {
            leg.leg.leg_id: inbound
            for leg, inbound in project_chain(ahead, look.state.turns, look.now)
            if inbound is not None and leg.inbound == "waiting"
        }
        for leg in ahead:
            said, inbound = look.state.open.get(leg.leg_id), links.get(leg.leg_id)
            if said is not None and not _still(said, inbound):
                del look.state.open[leg.leg_id]
                self._close(look, said, leg, _why_broken(look.state.book, said, leg))
                said = None
            if inbound is not None:
                self._judge(look, said, inbound)

    def _judge(self, look: _Look, said: OpenLink | None, inbound: Link) -> None:
        source, target = inbound.source, inbound.target
        chance = probability(inbound.excess_minutes, source.inbound, inbound.kind)
        proven = source.inbound == "arrived" and inbound.kind == "direct"
        proven = proven and inbound.excess_minutes >= DELAYED_MINUTES
        if proven or chance >= CONFIRMED:
            status: Status = "confirmed"
        elif chance >= PREDICTED:
            status = "predicted"
        elif chance < RECOVERED and said is not None:
            del look.state.open[target.leg_id]
            self._close(look, said, target, "recovered", chance)
            return
        else:
            return
        if said is not None and (said.status == status or said.status == "confirmed"):
            return
        look.state.open[target.leg_id] = OpenLink(source.leg.leg_id, status)
        path = _path_to_root(look, inbound)
        minutes = round(max(0.0, inbound.excess_minutes))
        statistics: dict[str, Statistic] = {
            "reason": "inbound_late",
            "link": inbound.kind,
            "inbound": source.inbound,
            "projected_in_block": source.in_block.isoformat(),
            "minimum_turn_minutes": inbound.turn.minutes,
            "turns_seen": inbound.turn.turns,
            "excess_minutes": round(inbound.excess_minutes, 1),
            "lead_minutes": _lead_minutes(target, look.now),
            "links_to_root": len(path) - 1,
        }
        self._say(look, path, target, status, minutes, chance, statistics)

    def _close(
        self, look: _Look, said: OpenLink, target: LegState, reason: Reason, chance: float = 0.0
    ) -> None:
        source = look.state.book.legs.get(said.from_leg_id)
        path = [source] if source is not None else [target]
        lead = _lead_minutes(target, look.now)
        self._say(look, path, target, "closed", 0, chance, {"reason": reason, "lead_minutes": lead})

    def _say(
        self, look: _Look, path: list[LegState], target: LegState, status: Status,
        minutes: int, chance: float, statistics: dict[str, Statistic],
    ) -> None:  # fmt: skip
        """`path` leads from the inbound leg back to the root."""
        evidence = tuple(known for leg in (target, *path) for known in _told(leg))
        scope = path[0].registration or target.registration or ""
        look.found.append(
            Finding(
                finding_id=finding_id(self.name, self.version, scope, status, look.now, evidence),
                detector=self.name,
                detector_version=self.version,
                pattern="aircraft_rotation",
                scope=scope,
                root_leg_id=path[-1].leg_id,
                from_leg_id=path[0].leg_id,
                to_leg_id=target.leg_id,
                status=status,
                knock_on_minutes=minutes,
                probability=chance,
                detected_at=look.now,
                correlation_id=path[-1].correlation_id,
                causation_id=look.trigger,
                evidence=tuple(sorted({str(known.ref) for known in evidence})),
                statistics=statistics,
            )
        )


def _told(leg: LegState) -> list[Known]:
    """The records that a statement about the leg rests on; of the times, only the latest told."""
    times = leg.arrived or leg.departed or leg.estimated
    known = (leg.scheduled, leg.assigned, times, leg.cancelled, leg.diverted)
    return [one for one in known if one is not None]


def _lead_minutes(target: LegState, now: datetime) -> int:
    return round(((target.sobt or now) - now) / timedelta(minutes=1))


def _still(said: OpenLink, inbound: Link | None) -> bool:
    return inbound is not None and inbound.source.leg.leg_id == said.from_leg_id


def _why_broken(book: LegBook, said: OpenLink, target: LegState) -> Reason:
    source = book.legs.get(said.from_leg_id)
    if target.cancelled or (source is not None and source.cancelled):
        return "cancelled"
    return "diverted" if source is not None and source.diverted else "swapped"


def _path_to_root(look: _Look, inbound: Link) -> list[LegState]:
    """From the inbound leg back to the last one whose delay was not brought by its own inbound."""
    path = [inbound.source.leg]
    for earlier in look.state.book.before(path[0]):
        if earlier.cancelled is not None:
            continue
        source = project(earlier, None, look.now)
        brought = None if source is None else link(source, path[-1], look.state.turns)
        if brought is None or brought.excess_minutes < DELAYED_MINUTES or len(path) == LONGEST_PATH:
            break
        path.append(earlier)
    return path


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
    due = max(expected + OVERDUE_GRACE + timedelta(seconds=1), now + LOOK_AGAIN)
    if expected + OVERDUE_GRACE > now:
        due = expected + OVERDUE_GRACE + timedelta(seconds=1)
    if state.due.get(leg.leg_id) != due:
        state.due[leg.leg_id] = due
        heappush(state.timers, (due, leg.leg_id))
