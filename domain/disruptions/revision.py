"""What is written of a disruption, and when a new revision of it is due."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.disruptions.correlate import Tree
from domain.disruptions.legs import Leg
from domain.disruptions.severity import (
    ASSUMED_PASSENGERS,
    CANCELLED_MINUTES,
    Severity,
    severity_of,
)
from domain.disruptions.travellers import NOBODY, Travellers, together
from domain.identity import content_hash, name_uuid

BANDS_MINUTES = (15, 60, 120, 180, 240, 300)
"""Delays at which something changes: A-CDM's 15; the hour; care, compensation, half sum and
refund of EU261 (articles 5 to 8) at 2, 3, 4 and 5 hours."""


def disruption_id(root_leg_id: UUID) -> UUID:
    """The id of the disruption that this leg is the root of, whenever and wherever computed."""
    return name_uuid("disruption", root_leg_id)


@dataclass(frozen=True, slots=True)
class Disruption:
    """One revision; field names are the columns of `derived.disruptions`.

    Without legs it is withdrawn: what looked like a disruption of its own was none, or is part
    of another one now. `content_hash` covers what matters: everything but `as_of`, `evidence`
    and, of legs that are not final, the minutes between two bands; and beside the columns what
    was told to its passengers, and how the other legs of their journeys fare.
    """

    disruption_id: UUID
    revision: int
    correlation_id: UUID
    root_leg_id: UUID
    kind: str
    cause: str | None
    delay_code: str | None
    status: Literal["open", "closed"]
    severity: Severity
    leg_ids: tuple[UUID, ...]
    finding_ids: tuple[UUID, ...]
    delay_minutes: int
    passengers_booked: int
    as_of: datetime
    content_hash: str
    evidence: tuple[str, ...]


def revisions(
    trees: Iterable[Tree],
    previous: Mapping[UUID, Disruption],
    as_of: datetime,
    travellers: Mapping[UUID, Travellers] = NOBODY,
) -> list[Disruption]:
    """The revisions due, ordered by disruption id.

    `previous` holds the last revision of every disruption that one of the trees' legs was ever
    in. One that no tree continues any more is withdrawn at `as_of`, unless it is already.
    `travellers` names by leg who travels on it, where anybody is known to.
    """
    now = {disruption_id(tree.root.leg_id): tree for tree in trees}
    due = []
    for identity in sorted(now.keys() | previous.keys()):
        last, tree = previous.get(identity), now.get(identity)
        if tree is not None:
            due.append(_revised(identity, tree, last, travellers))
        elif last is not None and last.leg_ids:
            due.append(_withdrawn(last, as_of))
    return [d for d in due if (last := previous.get(d.disruption_id)) is None
            or last.content_hash != d.content_hash]  # fmt: skip


def _revised(
    identity: UUID, tree: Tree, last: Disruption | None, travellers: Mapping[UUID, Travellers]
) -> Disruption:
    root, legs = tree.root, tree.legs
    kind = str(root.irregularity)
    if kind == "delay" and len(legs) > 1:
        kind = "rotation"
    expected = _expected_minutes(tree)
    booked = sum(leg.passengers_booked or 0 for leg in legs)
    told, companions = together(legs, travellers)
    severity = severity_of(sum(_passenger_minutes(leg, expected[leg.leg_id]) for leg in legs))
    status: Literal["open", "closed"] = "closed" if all(leg.final for leg in legs) else "open"
    finding_ids = tuple(link.finding_id for link in tree.links)
    content = [
        root.correlation_id, kind, root.cause, root.delay_code, status, severity, booked,
        finding_ids,
        [[leg.leg_id, leg.irregularity, leg.final, _band(leg, expected[leg.leg_id])]
         for leg in legs],
        told,
        [[leg.leg_id, leg.irregularity, leg.final, _band(leg, leg.delay_minutes)]
         for leg in companions],
    ]  # fmt: skip
    evidence = [ref for leg in legs for ref in leg.evidence] + [k.evidence for k in tree.links]
    return Disruption(
        disruption_id=identity,
        revision=1 if last is None else last.revision + 1,
        correlation_id=root.correlation_id,
        root_leg_id=root.leg_id,
        kind=kind,
        cause=root.cause,
        delay_code=root.delay_code,
        status=status,
        severity=severity,
        leg_ids=tuple(leg.leg_id for leg in legs),
        finding_ids=finding_ids,
        delay_minutes=sum(expected.values()),
        passengers_booked=booked,
        as_of=max(
            [leg.known_at for leg in (*legs, *companions)]
            + [link.detected_at for link in tree.links]
        ),
        content_hash=content_hash(content),
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _withdrawn(last: Disruption, as_of: datetime) -> Disruption:
    return Disruption(
        disruption_id=last.disruption_id,
        revision=last.revision + 1,
        correlation_id=last.correlation_id,
        root_leg_id=last.root_leg_id,
        kind=last.kind,
        cause=None,
        delay_code=None,
        status="closed",
        severity="S1",
        leg_ids=(),
        finding_ids=(),
        delay_minutes=0,
        passengers_booked=0,
        as_of=max(last.as_of, as_of),
        content_hash=content_hash("withdrawn"),
        evidence=last.evidence,
    )


def _expected_minutes(tree: Tree) -> dict[UUID, int]:
    """Per leg the delay known, or the knock-on foretold while none is."""
    foretold = {link.to_leg_id: link.knock_on_minutes for link in tree.links}
    return {
        leg.leg_id: leg.delay_minutes if leg.irregularity else max(0, foretold.get(leg.leg_id, 0))
        for leg in tree.legs
    }


def _passenger_minutes(leg: Leg, minutes: int) -> int:
    booked = ASSUMED_PASSENGERS if leg.passengers_booked is None else leg.passengers_booked
    return booked * (CANCELLED_MINUTES if leg.irregularity == "cancellation" else minutes)


def _band(leg: Leg, minutes: int) -> int:
    """The exact minutes of a final leg, else the band they lie in, as a negative number."""
    return minutes if leg.final else -1 - bisect_right(BANDS_MINUTES, minutes)
