"""Lands events in a test's database as the lander would, without Kafka in between."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from domain.events import Event
from streaming.store.intervals import append, register_kafka_log, register_table_log
from streaming.store.standing import current_version, take_over

SEALED = b"\x01" + bytes(28)
"""What passes for sealed and holds nothing: format, nonce and tag."""

TABLES = {
    "flight.events": "flight_events",
    "external.data": "external_data",
    "passenger.events": "passenger_events",
}


def land(
    connection: psycopg.Connection[Any], topic: str, partition: int, events: Sequence[Event]
) -> int:
    """Append events to one partition of a topic and move its end; returns the log id."""
    log = register_kafka_log(connection, "test-cluster", f"id of {topic}", topic)
    with connection.transaction():
        first = _reserve(connection, log, partition, len(events))
        for offset, event in enumerate(events, start=first):
            _insert(
                connection,
                f"landed.{TABLES[topic]}",
                {
                    "log_id": log,
                    "partition": partition,
                    "offset": offset,
                    "recorded_at": datetime.now(UTC),
                    "landed_at": datetime.now(UTC),
                    "schema_id": 1,
                    **event.model_dump(),
                },
            )
        connection.execute("select pg_notify('landed', %s)", (topic,))
    return log


def find(connection: psycopg.Connection[Any], findings: Sequence[Mapping[str, Any]]) -> int:
    """Append findings as the detector would; returns the log id of detected.findings."""
    log = register_table_log(connection, "detected.findings")
    with connection.transaction():
        stands = findings[-1]["detector"], findings[-1]["detector_version"]
        if current_version(connection, stands[0]) != stands[1]:
            take_over(connection, *stands, "test")
        first = append(connection, log, len(findings))
        for sequence, finding in enumerate(findings, start=first):
            _insert(connection, "detected.findings", {**finding, "sequence": sequence})
        connection.execute("select pg_notify('detected', 'detected.findings')")
    return log


def _reserve(connection: psycopg.Connection[Any], log: int, partition: int, rows: int) -> int:
    row = connection.execute(
        "insert into logs.ends as e (log_id, partition, next_offset) values (%s, %s, %s)"
        " on conflict (log_id, partition) do update"
        " set next_offset = e.next_offset + excluded.next_offset, updated_at = now()"
        " returning next_offset",
        (log, partition, rows),
    ).fetchone()
    assert row is not None
    return int(row[0]) - rows


def _insert(connection: psycopg.Connection[Any], table: str, row: Mapping[str, Any]) -> None:
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in row.items()}
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    connection.execute(statement, list(values.values()))
