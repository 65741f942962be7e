"""What the correlation of disruptions reads, bounded by its reader's marks, and writes."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import kwargs_row

from domain.disruptions import Disruption, Link
from domain.network_state import FlightRecord
from streaming.store.database import Connection
from streaming.store.days import recorded_between
from streaming.store.derive import Horizon, insert
from streaming.store.intervals import Interval
from streaming.store.standing import STANDING, as_of

_FLIGHT_COLUMNS = ", ".join(f'e."{name}"' for name in FlightRecord._fields)


def touched_by(
    connection: Connection, intervals: Iterable[Interval]
) -> tuple[set[UUID], datetime | None]:
    """The legs that the intervals' rows speak of, and the latest event time in them."""
    legs: set[UUID] = set()
    times: list[datetime] = []
    for interval in intervals:
        for partition, (first, following) in interval.spans.items():
            place = (interval.log_id, partition, first, following)
            earliest, latest = recorded_between(connection, *place)
            span = dict(zip(_PARAMETERS, (*place, earliest, latest), strict=True))
            for leg_ids, newest in connection.execute(_TOUCHED[interval.log], span):
                legs.update(leg_ids or ())
                times += [newest] if newest is not None else []
    return legs, max(times, default=None)


_PARAMETERS = ("log", "partition", "first", "following", "earliest", "latest")
_SPAN = (
    'log_id = %(log)s and partition = %(partition)s and "offset" >= %(first)s'
    ' and "offset" < %(following)s and recorded_at >= %(earliest)s and recorded_at < %(latest)s'
)
_TOUCHED = {
    "flight.events": "select array_agg(distinct leg_id) filter (where leg_id is not null),"
    f" max(occurred_at) from landed.flight_events where {_SPAN}",
    "detected.findings": "select array_agg(distinct leg.id), max(detected_at)"
    " from detected.findings, unnest(array[from_leg_id, to_leg_id]) as leg(id)"
    " where sequence >= %(first)s and sequence < %(following)s",
    "detected.corrections": "select array_agg(distinct leg.id), max(f.detected_at)"
    " from detected.corrections c join detected.findings f using (finding_id),"
    " unnest(array[from_leg_id, to_leg_id]) as leg(id)"
    " where c.sequence >= %(first)s and c.sequence < %(following)s",
    # What stood before and what stands now: each leg that a finding made late or foretold so.
    "detected.versions": "select array_agg(distinct leg.id), max(f.detected_at)"
    " from detected.versions v join detected.findings f on f.detector = v.detector"
    " and f.status <> 'closed' and f.detector_version in (v.version, (select p.version"
    " from detected.versions p where p.detector = v.detector and p.sequence < v.sequence"
    " order by p.sequence desc limit 1)), unnest(array[from_leg_id, to_leg_id]) as leg(id)"
    " where v.sequence >= %(first)s and v.sequence < %(following)s",
}


def flight_records(
    connection: Connection, leg_ids: Collection[UUID], horizon: Horizon
) -> list[FlightRecord]:
    """Every record of these legs before the horizon, in event-time order."""
    rows = connection.execute(
        f"select {_FLIGHT_COLUMNS} from landed.flight_events e"
        " join unnest(%(logs)s::int[], %(partitions)s::int[], %(offsets)s::bigint[])"
        " as h(log_id, partition, following) on e.log_id = h.log_id"
        ' and e.partition = h.partition and e."offset" < h.following'
        " where e.leg_id = any(%(legs)s)"
        ' order by e.occurred_at, e.log_id, e.partition, e."offset"',
        {"legs": list(leg_ids), **horizon.columns()},
    )
    return [FlightRecord._make(row) for row in rows]


def links_touching(
    connection: Connection,
    leg_ids: Collection[UUID],
    findings_log: int,
    horizon: Horizon,
) -> list[Link]:
    """The last standing finding, as of the horizon, of every pair of legs with one of these."""
    rows = connection.execute(
        "select distinct on (from_leg_id, to_leg_id) finding_id, sequence, from_leg_id, to_leg_id,"
        " status <> 'closed', knock_on_minutes, detected_at,"
        " concat_ws('/', %(log)s::int, 0, sequence) from detected.findings f"
        " where (from_leg_id = any(%(legs)s) or to_leg_id = any(%(legs)s))"
        f" and sequence < %(following)s and {STANDING}"
        " order by from_leg_id, to_leg_id, detected_at desc, sequence desc",
        {
            "legs": list(leg_ids),
            "log": findings_log,
            **as_of(connection, horizon),
            "following": horizon.next_offset(findings_log, 0),
        },
    )
    return [Link(*row) for row in rows]


def detectors_of(connection: Connection, finding_ids: Collection[UUID]) -> list[str]:
    """Name and version of every detector that made one of these findings."""
    rows = connection.execute(
        "select distinct concat(detector, ' ', detector_version) from detected.findings"
        " where finding_id = any(%s) order by 1",
        (list(finding_ids),),
    )
    return [row[0] for row in rows]


def last_revisions(connection: Connection, leg_ids: Collection[UUID]) -> list[Disruption]:
    """The last revision of every disruption that one of the legs was ever in."""
    with connection.cursor(row_factory=kwargs_row(_disruption)) as cursor:
        return cursor.execute(
            "select distinct on (disruption_id) disruption_id, revision, correlation_id,"
            " root_leg_id, kind, cause, delay_code, status, severity, leg_ids, finding_ids,"
            " delay_minutes, passengers_booked, as_of, content_hash, evidence"
            " from derived.disruptions where disruption_id in"
            " (select disruption_id from derived.disruptions where leg_ids && %(legs)s)"
            " order by disruption_id, revision desc",
            {"legs": list(leg_ids)},
        ).fetchall()


def _disruption(**columns: Any) -> Disruption:
    lists = {name: tuple(columns[name]) for name in ("leg_ids", "finding_ids", "evidence")}
    return Disruption(**(columns | lists))


def write_disruptions(
    connection: Connection, rows: Collection[Disruption], code_version: str
) -> None:
    """Append the revisions to log `derived.disruptions`."""
    insert(connection, "derived.disruptions", rows, code_version=code_version)
