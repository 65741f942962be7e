"""From an assessment to transactions: a rerun adds nothing, a change reverses and re-posts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.identity import name_uuid
from domain.ledger.accounts import place
from domain.ledger.obligation import Obligation, assessment_id
from domain.ledger.position import Booked, Position, standing
from domain.ledger.posting import Posting, Transaction
from domain.ledger.provisions import released
from domain.ledger.unwinding import Step, unwound

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


def book(
    obligation: Obligation,
    assessment: Assessed,
    revision: str,
    occurred_at: datetime,
    booked: Sequence[Booked] = (),
) -> list[Transaction]:
    """The transactions to add, given everything booked for that obligation, oldest first.

    The same revision adds nothing. A changed one takes back the standing accrual by a linked
    reversal and books anew what the books should carry (`accrual_minor`: the higher reading);
    a changed assessment that owes nothing is a reversal alone. Where the lines would be the very
    same, the revision still moves on, so that every posting leads to the facts it rests on.
    What was approved or paid meanwhile stays where the new sum covers it; the rest is withdrawn
    or becomes a receivable, and a receivable is set off against what is owed again
    (`unwinding`). `occurred_at` is the event time of the facts. Raises LedgerBroken where the
    books already carry more than one standing accrual.
    """
    stands = standing(booked)
    if stands is not None and stands.revision == revision:
        return []
    lines = _lines(assessment)
    if stands is None and not lines:
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
    position = Position.of(booked)
    transactions: list[Transaction] = []

    def add(step: Step) -> None:
        # The predecessor is part of the identity: facts that change and change back are booked
        # three times, each once.
        before = transactions[-1].transaction_id if transactions else last
        transactions.append(
            Transaction(
                transaction_id=name_uuid(step.kind, obligation.key, revision, before),
                kind=step.kind,
                description=step.description,
                postings=step.postings,
                **shared,
            )
        )

    if stands is not None:
        if stands.postings != lines:
            for step in released(position, "What was expected of the claim is judged anew"):
                add(step)
        taken_back = tuple(line.reversed() for line in stands.postings)
        position.add(taken_back)
        transactions.append(
            Transaction(
                transaction_id=name_uuid("reversal", stands.transaction_id),
                kind="reversal",
                reverses=stands.transaction_id,
                description="Takes back what changed facts or a mended rule replaced",
                postings=taken_back,
                **shared,
            )
        )
    if lines:
        position.add(lines)
        add(Step("accrual", _description(assessment), lines))
    if booked:  # else there is nothing that an accrual could contradict
        for step in unwound(position):
            add(step)
    return transactions


def _lines(assessment: Assessed) -> tuple[Posting, ...]:
    owed = assessment.accrual_minor
    if owed == 0:
        return ()
    regime = assessment.regime
    if assessment.event == "downgrade":
        debit, article = place("refund", regime), "art10"
    else:
        debit = place("compensation", regime)
        article = _ARTICLE.get(assessment.event, "art6")
    credit = place("probable", regime, article)
    return (
        Posting(account=debit, amount_minor=owed, currency=assessment.currency),
        Posting(account=credit, amount_minor=-owed, currency=assessment.currency),
    )


def _description(assessment: Assessed) -> str:
    return (
        f"{assessment.event.replace('_', ' ').capitalize()}: {assessment.citations[0]}, "
        f"{assessment.certainty}"
    )
