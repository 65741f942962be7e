"""What care costs becomes transactions: booked once, as owed or as goodwill."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.identity import name_uuid
from domain.ledger import Basis, Booked, Books, Obligation, Occasion, Transaction, account, besides
from domain.passengers.care import BOOKED, Counts, Entitlement, Given, counts, ground


class Spent(NamedTuple):
    """How one piece of care counts, what it adds to the books, and what it rests on."""

    counts: Counts
    added: tuple[Transaction, ...]
    on: Entitlement | None


def spend(
    obligation: Obligation,
    carried: Sequence[Booked],
    given: Given,
    entitlements: Sequence[Entitlement],
) -> Spent:
    """Book one care event on what the obligation carries already.

    What was owed when it was booked stays so, whatever the assessment says later (CO-16); goodwill
    that turns out to have been owed becomes care.
    """
    on, says = ground(given.care, entitlements), counts(given, entitlements)
    if on is None or given.amount_minor == 0:
        return Spent(says, (), on)
    basis = Basis(on.revision, on.rulebook, on.assessment_id)
    books = Books(obligation, carried, basis)
    occasion = Occasion(given.at, str(given.event_id), given.supplier)
    what = (books, on.regime, given.amount_minor, given.currency, occasion)
    before = _booked_as(obligation, carried, given)
    if before is None:
        if says not in BOOKED:
            return Spent(says, (), on)
        words = f"{given.care.capitalize()} {'by receipt' if given.is_receipt else 'given'}"
        words += " (Art 9)" if says == "within" else ", beyond Art 9"
        return Spent(says, tuple(besides.care(*what, words, entitled=says == "within")), on)
    if before == "beyond" and says == "within":
        return Spent(says, tuple(besides.care_entitled(*what)), on)
    return Spent(before, (), on)


def _booked_as(obligation: Obligation, carried: Sequence[Booked], given: Given) -> Counts | None:
    known = {entry.transaction_id: entry for entry in carried}
    first, after = (
        known.get(name_uuid(kind, obligation.key, str(given.event_id)))
        for kind in ("care", "reclassification")
    )
    if first is None:
        return None
    goodwill = any(account(line.account).role == "goodwill" for line in first.postings)
    return "beyond" if goodwill and after is None else "within"
