"""The ledger: assessments become balanced transactions; a change reverses and re-posts."""

from assets.derivations import assessments
from domain.ledger import Booked, Obligation, Transaction, book, chart
from streaming.derivation import Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive_ledger import (
    BOOKS,
    already_booked,
    assessments_in,
    close_the_books_to_others,
    open_accounts,
    write_transactions,
)
from streaming.store.intervals import Interval
from streaming.version import code_version


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Book every assessment of the interval against what its obligation carries already."""
    [interval] = intervals
    found = assessments_in(connection, interval)
    open_accounts(connection, chart())
    close_the_books_to_others(connection)
    books = already_booked(connection, {row.obligation_key for row in found})
    new: list[tuple[Transaction, tuple[str, ...]]] = []
    for row in found:
        carried = books.setdefault(row.obligation_key, [])
        obligation = Obligation(row.passenger_ref, row.journey_id, row.obligation_event)
        for transaction in book(obligation, row, row.revision, row.as_of, carried):
            new.append((transaction, (f"{interval.log_id}/0/{row.sequence}",)))
            carried.append(Booked.of(transaction))
    lines = write_transactions(connection, new, code_version())
    return Outcome(
        {BOOKS: len(new), "ledger.postings": lines},
        {"code": code_version()},
        max((row.as_of for row in found), default=None),
        {"reversals": sum(transaction.kind == "reversal" for transaction, _ in new)},
    )


LEDGER = Derivation(BOOKS, (assessments.READER,), step)
