"""The SQL of days: the parts of landed tables, and in which of them the records of offsets lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from psycopg import errors

from streaming.store.database import Connection

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From the offset `since` on, records of the log's partition are of these days (UTC)."""

    log_id: int
    partition: int
    since: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Part:
    """One day of a landed table; `day` is None for what belongs to no day that has a part."""

    name: str
    table: str
    day: date | None
    attached: bool
    rows: int
    """As PostgreSQL reckons."""
    bytes: int


def make_days(connection: Connection, tables: Sequence[str], days: Sequence[date]) -> bool:
    """Make the days' parts where they are missing, in a transaction of their own each.

    False when somebody held the tables for too long: their rows go to the rest for now, and are
    moved when the day is made later. Days of the far past or future get no part.
    """
    try:
        for table in tables:
            for day in days:
                connection.execute("select landed.make_day(%s, %s)", (table, day))
                connection.commit()
    except errors.LockNotAvailable:
        connection.rollback()
        return False
    return True


def detach_days(connection: Connection, keep: int) -> list[str] | None:
    """Detach days older than `keep` days from the landed tables; they stay in `landed_days`.

    Returns their names; None when somebody held the tables for too long.
    """
    try:
        rows = connection.execute("select landed.detach_days(%s)", (keep,)).fetchall()
        connection.commit()
    except errors.LockNotAvailable:
        connection.rollback()
        return None
    return [row[0] for row in rows]


def last_days(connection: Connection, log_id: int, partition: int) -> Days | None:
    """The newest row of the partition."""
    row = connection.execute(
        "select log_id, partition, since, first_day, last_day from logs.days"
        " where log_id = %s and partition = %s order by since desc limit 1",
        (log_id, partition),
    ).fetchone()
    return None if row is None else Days(*row)


def note_days(connection: Connection, rows: Sequence[Days]) -> None:
    """Add rows, in the transaction that lands the first records that they speak of."""
    for row in rows:
        connection.execute(
            "insert into logs.days as days (log_id, partition, since, first_day, last_day)"
            " values (%s, %s, %s, %s, %s) on conflict (log_id, partition, since) do update"
            " set first_day = least(days.first_day, excluded.first_day),"
            " last_day = greatest(days.last_day, excluded.last_day)",
            (row.log_id, row.partition, row.since, row.first, row.last),
        )


def recorded_between(
    connection: Connection, log_id: int, partition: int, since: int, until: int
) -> tuple[datetime, datetime]:
    """The times (from, before) between which records of these offsets were written to Kafka.

    Put into a query they leave PostgreSQL the parts of those days alone. As wide as can be where
    nothing is noted.
    """
    row = connection.execute(
        "select min(first_day), max(last_day) from logs.days"
        " where log_id = %(log)s and partition = %(partition)s and since < %(until)s"
        " and since >= coalesce((select max(since) from logs.days where log_id = %(log)s"
        " and partition = %(partition)s and since <= %(since)s), %(until)s)",
        {"log": log_id, "partition": partition, "since": since, "until": until},
    ).fetchone()
    if row is None or row[0] is None:
        return EARLIEST, LATEST
    return _midnight(row[0]), _midnight(row[1]) + DAY


EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def parts(connection: Connection) -> list[Part]:
    """Every part of the landed tables, by table and day; detached days too."""
    rows = connection.execute(
        "select c.relname, regexp_replace(c.relname, '_([0-9]{8}|rest)$', ''),"
        " case when c.relname ~ '_[0-9]{8}$' then to_date(right(c.relname, 8), 'YYYYMMDD') end,"
        " c.relispartition, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)"
        " from pg_class c where c.relnamespace = 'landed_days'::regnamespace and c.relkind = 'r'"
        " order by 2, 3 nulls last"
    )
    return [Part(*row) for row in rows]
