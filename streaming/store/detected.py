"""The SQL of detection: landed flight records in; findings and snapshots out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import args_row

from domain.detection import Finding
from domain.network_state import FlightRecord
from streaming.store.database import Connection
from streaming.store.days import recorded_between
from streaming.store.derive import insert, notify

FINDINGS = "detected.findings"
_COLUMNS = ", ".join(f'"{name}"' for name in FlightRecord._fields)
_STORED = [name for name in Finding.__dataclass_fields__ if name != "causation_id"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A fold's state as it was stored."""

    version: str
    state: bytes


def flight_records(
    connection: Connection, log_id: int, partition: int, since: int, until: int
) -> list[FlightRecord]:
    """The landed records of one partition, offsets from `since` up to before `until`, in order."""
    recorded = recorded_between(connection, log_id, partition, since, until)
    with connection.cursor(binary=True, row_factory=args_row(FlightRecord)) as cursor:
        return cursor.execute(
            f"select {_COLUMNS} from landed.flight_events"  # noqa: S608 (field names of our own)
            ' where log_id = %s and partition = %s and "offset" >= %s and "offset" < %s'
            ' and recorded_at >= %s and recorded_at < %s order by "offset"',
            (log_id, partition, since, until, *recorded),
        ).fetchall()


def partitions_written(connection: Connection, topic: str) -> int:
    """How many partitions any log of this topic has had; 0 before anything has landed."""
    row = connection.execute(
        "select coalesce(max(partition) + 1, 0) from logs.ends join logs.logs using (log_id)"
        " where kind = 'kafka' and name = %s",
        (topic,),
    ).fetchone()
    return int(row[0]) if row else 0


def save_findings(
    connection: Connection,
    found: Sequence[Finding],
    code_version: str,
    restatement_id: UUID | None = None,
) -> list[Finding]:
    """Append the findings that are not there yet, in order; returns those."""
    if not found:
        return []
    known = known_ids(connection, [finding.finding_id for finding in found])
    fresh = [finding for finding in found if finding.finding_id not in known]
    rows = [{name: getattr(finding, name) for name in _STORED} for finding in fresh]
    same = {"code_version": code_version, "restatement_id": restatement_id}
    insert(connection, FINDINGS, rows, **same)
    if fresh:
        notify(connection, "detected", FINDINGS)
    return fresh


def stored_findings(connection: Connection, detector: str, version: str) -> list[Finding]:
    """What one detector version found live, by sequence; the causation is not kept in rows."""
    return _findings(
        connection,
        "detector = %s and detector_version = %s and restatement_id is null",
        detector,
        version,
    )


def corrected_findings(
    connection: Connection, detector: str, version: str, until: datetime
) -> list[Finding]:
    """What is left of it up to an event time, after all corrections."""
    return _findings(
        connection,
        "detector = %s and detector_version = %s and detected_at <= %s and not exists (select from"
        " detected.corrections c where c.finding_id = f.finding_id and action = 'withdrawn')",
        detector,
        version,
        until,
    )


def known_ids(connection: Connection, finding_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these findings there are, live or restated, of whatever standing."""
    rows = connection.execute(
        "select finding_id from detected.findings where finding_id = any(%s)", (list(finding_ids),)
    )
    return {row[0] for row in rows}


def _findings(connection: Connection, which: str, *values: object) -> list[Finding]:
    names = ", ".join(f'"{name}"' for name in _STORED)
    rows = connection.execute(
        f"select {names} from detected.findings f where {which} order by sequence",  # noqa: S608
        values,
    )
    return [_finding(dict(zip(_STORED, row, strict=True))) for row in rows]


def _finding(columns: dict[str, object]) -> Finding:
    evidence = columns.pop("evidence")
    assert isinstance(evidence, list)  # a text[] column
    return Finding(**columns, evidence=tuple(evidence), causation_id=None)  # type: ignore[arg-type]


def load_snapshot(connection: Connection, reader: str) -> Snapshot | None:
    """The newest snapshot of a reader's fold."""
    row = connection.execute(
        "select version, state from detected.snapshots where reader = %s", (reader,)
    ).fetchone()
    return None if row is None else Snapshot(row[0], bytes(row[1]))


def save_snapshot(
    connection: Connection, reader: str, snapshot: Snapshot, late_events: int
) -> None:
    """Put the reader's snapshot in the place of its older one."""
    connection.execute(
        "insert into detected.snapshots (reader, version, state, state_hash, late_events)"
        " values (%s, %s, %s, %s, %s) on conflict (reader) do update"
        " set version = excluded.version, state = excluded.state,"
        " state_hash = excluded.state_hash, late_events = excluded.late_events, updated_at = now()",
        (
            reader,
            snapshot.version,
            snapshot.state,
            hashlib.sha256(snapshot.state).hexdigest(),
            late_events,
        ),
    )


def start_over(connection: Connection, reader: str) -> None:
    """Forget how far a reader has read and what it knew; its findings stay."""
    connection.execute("delete from detected.snapshots where reader = %s", (reader,))
    connection.execute(
        "update logs.marks set next_offset = 0, updated_at = now() where reader = %s", (reader,)
    )
