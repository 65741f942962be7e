"""The SQL of accounting periods: the calendar as stored, opening, closing, what still waits."""

from datetime import datetime

from psycopg.rows import class_row

from domain.ledger.periods import Calendar, Closing, Period
from streaming.store.database import Connection
from streaming.store.progress import unread
from streaming.store.seals import unsealed

CHAIN = (
    ("derived.assessments", "derived.passenger_impacts", "impacts wait for the law"),
    ("ledger.transactions", "derived.assessments", "assessments wait for the books"),
)
"""Reader, log, and what it means where the reader is behind."""


def calendar(connection: Connection) -> Calendar:
    """Every period and closing; empty where none was ever opened."""
    with connection.cursor(row_factory=class_row(Period)) as cursor:
        periods = cursor.execute(
            "select name, first_day as first, last_day as last from ledger.periods"
            " order by first_day"
        ).fetchall()
    return Calendar(periods, closings(connection))


def closings(connection: Connection) -> list[Closing]:
    """Every closing as it is stored, the oldest period first."""
    with connection.cursor(row_factory=class_row(Closing)) as cursor:
        return cursor.execute(
            "select c.period, closed_at, closed_by, head, following from ledger.closings c"
            " join ledger.periods on name = c.period order by first_day"
        ).fetchall()


def hold_the_calendar(connection: Connection) -> None:
    """Nobody else opens or closes a period until this transaction ends."""
    connection.execute("lock table ledger.periods in share row exclusive mode")


def write_period(connection: Connection, period: Period) -> None:
    """Append a period."""
    connection.execute(
        "insert into ledger.periods (name, first_day, last_day) values (%s, %s, %s)",
        (period.name, period.first, period.last),
    )


def write_closing(connection: Connection, closing: Closing) -> Closing:
    """Append a closing, as PostgreSQL places it in the books.

    Waits for all who are writing the books; they wait until this transaction ends.
    """
    with connection.cursor(row_factory=class_row(Closing)) as cursor:
        made = cursor.execute(
            "insert into ledger.closings (period, closed_at, closed_by, head)"
            " values (%s, %s, %s, %s) returning period, closed_at, closed_by, head, following",
            (closing.period, closing.closed_at, closing.closed_by, closing.head),
        ).fetchone()
    assert made is not None
    return made


def now(connection: Connection) -> datetime:
    """PostgreSQL's clock."""
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def waiting(connection: Connection) -> list[str]:
    """What is on its way into the books or their seals, in words with numbers."""
    found = [(unread(connection, reader, log), words) for reader, log, words in CHAIN]
    found.append((unsealed(connection), "transactions wait for their seal"))
    return [f"{count:,} {words}" for count, words in found if count]
