"""Providing for what is expected of claims, obligation by obligation, in bounded transactions."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.ledger import Books, Transaction, Uptake, account, provide
from streaming.desk.claims import enter, hold
from streaming.store.claims import asked_for, obligations_of
from streaming.store.database import Connection
from streaming.store.derive_ledger import already_booked, last_booked, obligations_booked

AT_ONCE = 200
"""Obligations in one transaction: others wait for the books about 0.1 s."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which share is expected, as of when, and who says so."""

    expected: Uptake
    at: datetime
    actor: str


@dataclass(slots=True)
class Provided:
    """Obligations looked at and booked, and by how much allowances grew, minor units."""

    looked_at: int = 0
    booked: int = 0
    grown: Counter[str] = field(default_factory=Counter)


def provide_for_all(
    connection: Connection,
    occasion: Occasion,
    hear: Callable[[Provided], None] = lambda done: None,
) -> Provided:
    """Bring every allowance to what the scenario expects; where it is right nothing is booked.

    What somebody has asked for counts in full. Cut off, it has done what it has done: asked
    again, it goes on.
    """
    done = Provided()
    last = None
    while keys := obligations_booked(connection, last, AT_ONCE):
        with connection.transaction():
            # Looked at first without holding the books: mostly nothing is to be done.
            if _wanted(connection, keys, occasion):
                hold(connection)
                made = _wanted(connection, keys, occasion)
                resting = last_booked(connection, keys)
                enter(connection, [(one, (resting[one.obligation_key],)) for one in made])
                _count(done, made)
        done.looked_at += len(keys)
        last = keys[-1]
        hear(done)
    return done


def _wanted(
    connection: Connection, keys: Collection[UUID], occasion: Occasion
) -> list[Transaction]:
    asked = asked_for(connection, keys)
    open_keys = [key for key in keys if key not in asked]
    books = already_booked(connection, open_keys)
    return [
        one
        for key, obligation in obligations_of(connection, open_keys).items()
        for one in provide(
            Books(obligation, books[key]), occasion.expected, occasion.at, occasion.actor
        )
    ]


def _count(done: Provided, made: Collection[Transaction]) -> None:
    done.booked += len({one.obligation_key for one in made})
    for one in made:
        for line in one.postings:
            if account(line.account).role == "allowance":
                done.grown[line.currency] += line.amount_minor
