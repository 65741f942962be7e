"""Marks: how far each log is written, how far each reader has read, and what lies between.

A mark is a vector of next offsets per partition, never a serial number or a clock time: a
transaction that takes a number early and commits late would be passed over by those.
"""

from dataclasses import dataclass

from streaming.store.database import Connection
from streaming.store.errors import UnknownLog

Vector = dict[int, int]
"""Partition to next offset."""


@dataclass(frozen=True)
class Interval:
    """Offsets of one log, per partition from (included) to (excluded)."""

    log_id: int
    log: str
    spans: dict[int, tuple[int, int]]

    @property
    def rows(self) -> int:
        """Offsets covered; Kafka leaves gaps, so there may be fewer records."""
        return sum(until - since for since, until in self.spans.values())


def joined(one: Interval, following: Interval) -> Interval:
    """Two intervals of one log as one; the second begins where the first ends."""
    spans = dict(one.spans)
    for partition, (since, until) in following.spans.items():
        spans[partition] = (spans.get(partition, (since, until))[0], until)
    return Interval(one.log_id, one.log, spans)


def register_kafka_log(connection: Connection, cluster_id: str, topic_id: str, name: str) -> int:
    """The id of this topic of this cluster, made when first seen."""
    connection.execute(
        "insert into logs.logs (kind, name, cluster_id, topic_id) values ('kafka', %s, %s, %s)"
        " on conflict (cluster_id, topic_id) do nothing",
        (name, cluster_id, topic_id),
    )
    row = connection.execute(
        "select log_id from logs.logs where cluster_id = %s and topic_id = %s",
        (cluster_id, topic_id),
    ).fetchone()
    assert row is not None
    return int(row[0])


def register_table_log(connection: Connection, name: str) -> int:
    """The id of a table log (`schema.table`), made when first seen."""
    connection.execute(
        "insert into logs.logs (kind, name) values ('table', %s)"
        " on conflict (name) where kind = 'table' do nothing",
        (name,),
    )
    return log_id(connection, name)


def logs_named(connection: Connection, name: str) -> list[int]:
    """All logs of this name, oldest first: a recreated topic is a second log."""
    rows = connection.execute("select log_id from logs.logs where name = %s order by 1", (name,))
    return [row[0] for row in rows]


def log_id(connection: Connection, name: str) -> int:
    """The newest log of this name. Raises UnknownLog."""
    found = logs_named(connection, name)
    if not found:
        raise UnknownLog(f"no log is called {name!r} yet")
    return found[-1]


def ends(connection: Connection, log_id: int) -> Vector:
    """How far the log is written."""
    rows = connection.execute(
        "select partition, next_offset from logs.ends where log_id = %s", (log_id,)
    )
    return {row[0]: row[1] for row in rows}


def marks(connection: Connection, reader: str, log_id: int) -> Vector:
    """How far the reader has read; partitions it has never read are missing."""
    rows = connection.execute(
        "select partition, next_offset from logs.marks where reader = %s and log_id = %s",
        (reader, log_id),
    )
    return {row[0]: row[1] for row in rows}


def pending(
    connection: Connection, reader: str, log_id: int, limit: int | None = None
) -> Interval | None:
    """What is written and not yet read, at most about `limit` offsets, shared by partition."""
    rows = connection.execute(
        "select l.name, e.partition, coalesce(m.next_offset, 0), e.next_offset"
        " from logs.ends e join logs.logs l using (log_id)"
        " left join logs.marks m on m.log_id = e.log_id and m.partition = e.partition"
        " and m.reader = %s where e.log_id = %s and e.next_offset > coalesce(m.next_offset, 0)"
        " order by e.partition",
        (reader, log_id),
    ).fetchall()
    if not rows:
        return None
    most = None if limit is None else max(1, limit // len(rows))
    spans = {
        partition: (since, until if most is None else min(until, since + most))
        for _, partition, since, until in rows
    }
    return Interval(log_id, rows[0][0], spans)


def lead(connection: Connection, leader: str, follower: str, log_id: int) -> Interval | None:
    """What the leader has read of the log and the follower has not."""
    rows = connection.execute(
        "select l.name, a.partition, coalesce(f.next_offset, 0), a.next_offset"
        " from logs.marks a join logs.logs l using (log_id)"
        " left join logs.marks f on f.log_id = a.log_id and f.partition = a.partition"
        " and f.reader = %s where a.reader = %s and a.log_id = %s"
        " and a.next_offset > coalesce(f.next_offset, 0) order by a.partition",
        (follower, leader, log_id),
    ).fetchall()
    spans = {partition: (since, until) for _, partition, since, until in rows}
    return Interval(log_id, rows[0][0], spans) if rows else None


def catch_up(connection: Connection, leader: str, follower: str) -> None:
    """Move the follower's marks, as far as it has any, to the leader's."""
    connection.execute(
        "update logs.marks f set next_offset = a.next_offset, updated_at = now()"
        " from logs.marks a where a.reader = %s and f.reader = %s and a.log_id = f.log_id"
        " and a.partition = f.partition and f.next_offset < a.next_offset",
        (leader, follower),
    )


_FIRST = """
    insert into logs.marks as m (reader, log_id, partition, next_offset)
    values (%(reader)s, %(log_id)s, %(partition)s, %(until)s)
    on conflict (reader, log_id, partition) do update
    set next_offset = excluded.next_offset, updated_at = now() where m.next_offset = %(since)s
"""
_NEXT = """
    update logs.marks set next_offset = %(until)s, updated_at = now()
    where reader = %(reader)s and log_id = %(log_id)s and partition = %(partition)s
    and next_offset = %(since)s
"""


def advance(connection: Connection, reader: str, interval: Interval) -> bool:
    """Move the reader's marks over the interval by compare-and-set, in the caller's transaction.

    False means that somebody else has moved one of them: the caller must roll back. The rows
    stay locked until the transaction ends, so of two racing callers one waits and then fails.
    """
    for partition, (since, until) in sorted(interval.spans.items()):
        moved = connection.execute(
            _FIRST if since == 0 else _NEXT,
            {
                "reader": reader,
                "log_id": interval.log_id,
                "partition": partition,
                "since": since,
                "until": until,
            },
        )
        if moved.rowcount != 1:
            return False
    return True


def append(connection: Connection, log_id: int, rows: int) -> int:
    """Reserve `rows` dense sequence numbers of a table log; returns the first.

    The log's end stays locked until the transaction ends: numbers are in commit order and a
    rollback gives them back, so a reader that has seen n has seen all before n.
    """
    row = connection.execute(
        "insert into logs.ends as e (log_id, partition, next_offset) values (%s, 0, %s)"
        " on conflict (log_id, partition) do update"
        " set next_offset = e.next_offset + excluded.next_offset, updated_at = now()"
        " returning next_offset",
        (log_id, rows),
    ).fetchone()
    assert row is not None
    return int(row[0]) - rows
