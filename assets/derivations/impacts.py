"""Passenger impacts: what changed disruptions did to the journeys over their legs.

Journeys and legs are read as far as the correlation has read them, so an impact rests on nothing
that its disruption did not know of. Facts are kept only when they changed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError

from assets.derivations import disruptions
from domain.identity import content_hash
from domain.ledger.obligation import obligation_key, rerouting_failed
from domain.network_state import LegBook, LegState
from domain.passengers import Impact, Journey, Unplaced, fold_journeys, impacts
from streaming.derivation import Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive import Horizon, horizon
from streaming.store.derive_disruptions import flight_records
from streaming.store.derive_passengers import PassengerRecord, journey_records
from streaming.store.derive_rights import (
    DisruptionRow,
    ImpactRow,
    disruptions_changed,
    disruptions_with,
    last_impacts,
    legs_ever_in,
    revisions_known,
    write_impacts,
)
from streaming.store.intervals import Interval
from streaming.version import code_version

READER = "derived.passenger_impacts"
_NEVER_FORGET_HOURS = 24 * 365 * 100

log = structlog.get_logger()


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Write the facts that the changed disruptions changed."""
    [interval] = intervals
    changed = {row.disruption_id: row for row in disruptions_changed(connection, interval)}
    formerly = legs_ever_in(connection, changed)
    known = horizon(connection, disruptions.READER)
    records = journey_records(connection, formerly, known)
    journeys = fold_journeys(records)
    legs = _legs(connection, journeys.values(), known)
    present = disruptions_with(connection, legs)
    by_leg = {leg: changed[disruption] for leg, disruption in formerly.items()} | present
    before = last_impacts(connection, [k for j in journeys.values() for k in _keys(j)])
    found, counts = judge(journeys.values(), legs, _inherited(present), before)
    told = _references(records)
    rows = [
        _row(impact, by_leg, legs, told[_whose(impact)], interval.log_id)
        for impact in found
        if (last := before.get(impact.obligation.key)) is None
        or last.facts != impact.facts.model_dump(mode="json")
    ]
    _tell_apart(connection, rows, before)
    write_impacts(connection, rows, code_version())
    as_of = max((row.as_of for row in changed.values()), default=None)
    return Outcome({READER: len(rows)}, {"code": code_version()}, as_of, counts)


PASSENGER_IMPACTS = Derivation(READER, (disruptions.READER,), step, most_rows=1_000)


def judge(
    journeys: Iterable[Journey],
    legs: Mapping[UUID, LegState],
    inherited: Mapping[UUID, str],
    before: Mapping[UUID, object],
) -> tuple[list[Impact], dict[str, int]]:
    """The impacts of the journeys, and how many journeys could not be judged and why.

    An obligation that was affected `before` is given even if all turned out well, so that what
    was booked is corrected; whether it was is asked per obligation, not per journey.
    """
    found: list[Impact] = []
    counts = {"journeys": 0, "journeys not affected": 0, "journeys without schedule": 0}
    counts["journeys with impossible facts"] = 0
    for journey in journeys:
        counts["journeys"] += 1
        try:
            now = impacts(journey, legs, inherited_causes=inherited)
            if isinstance(now, Unplaced):
                counts["journeys without schedule"] += 1
                continue
            missing = {k for k in _keys(journey) if k in before} - {i.obligation.key for i in now}
            again = (
                impacts(journey, legs, inherited_causes=inherited, already_affected=True)
                if missing
                else ()
            )
        except ValidationError as error:
            # Facts that contradict each other: a person must look; the other journeys go on.
            log.error("impossible facts", journey_id=str(journey.journey_id),
                      why=[one["type"] for one in error.errors()])  # fmt: skip
            counts["journeys with impossible facts"] += 1
            continue
        assert not isinstance(again, Unplaced)  # its legs are the same
        of_journey = [*now, *(i for i in again if i.obligation.key in missing)]
        counts["journeys not affected"] += not of_journey
        found += of_journey
    return found, counts


def _keys(journey: Journey) -> list[UUID]:
    """The obligations that a journey can have."""
    who = journey.passenger_ref, journey.journey_id
    again = (rerouting_failed(attempt) for attempt in range(1, len(journey.itineraries)))
    return [obligation_key(*who), *(obligation_key(*who, event) for event in again)]


def _whose(impact: Impact) -> tuple[UUID, UUID]:
    return impact.obligation.passenger_ref, impact.obligation.journey_id


def _legs(
    connection: Connection, journeys: Iterable[Journey], known: Horizon
) -> dict[UUID, LegState]:
    leg_ids = {leg_id for journey in journeys for leg_id in journey.leg_ids}
    book = LegBook(keep_hours=_NEVER_FORGET_HOURS)
    for record in flight_records(connection, leg_ids, known):
        book.apply(record)
    return book.legs


def _inherited(present: Mapping[UUID, DisruptionRow]) -> dict[UUID, str]:
    """A leg that is late because of the root has the root's cause, one flight before (EX-04)."""
    return {
        leg_id: f"{row.cause}_prior_rotation"
        for leg_id, row in present.items()
        if row.cause is not None and row.root_leg_id != leg_id
    }


def _references(
    records: Iterable[PassengerRecord],
) -> dict[tuple[UUID, UUID], list[PassengerRecord]]:
    found: dict[tuple[UUID, UUID], list[PassengerRecord]] = {}
    for record in records:
        if record.passenger_ref is not None and record.journey_id is not None:
            found.setdefault((record.passenger_ref, record.journey_id), []).append(record)
    return found


def _row(
    impact: Impact,
    by_leg: Mapping[UUID, DisruptionRow],
    legs: Mapping[UUID, LegState],
    told: list[PassengerRecord],
    disruptions_log: int,
) -> dict[str, Any]:
    on_the_way = [leg_id for record in told for leg_id in record.leg_ids or ()]
    disruption = next(
        by_leg[leg] for leg in (impact.broken_leg_id, *impact.leg_ids, *on_the_way) if leg in by_leg
    )
    states = [legs[leg_id] for leg_id in impact.leg_ids]
    known = [
        fact
        for leg in states
        for fact in (
            leg.scheduled, leg.assigned, leg.estimated, leg.departed, leg.arrived,
            leg.cancelled, leg.diverted,
        )
        if fact is not None
    ]  # fmt: skip
    times: list[datetime] = [record.occurred_at for record in told]
    return {
        "obligation_key": impact.obligation.key,
        "revision": content_hash(impact.facts),
        "passenger_ref": impact.obligation.passenger_ref,
        "journey_id": impact.obligation.journey_id,
        "disruption_id": disruption.disruption_id,
        "disruption_revision": disruption.revision,
        "obligation_event": impact.obligation.event,
        "broken_leg_id": impact.broken_leg_id,
        "settled": impact.settled,
        "facts": impact.facts.model_dump(mode="json"),
        "as_of": max([*times, *(fact.at for fact in known)]),
        "evidence": [
            f"{disruptions_log}/0/{disruption.sequence}",
            *(record.reference for record in told),
            *(str(fact.ref) for fact in known),
        ],
    }


def _tell_apart(
    connection: Connection, rows: list[dict[str, Any]], before: Mapping[UUID, ImpactRow]
) -> None:
    """Facts that changed back are a revision of their own: then it names its predecessor too."""
    pairs = [(row["obligation_key"], row["revision"]) for row in rows]
    seen = revisions_known(connection, "impacts", pairs)
    for row in rows:
        key = row["obligation_key"]
        if (key, row["revision"]) in seen:
            row["revision"] = content_hash(row["revision"], before[key].revision)
