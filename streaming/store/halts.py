"""The SQL of the dead letter budget: recent shares, partitions that were stopped, acceptance."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from streaming.store.database import Connection

Partitions = Collection[tuple[int, int]]
"""(log id, partition)."""


@dataclass(frozen=True, slots=True)
class Halted:
    """A topic of which partitions are not landed."""

    topic: str
    partitions: int
    since: datetime
    reason: str


def recent(connection: Connection, partitions: Partitions, last: int) -> dict[int, tuple[int, int]]:
    """Per log the records of the partitions' last offsets, and how many of them are dead letters.

    Replays do not count, nor what was accepted. Transaction markers count as records.
    """
    logs, numbers = _apart(partitions)
    rows = connection.execute(
        "select m.log_id, sum(m.next_offset - m.since)::bigint, sum((select count(*)"
        " from landed.dead_letters d where d.log_id = m.log_id and d.partition = m.partition"
        " and d.offset >= m.since and d.error_type <> 'replayed_already'"
        " and d.replay_of is null))::bigint"
        " from (select e.log_id, e.partition, e.next_offset, least(e.next_offset,"
        " greatest(e.next_offset - %s, coalesce(h.accepted_until, 0))) as since"
        " from logs.ends e join unnest(%s::int[], %s::int[]) p(log_id, partition)"
        " using (log_id, partition) left join landed.halts h using (log_id, partition)) m"
        " group by m.log_id",
        (last, logs, numbers),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def stopped(connection: Connection, partitions: Partitions) -> set[tuple[int, int]]:
    """Those that are halted and not accepted."""
    logs, numbers = _apart(partitions)
    rows = connection.execute(
        "select log_id, partition from landed.halts"
        " join unnest(%s::int[], %s::int[]) p(log_id, partition) using (log_id, partition)"
        " where halted_at is not null",
        (logs, numbers),
    )
    return {(row[0], row[1]) for row in rows}


def accepted(connection: Connection, partitions: Partitions) -> dict[tuple[int, int], int]:
    """Before which offset records are landed whatever the budget says."""
    logs, numbers = _apart(partitions)
    rows = connection.execute(
        "select log_id, partition, accepted_until from landed.halts"
        " join unnest(%s::int[], %s::int[]) p(log_id, partition) using (log_id, partition)"
        " where accepted_until is not null",
        (logs, numbers),
    )
    return {(row[0], row[1]): row[2] for row in rows}


def halt(connection: Connection, partitions: Partitions, reason: str) -> None:
    """These are not landed any further."""
    logs, numbers = _apart(partitions)
    connection.execute(
        "insert into landed.halts as h (log_id, partition, halted_at, reason)"
        " select l, p, now(), %s from unnest(%s::int[], %s::int[]) as t(l, p)"
        " on conflict (log_id, partition) do update"
        " set halted_at = coalesce(h.halted_at, now()), reason = excluded.reason",
        (reason, logs, numbers),
    )


def resume(connection: Connection, partitions: Partitions) -> None:
    """These are landed again."""
    logs, numbers = _apart(partitions)
    connection.execute(
        "update landed.halts h set halted_at = null"
        " from unnest(%s::int[], %s::int[]) p(log_id, partition)"
        " where h.log_id = p.log_id and h.partition = p.partition",
        (logs, numbers),
    )


def accept(connection: Connection, log_id: int, ends: Mapping[int, int], by: str) -> int:
    """Let a halted topic go on over all records before these ends; returns its partitions."""
    return connection.execute(
        "update landed.halts h set halted_at = null, accepted_until = e.until, accepted_by = %s"
        " from unnest(%s::int[], %s::bigint[]) e(partition, until)"
        " where h.log_id = %s and h.partition = e.partition and h.halted_at is not null",
        (by, list(ends), list(ends.values()), log_id),
    ).rowcount


def halted(connection: Connection) -> list[Halted]:
    """The topics that are not landed, longest first."""
    with connection.cursor(row_factory=class_row(Halted)) as cursor:
        return cursor.execute(
            "select l.name as topic, count(*) as partitions, min(h.halted_at) as since,"
            " max(h.reason) as reason from landed.halts h join logs.logs l using (log_id)"
            " where h.halted_at is not null group by l.log_id, l.name order by 3"
        ).fetchall()


def _apart(partitions: Partitions) -> tuple[list[int], list[int]]:
    return [log for log, _ in partitions], [number for _, number in partitions]
