"""The ledger: assessments become balanced transactions; a change reverses and re-posts."""

from collections.abc import Sequence
from uuid import UUID

from assets.derivations import assessments
from domain.ledger import Booked, Obligation, Transaction, book, chart
from domain.money import major
from streaming.derivation import EXAMPLES, Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive_ledger import (
    BOOKS,
    AssessmentRow,
    already_booked,
    assessments_in,
    booked_since,
    close_the_books_to_others,
    end_of_the_books,
    open_accounts,
    write_transactions,
)
from streaming.store.intervals import Interval
from streaming.version import code_version


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Book every assessment of the interval against what its obligation carries already.

    The books stay open to others while it is worked out what to book; what they booked meanwhile
    for the same obligations makes it be worked out anew, once nobody else can book.
    """
    [interval] = intervals
    found = assessments_in(connection, interval)
    keys = {row.obligation_key for row in found}
    open_accounts(connection, chart())
    read = end_of_the_books(connection)
    new = _to_book(found, already_booked(connection, keys), interval.log_id)
    close_the_books_to_others(connection)
    if booked_since(connection, read, keys):
        new = _to_book(found, already_booked(connection, keys), interval.log_id)
    lines = write_transactions(connection, new, code_version())
    return Outcome(
        {BOOKS: len(new), "ledger.postings": lines},
        {"code": code_version()},
        max((row.as_of for row in found), default=None),
        {"reversals": sum(transaction.kind == "reversal" for transaction, _ in new)},
        examples=tuple(_shown(transaction) for transaction, _ in new[:EXAMPLES]),
    )


def _shown(transaction: Transaction) -> dict[str, str]:
    line = transaction.postings[0]
    return {
        "obligation": str(transaction.obligation_key),
        "kind": transaction.kind,
        "sum": f"{major(abs(line.amount_minor), line.currency)} {line.currency}",
        "what": transaction.description,
        "transaction": str(transaction.transaction_id),
    }


def _to_book(
    found: Sequence[AssessmentRow], books: dict[UUID, list[Booked]], assessments_log: int
) -> list[tuple[Transaction, tuple[str, ...]]]:
    """The transactions that the assessments add, each with its evidence."""
    new: list[tuple[Transaction, tuple[str, ...]]] = []
    for row in found:
        carried = books.setdefault(row.obligation_key, [])
        obligation = Obligation(row.passenger_ref, row.journey_id, row.obligation_event)
        for transaction in book(obligation, row, row.revision, row.as_of, carried):
            new.append((transaction, (f"{assessments_log}/0/{row.sequence}",)))
            carried.append(Booked.of(transaction))
    return new


LEDGER = Derivation(BOOKS, (assessments.READER,), step)
