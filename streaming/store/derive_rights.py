"""What impacts and assessments read and write: disruptions changed, facts kept, law's answers."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from streaming.store.database import Connection
from streaming.store.derive import insert
from streaming.store.intervals import Interval


@dataclass(frozen=True, slots=True)
class DisruptionRow:
    """What impacts read of a revision; `cause` is the root's."""

    sequence: int
    disruption_id: UUID
    revision: int
    correlation_id: UUID
    root_leg_id: UUID
    kind: str
    cause: str | None
    leg_ids: list[UUID]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One revision of one obligation's facts; columns of `derived.passenger_impacts`."""

    sequence: int
    obligation_key: UUID
    revision: str
    passenger_ref: UUID
    journey_id: UUID
    disruption_id: UUID
    disruption_revision: int
    obligation_event: str
    broken_leg_id: UUID
    settled: bool
    facts: dict[str, Any]
    as_of: datetime


_DISRUPTION = ", ".join(f'd."{name}"' for name in DisruptionRow.__slots__)
_IMPACT = ", ".join(f'i."{name}"' for name in ImpactRow.__slots__)


def between(interval: Interval) -> dict[str, int]:
    """The sequences of a table log's interval; a table has partition 0 alone."""
    since, until = interval.spans[0]
    return {"since": since, "until": until}


def disruptions_changed(connection: Connection, interval: Interval) -> list[DisruptionRow]:
    """The last revision, within the interval, of each disruption in it; by sequence."""
    query = (
        f"select * from (select distinct on (disruption_id) {_DISRUPTION}"
        " from derived.disruptions d where sequence >= %(since)s and sequence < %(until)s"
        " order by disruption_id, revision desc) changed order by sequence"
    )
    with connection.cursor(row_factory=class_row(DisruptionRow)) as cursor:
        return cursor.execute(query, between(interval)).fetchall()


def legs_ever_in(connection: Connection, disruption_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Every leg that any revision of these disruptions had, and the disruption."""
    rows = connection.execute(
        "select distinct unnest(leg_ids), disruption_id from derived.disruptions"
        " where disruption_id = any(%s) order by disruption_id",
        (list(disruption_ids),),
    )
    return {row[0]: row[1] for row in rows}


def disruptions_with(
    connection: Connection, leg_ids: Collection[UUID]
) -> dict[UUID, DisruptionRow]:
    """By leg the disruption that has it now; of several (a leg on its way) the newest."""
    query = (
        f"select * from (select distinct on (disruption_id) {_DISRUPTION}"
        " from derived.disruptions d where disruption_id in"
        " (select disruption_id from derived.disruptions where leg_ids && %(legs)s)"
        " order by disruption_id, revision desc) newest order by sequence"
    )
    with connection.cursor(row_factory=class_row(DisruptionRow)) as cursor:
        rows = cursor.execute(query, {"legs": list(leg_ids)}).fetchall()
    return {leg_id: row for row in rows for leg_id in row.leg_ids}


def last_impacts(
    connection: Connection, obligation_keys: Collection[UUID]
) -> dict[UUID, ImpactRow]:
    """The newest facts kept of each obligation that has any."""
    query = (
        f"select distinct on (i.obligation_key) {_IMPACT} from derived.passenger_impacts i"
        " where i.obligation_key = any(%s) order by i.obligation_key, i.sequence desc"
    )
    with connection.cursor(row_factory=class_row(ImpactRow)) as cursor:
        rows = cursor.execute(query, (list(obligation_keys),)).fetchall()
    return {row.obligation_key: row for row in rows}


def revisions_known(
    connection: Connection, table: str, pairs: Collection[tuple[UUID, str]]
) -> set[tuple[UUID, str]]:
    """Those of the (obligation, revision) pairs that `impacts` or `assessments` has."""
    rows = connection.execute(
        f"select t.obligation_key, t.revision from {_REVISED[table]} t"
        " join unnest(%s::uuid[], %s::text[]) as p(key, revision)"
        " on t.obligation_key = p.key and t.revision = p.revision",
        ([key for key, _ in pairs], [revision for _, revision in pairs]),
    )
    return {(row[0], row[1]) for row in rows}


_REVISED = {"impacts": "derived.passenger_impacts", "assessments": "derived.assessments"}


def impacts_in(connection: Connection, interval: Interval) -> list[ImpactRow]:
    """The impacts of the interval, by sequence."""
    query = (
        f"select {_IMPACT} from derived.passenger_impacts i"
        " where sequence >= %(since)s and sequence < %(until)s order by sequence"
    )
    with connection.cursor(row_factory=class_row(ImpactRow)) as cursor:
        return cursor.execute(query, between(interval)).fetchall()


def write_impacts(
    connection: Connection, rows: Collection[Mapping[str, Any]], code_version: str
) -> None:
    """Append to log `derived.passenger_impacts`."""
    insert(connection, "derived.passenger_impacts", rows, code_version=code_version)


def write_assessments(
    connection: Connection, rows: Collection[Mapping[str, Any]], code_version: str
) -> None:
    """Append to log `derived.assessments`."""
    insert(connection, "derived.assessments", rows, code_version=code_version)


def concerned(connection: Connection, reader: str, interval: Interval) -> list[tuple[UUID, UUID]]:
    """(disruption id, correlation id) of what the reader's interval is about, oldest first."""
    return [(row[0], row[1]) for row in connection.execute(_CONCERNED[reader], between(interval))]


_ROWS = "{0}.sequence >= %(since)s and {0}.sequence < %(until)s order by {0}.sequence"
_OF_IMPACT = (
    " join derived.disruptions d on d.disruption_id = i.disruption_id"
    " and d.revision = i.disruption_revision"
)
_CONCERNED = {
    "derived.passenger_impacts": "select disruption_id, correlation_id from derived.disruptions d"
    f" where {_ROWS.format('d')}",
    "derived.assessments": "select d.disruption_id, d.correlation_id"
    f" from derived.passenger_impacts i{_OF_IMPACT} where {_ROWS.format('i')}",
    "ledger.transactions": "select d.disruption_id, d.correlation_id from derived.assessments a"
    f" join derived.passenger_impacts i on i.sequence = a.impact_sequence{_OF_IMPACT}"
    f" where {_ROWS.format('a')}",
    "ledger.seals": "select d.disruption_id, d.correlation_id from ledger.transactions t"
    " join derived.assessments a using (assessment_id)"
    f" join derived.passenger_impacts i on i.sequence = a.impact_sequence{_OF_IMPACT}"
    f" where {_ROWS.format('t')}",
}
