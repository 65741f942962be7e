"""From an assessment to transactions: a rerun adds nothing, a change reverses and re-posts."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.identity import name_uuid
from domain.ledger.errors import LedgerBroken
from domain.ledger.obligation import Obligation, assessment_id
from domain.ledger.posting import Posting, Transaction

_ARTICLE = {"denied_boarding": "art4", "cancellation": "art5", "advanced": "art5"}


class Assessed(Protocol):
    """What the books read of an assessment: `domain.passenger_rights.Assessment`, or its row."""

    @property
    def regime(self) -> str: ...
    @property
    def rulebook(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def accrual_minor(self) -> int: ...
    @property
    def citations(self) -> Sequence[str]: ...
    @property
    def certainty(self) -> str: ...


class Booked(NamedTuple):
    """One transaction already in the books of an obligation, oldest first."""

    transaction_id: UUID
    revision: str
    reverses: UUID | None
    postings: tuple[Posting, ...]


def book(
    obligation: Obligation,
    assessment: Assessed,
    revision: str,
    occurred_at: datetime,
    booked: Sequence[Booked] = (),
) -> list[Transaction]:
    """The transactions to add, given everything booked for that obligation, oldest first.

    The same revision adds nothing. A changed one takes back the standing transaction by a linked
    reversal and books anew what the books should carry (`accrual_minor`: the higher reading);
    a changed assessment that owes nothing is a reversal alone. Where the lines would be the very
    same, the revision still moves on, so that every posting leads to the facts it rests on.
    `occurred_at` is the event time of the facts. Raises LedgerBroken where the books already
    carry more than one standing transaction.
    """
    standing = _standing(booked)
    if standing is not None and standing.revision == revision:
        return []
    lines = _lines(assessment)
    if standing is None and not lines:
        return []
    last = booked[-1].transaction_id if booked else None
    shared = {
        "obligation_key": obligation.key,
        "revision": revision,
        "passenger_ref": obligation.passenger_ref,
        "assessment_id": assessment_id(obligation.key, revision),
        "occurred_at": occurred_at,
        "rulebook": assessment.rulebook,
    }
    transactions: list[Transaction] = []
    if standing is not None:
        last = name_uuid("reversal", standing.transaction_id)
        transactions.append(
            Transaction(
                transaction_id=last,
                kind="reversal",
                reverses=standing.transaction_id,
                description="Takes back what changed facts or a mended rule replaced",
                postings=tuple(line.reversed() for line in standing.postings),
                **shared,
            )
        )
    if lines:
        transactions.append(
            Transaction(
                # The predecessor is part of the identity: facts that change and change back
                # are booked three times, each once.
                transaction_id=name_uuid("accrual", obligation.key, revision, last),
                kind="accrual",
                description=_description(assessment),
                postings=lines,
                **shared,
            )
        )
    return transactions


def _standing(booked: Sequence[Booked]) -> Booked | None:
    reversed_ids = {entry.reverses for entry in booked if entry.reverses is not None}
    standing = [
        entry
        for entry in booked
        if entry.reverses is None and entry.transaction_id not in reversed_ids
    ]
    if len(standing) > 1:
        ids = ", ".join(str(entry.transaction_id) for entry in standing)
        raise LedgerBroken(f"one obligation stands twice in the books: {ids}; reverse all but one")
    return standing[0] if standing else None


def _lines(assessment: Assessed) -> tuple[Posting, ...]:
    owed = assessment.accrual_minor
    if owed == 0:
        return ()
    law = f"{assessment.regime}261"
    if assessment.event == "downgrade":
        debit, article = f"refund-contra-revenue-{law}", "art10"
    else:
        debit = f"expense-compensation-{law}"
        article = _ARTICLE.get(assessment.event, "art6")
    credit = f"liability-probable-{law}-{article}"
    return (
        Posting(account=debit, amount_minor=owed, currency=assessment.currency),
        Posting(account=credit, amount_minor=-owed, currency=assessment.currency),
    )


def _description(assessment: Assessed) -> str:
    return (
        f"{assessment.event.replace('_', ' ').capitalize()}: {assessment.citations[0]}, "
        f"{assessment.certainty}"
    )
