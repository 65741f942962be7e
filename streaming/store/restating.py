"""The SQL of restatement: late records, the log in event-time order, corrections."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.detection import Late
from domain.network_state import FlightRecord
from streaming.store.database import Connection
from streaming.store.derive import Horizon, insert, notify
from streaming.store.intervals import Interval
from streaming.store.standing import CORRECTIONS

LATE = "detected.late_records"
_COLUMNS = ", ".join(f'e."{name}"' for name in FlightRecord._fields)
_BEFORE_HORIZON = (
    " from landed.flight_events e"
    " join unnest(%(logs)s::int[], %(partitions)s::int[], %(offsets)s::bigint[])"
    " as h(log_id, partition, following) on e.log_id = h.log_id"
    ' and e.partition = h.partition and e."offset" < h.following'
)


@dataclass(frozen=True, slots=True)
class Booked:
    """A restatement that had something to correct; field names are columns."""

    restatement_id: UUID
    detector: str
    detector_version: str
    until: datetime
    offsets: dict[str, dict[str, int]]
    findings_hash: str
    evidence: tuple[str, ...]


def save_late(connection: Connection, detector: str, version: str, late: Sequence[Late]) -> None:
    """Append the late records that this version has not met before: it may have started over."""
    if not late:
        return
    known = connection.execute(
        'select l.log_id, l.partition, l."offset" from detected.late_records l'
        " join unnest(%s::int[], %s::int[], %s::bigint[]) as n(log_id, partition, at)"
        ' on (l.log_id, l.partition, l."offset") = (n.log_id, n.partition, n.at)'
        " where l.detector = %s and l.detector_version = %s",
        (
            [one.log_id for one in late],
            [one.lane.partition for one in late],
            [one.offset for one in late],
            detector,
            version,
        ),
    ).fetchall()
    rows = [
        {
            "log_id": one.log_id,
            "partition": one.lane.partition,
            "offset": one.offset,
            "behind_seconds": one.behind // timedelta(seconds=1),
        }
        for one in late
        if (one.log_id, one.lane.partition, one.offset) not in known
    ]
    insert(connection, LATE, rows, detector=detector, detector_version=version)


def late_in(
    connection: Connection, intervals: Collection[Interval]
) -> dict[tuple[str, str], list[str]]:
    """Identities of the late records in the intervals of their log, by detector and version."""
    found: dict[tuple[str, str], list[str]] = {}
    for since, until in (span for interval in intervals for span in interval.spans.values()):
        rows = connection.execute(
            "select detector, detector_version, concat_ws('/', log_id, partition, \"offset\")"
            " from detected.late_records where sequence >= %s and sequence < %s order by sequence",
            (since, until),
        )
        for detector, version, identity in rows:
            found.setdefault((detector, version), []).append(identity)
    return found


def late_count(connection: Connection, detector: str, version: str) -> int:
    """How many late records the version has met in all."""
    row = connection.execute(
        "select count(*) from detected.late_records where detector = %s and detector_version = %s",
        (detector, version),
    ).fetchone()
    return int(row[0]) if row else 0


def watermark(
    connection: Connection, read: Horizon, partitions: int, lateness: timedelta
) -> datetime | None:
    """Event time before which everything that is not late was read; None while a partition has
    said nothing."""
    newest = connection.execute(
        f"select max(e.occurred_at) {_BEFORE_HORIZON} group by e.partition",
        read.columns(),
    ).fetchall()
    return None if len(newest) < partitions else min(row[0] for row in newest) - lateness


def in_event_time(
    connection: Connection, detector: str, version: str, read: Horizon, before: datetime
) -> Iterator[tuple[FlightRecord, bool]]:
    """The records read, in the total order of the fold, each with whether it was late.

    PostgreSQL sorts, on disk where it must; inside a transaction, since they come in portions.
    """
    with connection.cursor(name="in_event_time") as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            f"select {_COLUMNS}, l.sequence is not null {_BEFORE_HORIZON}"
            " left join detected.late_records l on l.detector = %(detector)s"
            " and l.detector_version = %(version)s and l.log_id = e.log_id"
            ' and l.partition = e.partition and l."offset" = e."offset"'
            " where e.occurred_at < %(before)s"
            ' order by e.occurred_at, e.partition, e.log_id, e."offset"',
            {"detector": detector, "version": version, "before": before, **read.columns()},
            binary=True,
        )
        for row in cursor:
            yield FlightRecord._make(row[:-1]), row[-1]


def book(
    connection: Connection,
    booked: Booked,
    added: Collection[UUID],
    withdrawn: Collection[UUID],
) -> None:
    """Append the corrections to their log; the added findings are there already."""
    rows = [
        {"finding_id": finding_id, "action": action, "restatement_id": booked.restatement_id}
        for action, ids in (("withdrawn", withdrawn), ("added", added))
        for finding_id in ids
    ]
    insert(connection, CORRECTIONS, rows)
    notify(connection, "detected", CORRECTIONS)


def open_restatement(connection: Connection, booked: Booked, code_version: str) -> None:
    """The row that the findings added and the corrections refer to."""
    columns: dict[str, Any] = {name: getattr(booked, name) for name in booked.__slots__}
    connection.execute(
        "insert into detected.restatements (restatement_id, detector, detector_version, until,"
        " offsets, findings_hash, evidence, code_version) values (%(restatement_id)s,"
        " %(detector)s, %(detector_version)s, %(until)s, %(offsets)s, %(findings_hash)s,"
        " %(evidence)s, %(code)s)",
        {
            **columns,
            "offsets": Jsonb(booked.offsets),
            "evidence": list(booked.evidence),
            "code": code_version,
        },
    )


def last_booked(connection: Connection, detector: str, version: str) -> Booked | None:
    """The newest restatement of a version that had something to correct."""
    row = connection.execute(
        "select restatement_id, detector, detector_version, until, offsets, findings_hash,"
        " evidence from detected.restatements where detector = %s and detector_version = %s"
        " order by booked_at desc limit 1",
        (detector, version),
    ).fetchone()
    return None if row is None else replace(Booked(*row), evidence=tuple(row[-1]))
