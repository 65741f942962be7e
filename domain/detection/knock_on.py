"""What is said about one rotation link: judging it, settling it, taking it back, and its root."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.detection.findings import Finding, Statistic, Status, finding_id
from domain.detection.projection import Link, link, project
from domain.detection.reactionary import DELAYED_MINUTES, probability
from domain.detection.turns import TurnTimes
from domain.network_state import Known, LegBook, LegState

PREDICTED, CONFIRMED, RECOVERED = 0.5, 0.8, 0.3
LONGEST_PATH = 12

Reason = Literal[
    "inbound_late", "proven", "cancelled", "diverted", "swapped", "recovered",
    "departed_on_time", "newly_formed", "no_news",
]  # fmt: skip


@dataclass(slots=True)
class SaidLink:
    """What was last said about the link into a leg that has not left yet."""

    from_leg_id: UUID
    status: Status


@dataclass(slots=True)
class Look:
    """One look at the network: by which detector, at which event time, why, and what it found."""

    detector: str
    version: str
    book: LegBook
    turns: TurnTimes
    said: dict[UUID, SaidLink]
    now: datetime
    trigger: UUID | None
    found: list[Finding]

    def take_back(self, target: LegState, reason: Reason, chance: float = 0.0) -> None:
        """Close what was said about the link into `target`, if anything."""
        said = self.said.pop(target.leg_id, None)
        if said is None:
            return
        source = self.book.legs.get(said.from_leg_id)
        path = [source] if source is not None else [target]
        self.say(path, target, "closed", 0, chance, {"reason": reason})

    def say(
        self, path: list[LegState], target: LegState, status: Status,
        minutes: int, chance: float, statistics: dict[str, Statistic],
    ) -> None:  # fmt: skip
        """Add a finding; `path` leads from the inbound leg back to the root."""
        evidence = tuple(known for leg in (target, *path) for known in _told(leg))
        scope = target.registration or path[0].registration or ""
        lead = ((target.sobt or self.now) - self.now) / timedelta(minutes=1)
        self.found.append(
            Finding(
                finding_id=finding_id(
                    self.detector, self.version, scope, status, self.now, evidence
                ),
                detector=self.detector,
                detector_version=self.version,
                pattern="aircraft_rotation",
                scope=scope,
                root_leg_id=path[-1].leg_id,
                from_leg_id=path[0].leg_id,
                to_leg_id=target.leg_id,
                status=status,
                knock_on_minutes=minutes,
                probability=chance,
                detected_at=self.now,
                correlation_id=path[-1].correlation_id,
                causation_id=self.trigger,
                evidence=tuple(str(ref) for ref in sorted({known.ref for known in evidence})),
                statistics={**statistics, "lead_minutes": round(lead)},
            )
        )


def judge(look: Look, inbound: Link) -> None:
    """Say what the link into a waiting leg looks like now, if that is a change of status."""
    source, target = inbound.source, inbound.target
    said = look.said.get(target.leg_id)
    chance = probability(inbound.excess_minutes, source.inbound, inbound.kind)
    if chance < RECOVERED:
        look.take_back(target, "recovered", chance)
    elif chance >= CONFIRMED:
        if said is None or said.status != "confirmed":
            _say_late(look, inbound, "confirmed", chance, "inbound_late")
    elif chance >= PREDICTED and said is None:
        _say_late(look, inbound, "predicted", chance, "inbound_late")


def settle(look: Look, target: LegState) -> None:
    """The leg has left: its own times prove what was said about it, or take it back."""
    delay = target.departure_delay_minutes
    if delay is None:
        delay = target.arrival_delay_minutes
    said = look.said.get(target.leg_id)
    if delay is None or (said is None and delay < DELAYED_MINUTES):
        return
    if delay < DELAYED_MINUTES:
        look.take_back(target, "departed_on_time")
        return
    inbound = _inbound(look, target)
    if inbound is not None and inbound.source.leg.aibt is not None:
        if inbound.excess_minutes < DELAYED_MINUTES:
            look.take_back(target, "newly_formed")
        elif said is None or said.status != "confirmed":
            _say_late(look, inbound, "confirmed", 1.0, "proven")
    look.said.pop(target.leg_id, None)


def take_back_broken(look: Look, target: LegState, inbound: Link | None) -> None:
    """Close what was said about a link that is no longer the one into `target`."""
    said = look.said.get(target.leg_id)
    if said is None or (inbound is not None and inbound.source.leg.leg_id == said.from_leg_id):
        return
    source = look.book.legs.get(said.from_leg_id)
    if target.cancelled or (source is not None and source.cancelled):
        look.take_back(target, "cancelled")
    elif source is not None and source.diverted:
        look.take_back(target, "diverted")
    else:
        look.take_back(target, "swapped")


def _say_late(look: Look, inbound: Link, status: Status, chance: float, reason: Reason) -> None:
    look.said[inbound.target.leg_id] = SaidLink(inbound.source.leg.leg_id, status)
    path = _path_to_root(look, inbound)
    statistics: dict[str, Statistic] = {
        "reason": reason,
        "link": inbound.kind,
        "inbound": inbound.source.inbound,
        "projected_in_block": inbound.source.in_block.isoformat(),
        "minimum_turn_minutes": inbound.turn.minutes,
        "turns_seen": inbound.turn.turns,
        "excess_minutes": round(inbound.excess_minutes, 1)
        + 0.0,  # never -0.0: JSON in a table has none
        "links_to_root": len(path) - 1,
    }
    minutes = round(max(0.0, inbound.excess_minutes))
    look.say(path, inbound.target, status, minutes, chance, statistics)


def _inbound(look: Look, target: LegState) -> Link | None:
    for earlier in look.book.before(target):
        if earlier.cancelled is None:
            source = project(earlier, None, look.now)
            return None if source is None else link(source, target, look.turns)
    return None


def _path_to_root(look: Look, inbound: Link) -> list[LegState]:
    """From the inbound leg back to the root: the last leg that its own inbound did not make late.

    The split of newly formed and propagated delay is Kafle & Zou's (2016), leg by leg.
    """
    path = [inbound.source.leg]
    while len(path) < LONGEST_PATH:
        brought = _inbound(look, path[-1])
        if brought is None or brought.excess_minutes < DELAYED_MINUTES:
            break
        path.append(brought.source.leg)
    return path


def _told(leg: LegState) -> list[Known]:
    """The records that a statement about the leg rests on; of its times, only the latest told."""
    times = leg.arrived or leg.departed or leg.estimated
    known = (leg.scheduled, leg.assigned, times, leg.cancelled, leg.diverted)
    return [one for one in known if one is not None]
