"""The SQL of landing: claiming partitions, moving ends under the fence, COPY into tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors, sql
from psycopg.types.json import Json, Jsonb
from sqlalchemy.dialects import postgresql

from streaming.store.database import Connection
from streaming.store.errors import LandedTwice, Lost, Refused
from streaming.store.models import Base, DeadLetterRow


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one partition: valid until somebody claims it with a higher fence."""

    log_id: int
    partition: int
    fence: int
    next_offset: int


def claim(
    connection: Connection, log_id: int, partition: int, owner: str, *, by_force: bool = False
) -> Claim | None:
    """Own a partition; None while another living session owns it.

    The advisory lock is a courtesy that ends with the session, so that a second lander stands by
    instead of fighting. The fence is the law: a session that lost its lock unnoticed cannot
    commit, because its fence is no longer the highest. `by_force` skips the courtesy.
    """
    if not by_force:
        row = connection.execute(
            "select pg_try_advisory_lock(%s, %s)", (log_id, partition)
        ).fetchone()
        if not row or not row[0]:
            return None
    row = connection.execute(
        "insert into logs.ends as e (log_id, partition, next_offset, fence, owner)"
        " values (%s, %s, 0, 1, %s) on conflict (log_id, partition) do update"
        " set fence = e.fence + 1, owner = excluded.owner, updated_at = now()"
        " returning fence, next_offset",
        (log_id, partition, owner),
    ).fetchone()
    assert row is not None
    return Claim(log_id, partition, fence=row[0], next_offset=row[1])


def release(connection: Connection) -> None:
    """Give back the courtesy of every partition that this session has claimed."""
    connection.execute("select pg_advisory_unlock_all()")
    connection.commit()


def move_ends(connection: Connection, moves: Sequence[tuple[Claim, int]]) -> None:
    """Move every claim's end to the given next offset by compare-and-set on offset and fence.

    Raises Lost when one is not ours any more; the caller's transaction must roll back.
    """
    moved = connection.execute(
        "update logs.ends e set next_offset = m.until, updated_at = now()"
        " from unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[])"
        " as m(log_id, partition, fence, since, until)"
        " where e.log_id = m.log_id and e.partition = m.partition"
        " and e.fence = m.fence and e.next_offset = m.since",
        (
            [c.log_id for c, _ in moves],
            [c.partition for c, _ in moves],
            [c.fence for c, _ in moves],
            [c.next_offset for c, _ in moves],
            [until for _, until in moves],
        ),
    )
    if moved.rowcount != len(moves):
        raise Lost("another lander has claimed a partition of this batch")


class Table:
    """How rows of one landed table are written: its columns in order, with their types."""

    def __init__(self, name: str) -> None:
        table = Base.metadata.tables[f"landed.{name}"]
        self.name = name
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped there
        self.columns = [column.name for column in table.columns]
        self._types = [column.type.compile(dialect).lower() for column in table.columns]
        self.has_arrays = any(name.endswith("[]") for name in self._types)
        widths = (_WIDTHS.get(name, 0) for name in self._types)
        self.widths = list(zip(self.columns, widths, strict=True))
        self._copy = sql.SQL("copy {} ({}) from stdin (format binary)").format(
            sql.Identifier("landed", name), sql.SQL(", ").join(map(sql.Identifier, self.columns))
        )

    def copy(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Binary COPY; values in the order of `columns`.

        Raises:
            Refused: a row is not taken for what is in it; the transaction is to be rolled back.
            LandedTwice: the record of a row has one already.
        """
        with self._copying(connection) as copy:
            copy.set_types([_SHORT.get(name, name) for name in self._types])
            for row in rows:
                copy.write_row(row)

    def copy_stream(self, connection: Connection, stream: Iterable[memoryview]) -> None:
        """COPY what is laid out already: pieces of a stream in binary format. Raises as `copy`."""
        with self._copying(connection) as copy:
            for piece in stream:
                copy.write(piece)

    @contextmanager
    def _copying(self, connection: Connection) -> Iterator[psycopg.Copy]:
        try:
            with connection.cursor() as cursor, cursor.copy(self._copy) as copy:
                yield copy
        except errors.UniqueViolation as error:
            raise LandedTwice(
                f"landed.{self.name} has a record of this batch ({error.diag.constraint_name}):"
                " logs.ends was moved back, or somebody else writes there"
            ) from None
        except _OF_THE_ROW as error:
            raise Refused(_reason(error)) from None

    def copy_fitting(
        self, connection: Connection, rows: Sequence[Sequence[Any]]
    ) -> list[tuple[Sequence[Any], str]]:
        """COPY the rows that PostgreSQL takes, halving what it does not down to single rows.

        Returns those that it refuses, with the reason. Each try is a savepoint of the caller's
        transaction, so that a fence that was checked there still holds.
        """
        try:
            with connection.transaction():
                self.copy(connection, rows)
        except Refused as refused:
            if len(rows) == 1:
                return [(rows[0], str(refused))]
            half = len(rows) // 2
            first = self.copy_fitting(connection, rows[:half])
            return first + self.copy_fitting(connection, rows[half:])
        return []


_OF_THE_ROW = (
    psycopg.DataError,
    errors.CheckViolation,
    errors.NotNullViolation,
    errors.ProgramLimitExceeded,
    # psycopg's own, before PostgreSQL sees the value: a number or a text that has no bytes.
    OverflowError,
    UnicodeError,
)


def _reason(error: Exception) -> str:
    """The primary message alone: DETAIL and CONTEXT quote the row."""
    name = type(error).__name__
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return f"not to be written as its column's type ({name})"
    return f"{error.diag.message_primary} ({name}, SQLSTATE {error.sqlstate})"


_WIDTHS = {
    "integer": 4, "bigint": 8, "timestamp with time zone": 8, "date": 4, "boolean": 1, "float": 8,
}  # fmt: skip
"""Bytes of a number in binary COPY."""

# psycopg knows types by their internal names.
_SHORT = {
    "timestamp with time zone": "timestamptz",
    "integer": "int4",
    "bigint": "int8",
    "float": "float8",
    "boolean": "bool",
}

DEAD_LETTERS = DeadLetterRow.__tablename__


def written(text: bytes) -> Json:
    """A JSON text as a column takes it, as it is."""
    return Json(text, dumps=bytes)


def announce(connection: Connection, topics: Iterable[str]) -> None:
    """Wake whoever LISTENs on `landed` once this transaction has committed."""
    for topic in topics:
        connection.execute("select pg_notify('landed', %s)", (topic,))


def put_in_outbox(
    connection: Connection,
    topic: str,
    entries: Iterable[tuple[UUID, str, bytes, Mapping[str, str]]],
) -> None:
    """Queue messages (id, key, event as JSON, headers) for the relay; repeated ids are ignored."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into outbox.entries (entry_id, topic, key, value, headers)"
            " values (%s, %s, %s, %s, %s) on conflict (entry_id) do nothing",
            [
                (id_, topic, key, value, Jsonb(dict(headers)))
                for id_, key, value, headers in entries
            ],
        )
    connection.execute("select pg_notify('outbox', %s)", (topic,))
