"""The SQL of `knockon dead-letters`: finding letters, and writing down what is decided on them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from streaming.store.database import Connection

STATES = ("open", "sent", "replayed", "discarded", "duplicate")
"""`sent`: on Kafka again and not landed yet. `duplicate`: a further copy of a replay."""

_STATE = sql.SQL(
    "case when x.decision = 'discard' then 'discarded'"
    " when r.dead_letter_id is not null then 'replayed'"
    " when x.sent_at is not null then 'sent'"
    " when d.error_type = 'replayed_already' then 'duplicate' else 'open' end"
)
_FROM = sql.SQL(
    " from landed.dead_letters d join logs.logs l using (log_id)"
    " left join landed.dispositions x using (dead_letter_id)"
    " left join landed.replays r using (dead_letter_id)"
)
_CONDITIONS: Mapping[str, LiteralString] = {
    "topic": "l.name = %(topic)s",
    "partition": "d.partition = %(partition)s",
    "error_type": "d.error_type = %(error_type)s",
    "since": "d.landed_at >= %(since)s",
    "until": "d.landed_at < %(until)s",
    "id_prefix": (
        "(starts_with(d.dead_letter_id::text, %(id_prefix)s)"
        " or starts_with(d.correlation_id::text, %(id_prefix)s))"
    ),
    "state": "{state} = %(state)s",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters are meant; what is None does not narrow. Times are those of landing."""

    topic: str | None = None
    partition: int | None = None
    error_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    id_prefix: str | None = None
    state: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter without its bytes, and what became of it.

    `landed_as` is the record (log id/partition/offset) that it was replayed as, `failed_as` the
    dead letter that this record has become.
    """

    dead_letter_id: UUID
    topic: str
    log_id: int
    partition: int
    offset: int
    recorded_at: datetime
    landed_at: datetime
    error_type: str
    reason: str
    schema_id: int | None
    correlation_id: UUID | None
    replay_of: UUID | None
    payload_bytes: int | None
    payload_sealed: bool
    state: str
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    landed_as: str | None
    failed_as: UUID | None


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of a dead letter, as they are kept."""

    dead_letter_id: UUID
    topic: str
    partition: int
    record_key: bytes | None
    payload: bytes | None
    headers: bytes | None
    payload_sealed: bool


def letters(connection: Connection, which: Filter) -> list[Letter]:
    """The letters, oldest first."""
    query = sql.SQL(
        "select d.dead_letter_id, l.name as topic, d.log_id, d.partition, d.offset, d.recorded_at,"
        " d.landed_at, d.error_type, d.reason, d.schema_id, d.correlation_id, d.replay_of,"
        " octet_length(d.payload) as payload_bytes, d.payload_sealed,"
        " {state} as state, x.decided_at, x.decided_by, x.reason as decision_reason,"
        " r.log_id || '/' || r.partition || '/' || r.offset as landed_as,"
        " (select f.dead_letter_id from landed.dead_letters f where f.log_id = r.log_id"
        " and f.partition = r.partition and f.offset = r.offset) as failed_as"
        "{letters} order by d.landed_at, d.log_id, d.partition, d.offset limit %(limit)s"
    ).format(state=_STATE, letters=_narrowed(which))
    with connection.cursor(row_factory=class_row(Letter)) as cursor:
        return cursor.execute(query, _parameters(which)).fetchall()


def chosen(connection: Connection, which: Filter) -> list[UUID]:
    """The ids of the letters, oldest first."""
    query = sql.SQL(
        "select d.dead_letter_id{} order by d.landed_at, d.log_id, d.partition, d.offset"
        " limit %(limit)s"
    ).format(_narrowed(which))
    rows = connection.execute(query, _parameters(which))
    return [row[0] for row in rows]


def counts(connection: Connection, which: Filter) -> list[tuple[str, str, str, int]]:
    """How many by topic, error type and state; the limit does not count here."""
    query = sql.SQL(
        "select l.name, d.error_type, {}, count(*){} group by 1, 2, 3 order by 1, 2, 3"
    ).format(_STATE, _narrowed(which))
    return connection.execute(query, _parameters(which)).fetchall()


def contents(connection: Connection, ids: Collection[UUID]) -> list[Contents]:
    """The bytes of these letters, in the order of their records."""
    with connection.cursor(row_factory=class_row(Contents)) as cursor:
        return cursor.execute(
            "select d.dead_letter_id, l.name as topic, d.partition, d.record_key, d.payload,"
            " d.headers, d.payload_sealed"
            " from landed.dead_letters d join logs.logs l using (log_id)"
            " where d.dead_letter_id = any(%s) order by d.log_id, d.partition, d.offset",
            (list(ids),),
        ).fetchall()


def begin_replay(connection: Connection, ids: Collection[UUID], by: str) -> set[UUID]:
    """Write down that these are about to be sent; without those that were discarded meanwhile."""
    rows = connection.execute(
        "insert into landed.dispositions as x (dead_letter_id, decision, decided_at, decided_by)"
        " select id, 'replay', now(), %s from unnest(%s::uuid[]) id"
        " on conflict (dead_letter_id) do update set decided_at = excluded.decided_at,"
        " decided_by = excluded.decided_by where x.decision = 'replay' returning dead_letter_id",
        (by, list(ids)),
    )
    return {row[0] for row in rows}


def sent(connection: Connection, ids: Collection[UUID]) -> None:
    """Write down that the records of these letters are on Kafka again."""
    connection.execute(
        "update landed.dispositions set sent_at = now() where dead_letter_id = any(%s)",
        (list(ids),),
    )


def discard(connection: Connection, ids: Collection[UUID], by: str, reason: str) -> int:
    """Mark letters as done with; not one of which a replay was begun. Returns how many."""
    return connection.execute(
        "insert into landed.dispositions (dead_letter_id, decision, decided_at, decided_by, reason)"
        " select id, 'discard', now(), %s, %s from unnest(%s::uuid[]) id on conflict do nothing",
        (by, reason, list(ids)),
    ).rowcount


def open_windows(connection: Connection, log_id: int, partitions: Sequence[int]) -> None:
    """From now on landers look for replays in these partitions."""
    connection.execute(
        "insert into landed.replay_windows (log_id, partition, until)"
        " select %s, p, null from unnest(%s::int[]) p"
        " on conflict (log_id, partition) do update set until = null",
        (log_id, list(partitions)),
    )


def close_windows(connection: Connection, ends: Mapping[tuple[int, int], int]) -> None:
    """Of open windows, say before which offset (by log id and partition) all replays lie."""
    connection.execute(
        "update landed.replay_windows w set until = e.until"
        " from unnest(%s::int[], %s::int[], %s::bigint[]) as e(log_id, partition, until)"
        " where w.log_id = e.log_id and w.partition = e.partition and w.until is null",
        ([log for log, _ in ends], [part for _, part in ends], list(ends.values())),
    )


def outcomes(connection: Connection, ids: Collection[UUID]) -> tuple[int, int]:
    """Of these letters, how many were landed as rows, and how many became dead letters again."""
    row = connection.execute(
        "select count(*) filter (where f.log_id is null), count(f.log_id) from landed.replays r"
        " left join landed.dead_letters f on f.log_id = r.log_id and f.partition = r.partition"
        " and f.offset = r.offset where r.dead_letter_id = any(%s)",
        (list(ids),),
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _narrowed(which: Filter) -> sql.Composed:
    given = [
        sql.SQL(condition).format(state=_STATE)
        for name, condition in _CONDITIONS.items()
        if getattr(which, name) is not None
    ]
    where = sql.SQL(" where ") if given else sql.SQL("")
    return _FROM + where + sql.SQL(" and ").join(given)


def _parameters(which: Filter) -> dict[str, Any]:
    return {name: getattr(which, name) for name in (*_CONDITIONS, "limit")}


def by_minute(connection: Connection, since: datetime) -> list[tuple[str, datetime, int, str]]:
    """Error type, minute, number of letters and a reason; further copies of replays left out."""
    return connection.execute(
        "select error_type, date_trunc('minute', landed_at), count(*), max(reason)"
        " from landed.dead_letters where landed_at >= %s and error_type <> 'replayed_already'"
        " group by 1, 2",
        (since,),
    ).fetchall()
