"""The SQL of the relay: numbering what is visible, reading it in order, forgetting what is out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from streaming.store.database import Connection


@dataclass(frozen=True, slots=True)
class Entry:
    """One message to publish; `value` is the event as JSON."""

    entry_id: UUID
    topic: str
    key: str
    value: bytes
    headers: dict[str, Any]
    sequence: int


def number(connection: Connection, after: int, most: int) -> int:
    """Give the oldest visible entries their numbers; returns how many.

    Numbers grow from the highest that the table or the topics (`after`) have seen. Only the one
    relay may call this; an entry that commits late is simply numbered later.
    """
    done = connection.execute(
        "with base as (select greatest(%s, coalesce(max(sequence), 0)) as top from outbox.entries),"
        " fresh as (select entry_id, row_number() over (order by created_at, entry_id) as n"
        " from (select entry_id, created_at from outbox.entries where sequence is null"
        " order by created_at, entry_id limit %s) visible)"
        " update outbox.entries e set sequence = base.top + fresh.n"
        " from fresh, base where e.entry_id = fresh.entry_id",
        (after, most),
    )
    return done.rowcount


def numbered(connection: Connection, after: int, most: int, most_bytes: int) -> list[Entry]:
    """Entries with a number above `after`, in order; one at least, however large it is."""
    with connection.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(
            "select entry_id, topic, key, value, headers, sequence from (select *,"
            " sum(octet_length(value)) over (order by sequence) - octet_length(value) as before"
            " from (select * from outbox.entries where sequence > %s order by sequence limit %s) e"
            ") e where before < %s order by sequence",
            (after, most, most_bytes),
        ).fetchall()


def forget(connection: Connection, until: int) -> int:
    """Remove entries that are on Kafka; returns how many."""
    return connection.execute("delete from outbox.entries where sequence <= %s", (until,)).rowcount


def waiting(connection: Connection, topics: Collection[str]) -> int:
    """How many entries of these topics are not known to be out yet."""
    row = connection.execute(
        "select count(*) from outbox.entries where topic = any(%s)", (list(topics),)
    ).fetchone()
    return int(row[0]) if row else 0
