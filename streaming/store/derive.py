"""What every derivation shares: sessions, how far its reader sees, appending rows, waking."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from streaming.store.database import Connection, connect
from streaming.store.intervals import append, register_table_log


@dataclass(frozen=True, slots=True)
class Database:
    """Where derivations work: one URL under one role; sessions are short and named."""

    url: str
    application_name: str

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A session in autocommit, so that a `transaction()` block is a transaction."""
        connection = connect(self.url, self.application_name, autocommit=True)
        try:
            yield connection
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a reader has read: next offset by (log id, partition). Nothing beyond it is known."""

    following: Mapping[tuple[int, int], int]

    def next_offset(self, log: int, partition: int) -> int:
        """0 where the reader has read nothing."""
        return self.following.get((log, partition), 0)

    def columns(self) -> dict[str, list[int]]:
        """As three parallel arrays for `unnest`."""
        return {
            "logs": [log for log, _ in self.following],
            "partitions": [partition for _, partition in self.following],
            "offsets": list(self.following.values()),
        }


def horizon(connection: Connection, reader: str) -> Horizon:
    """The reader's marks in all its logs, as the running transaction sees them."""
    rows = connection.execute(
        "select log_id, partition, next_offset from logs.marks where reader = %s", (reader,)
    )
    return Horizon({(row[0], row[1]): row[2] for row in rows})


def insert(connection: Connection, log: str, rows: Collection[Any], **same: Any) -> int | None:
    """Append rows (dataclasses or mappings, by column) to a table log; returns the first sequence.

    `same` are columns with one value for all rows. `sequence` is given here, dense and in commit
    order, since `append` holds the log's end until the transaction is over. None without rows.
    """
    if not rows:
        return None
    first = append(connection, register_table_log(connection, log), len(rows))
    numbered = [
        {**_columns(row), **same, "sequence": sequence}
        for sequence, row in enumerate(rows, start=first)
    ]
    copy_rows(connection, log, numbered)
    return first


def copy_rows(connection: Connection, table: str, rows: Collection[Mapping[str, Any]]) -> None:
    """COPY rows that all have the columns of the first one."""
    names = list(next(iter(rows), {}))
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_adapted(row[name]) for name in names])


def _columns(row: Any) -> dict[str, Any]:
    if is_dataclass(row) and not isinstance(row, type):
        return {name: getattr(row, name) for name in row.__dataclass_fields__}
    return dict(row)


def _adapted(value: Any) -> Any:
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return Jsonb(value) if isinstance(value, dict) else value


def notify(connection: Connection, channel: str, log: str) -> None:
    """Wake whoever LISTENs on the channel once this transaction has committed."""
    connection.execute("select pg_notify(%s, %s)", (channel, log))
