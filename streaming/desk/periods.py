"""Opening and closing accounting periods, each in one transaction."""

import calendar as months
from datetime import date, timedelta

from domain.ledger.errors import LedgerBroken
from domain.ledger.periods import Calendar, Closing, Period
from streaming.desk.errors import StillWaiting
from streaming.store import periods as stored
from streaming.store.database import Connection
from streaming.store.derive_ledger import close_the_books_to_others
from streaming.store.seals import last_seal


def month(name: str) -> Period:
    """The calendar month of a name such as 2026-11. Raises LedgerBroken."""
    try:
        first = date.fromisoformat(f"{name}-01")
    except ValueError:
        raise LedgerBroken(f"{name} is no month: say e.g. 2026-11, or --first and --last") from None
    return Period(name, first, first.replace(day=months.monthrange(first.year, first.month)[1]))


def next_month(connection: Connection) -> Period:
    """The month after the last period. Raises LedgerBroken where there is none to follow."""
    known = stored.calendar(connection).periods
    if not known:
        raise LedgerBroken("there is no period yet: name the first, e.g. 2026-11")
    first = known[-1].last + timedelta(days=1)
    if first.day != 1:
        raise LedgerBroken(f"period {known[-1].name} ends within a month: say --first and --last")
    return month(f"{first:%Y-%m}")


def open_period(connection: Connection, period: Period) -> None:
    """Add a period to the calendar. Raises LedgerBroken where it may not be there."""
    with connection.transaction():
        stored.hold_the_calendar(connection)
        known = stored.calendar(connection)
        if known.closings and period.first < known.periods[0].first:
            raise LedgerBroken(f"period {period.name} would begin before one that is closed")
        wanted = sorted((*known.periods, period), key=lambda one: one.first)
        Calendar(wanted, list(known.closings.values()))
        stored.write_period(connection, period)


def close_period(connection: Connection, name: str, by: str) -> Closing:
    """Close a period for good.

    Whoever is booking ends first, and what is booked from then on is in a later period. Raises
    StillWaiting, and LedgerBroken where the period is not over, not the next to be closed, or
    closed already.
    """
    with connection.transaction():
        close_the_books_to_others(connection)
        stored.hold_the_calendar(connection)
        newest = last_seal(connection)
        head = newest.head if newest else None
        closing = Closing(name, stored.now(connection), by, head)
        stored.calendar(connection).close(closing)
        found = stored.waiting(connection)
        if found:
            raise StillWaiting(name, found)
        return stored.write_closing(connection, closing)
