"""How a move of money becomes a transaction: its identity, and the assessment it rests on."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.identity import name_uuid
from domain.ledger.errors import NothingOwed
from domain.ledger.obligation import Obligation, assessment_id
from domain.ledger.position import Booked, Position, standing
from domain.ledger.posting import Transaction
from domain.ledger.unwinding import Step


class Basis(NamedTuple):
    """The assessment that a move rests on where no sum of Art 7 is booked: care is owed anyway.

    `assessment_id` where that assessment is of another obligation: care has none of its own.
    """

    revision: str
    rulebook: str
    assessment_id: UUID | None = None


class Books(NamedTuple):
    """One obligation and all that is booked for it, oldest first."""

    obligation: Obligation
    booked: Sequence[Booked]
    basis: Basis | None = None

    @property
    def position(self) -> Position:
        """The balances now."""
        return Position.of(self.booked)


class Occasion(NamedTuple):
    """When and by whom money was moved, and the fact outside the books that moved it.

    `reference` names that fact once for ever (the id of a claim event, of a payment instruction,
    of a bank's entry): it is the identity of the transaction, so the same fact told twice is
    booked once.
    """

    at: datetime
    reference: str
    actor: str | None = None


def told_before(books: Books, kind: str, occasion: Occasion) -> bool:
    """Whether the books know this move already."""
    known = name_uuid(kind, books.obligation.key, occasion.reference)
    return any(entry.transaction_id == known for entry in books.booked)


def write(books: Books, step: Step, occasion: Occasion) -> list[Transaction]:
    """The transaction of one step, or none where the books know it; raises NothingOwed."""
    if told_before(books, step.kind, occasion):
        return []
    basis = _basis(books, step.kind)
    return [
        Transaction(
            transaction_id=name_uuid(step.kind, books.obligation.key, occasion.reference),
            kind=step.kind,
            obligation_key=books.obligation.key,
            revision=basis.revision,
            passenger_ref=books.obligation.passenger_ref,
            assessment_id=basis.assessment_id
            or assessment_id(books.obligation.key, basis.revision),
            occurred_at=occasion.at,
            description=step.description,
            rulebook=basis.rulebook,
            actor=occasion.actor,
            reference=occasion.reference,
            postings=step.postings,
        )
    ]


def _basis(books: Books, kind: str) -> Basis:
    stands = standing(books.booked)
    if stands is not None:
        return Basis(stands.revision, stands.rulebook, stands.assessment_id)
    if books.basis is not None and books.basis.assessment_id is not None:
        return books.basis
    if books.booked:  # taken back: the last assessment is why
        last = books.booked[-1]
        return Basis(last.revision, last.rulebook, last.assessment_id)
    if books.basis is not None:
        return books.basis
    raise NothingOwed(kind)
