"""The SQL of landing replayed dead letters: where they may lie, and which copy is the first."""

from collections.abc import Collection, Sequence
from uuid import UUID

from streaming.store.database import Connection
from streaming.store.errors import Lost


def windows(connection: Connection) -> set[tuple[int, int]]:
    """(log id, partition) of those in which replays may still be found.

    To be asked after the fetch: whoever sends a replay has opened its window before.
    """
    rows = connection.execute(
        "select w.log_id, w.partition from landed.replay_windows w"
        " left join logs.ends e using (log_id, partition)"
        " where w.until is null or coalesce(e.next_offset, 0) < w.until"
    )
    return {(row[0], row[1]) for row in rows}


def landed_as(
    connection: Connection, letters: Collection[UUID]
) -> dict[UUID, tuple[int, int, int] | None]:
    """Per dead letter that somebody has asked to replay the record it was landed as, if it was."""
    rows = connection.execute(
        "select d.dead_letter_id, r.log_id, r.partition, r.offset from landed.dispositions d"
        " left join landed.replays r using (dead_letter_id)"
        " where d.decision = 'replay' and d.dead_letter_id = any(%s)",
        (list(letters),),
    )
    return {row[0]: None if row[1] is None else (row[1], row[2], row[3]) for row in rows}


def link(connection: Connection, copies: Sequence[tuple[UUID, int, int, int]]) -> None:
    """Write down which record (log id, partition, offset) is the first that carried a dead letter.

    Raises Lost when another lander was first; the caller's transaction must roll back.
    """
    if not copies:
        return
    letters, logs, partitions, offsets = zip(*copies, strict=True)
    linked = connection.execute(
        'insert into landed.replays (dead_letter_id, log_id, partition, "offset", landed_at)'
        " select *, now() from unnest(%s::uuid[], %s::int[], %s::int[], %s::bigint[])"
        " on conflict do nothing",
        (list(letters), list(logs), list(partitions), list(offsets)),
    )
    if linked.rowcount != len(copies):
        raise Lost("another lander has landed a replay of this batch")
