"""What an event of a claim books: from the claim before it and the books to transactions.

Assessments are booked by `ledger.book`, and what the bank did by `payments.booking`: here are the
moves that people make.
"""

from collections.abc import Callable

from domain.claims.claim import Claim
from domain.claims.events import ClaimEvent
from domain.ledger import Books, LedgerBroken, Occasion, Transaction, besides, moves


def booked(claim: Claim, event: ClaimEvent, books: Books) -> list[Transaction]:
    """The transactions to add for an event that `claim` accepted; none where no money moves.

    The event is the occasion, so told twice it is booked once. Raises LedgerBroken where the
    books do not have what the claim says.
    """
    found = _BOOKS.get(event.kind)
    if found is None:
        return []
    occasion = Occasion(event.occurred_at, str(event.event_id), event.actor)
    return found(claim, event, books, occasion)


def _claimed(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    return moves.claimed(books, occasion)


def _approved(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    assert event.amount_minor is not None and event.currency is not None  # noqa: PT018 - `needs`
    return moves.approve(books, event.amount_minor, event.currency, occasion)


def _scheduled(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    """What came back from the bank is payable still: there is nothing to schedule."""
    if claim.currency is None or claim.state == "returned":
        return []
    return moves.schedule(books, claim.approved_minor, claim.currency, occasion)


def _withdrawn(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    if claim.currency is None:
        return []
    position = books.position
    if position.credit("in-transit", claim.currency):
        raise LedgerBroken("the bank has this payment: wait for its answer, then withdraw")
    there = position.credit("approved", claim.currency) + position.credit("payable", claim.currency)
    return moves.withdraw(books, there, claim.currency, occasion) if there else []


def _settled(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    """The rest is let go; it comes back if the settlement is reopened (NO-03)."""
    assert event.amount_minor is not None and event.currency is not None  # noqa: PT018 - `needs`
    rest = books.position.open_minor(event.currency) - event.amount_minor
    if rest <= 0:
        return []
    why = f"Settled below: {event.reason}"
    return moves.write_off(books, rest, event.currency, why, occasion)


def _contested(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    if claim.currency is None or claim.regime is None:
        return []
    let_go = books.position.credit("write-off", claim.currency)
    if claim.state == "settled_below" and let_go:
        return moves.reinstate(books, let_go, claim.currency, occasion)
    if claim.state in ("excused", "not_owed") and event.amount_minor:
        return besides.contingent(books, claim.regime, event.amount_minor, claim.currency, occasion)
    return []


def _decided(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    """Nothing is contingent any more: it is owed, by a new assessment, or it is not."""
    if claim.currency is None or claim.regime is None:
        return []
    return besides.contingent(books, claim.regime, 0, claim.currency, occasion)


def _expired(
    claim: Claim, event: ClaimEvent, books: Books, occasion: Occasion
) -> list[Transaction]:
    if claim.currency is None:
        return []
    left = books.position.open_minor(claim.currency)
    why = f"Limitation: {event.reason}"
    return moves.write_off(books, left, claim.currency, why, occasion) if left else []


_Booking = Callable[[Claim, ClaimEvent, Books, Occasion], list[Transaction]]
_BOOKS: dict[str, _Booking] = {
    "claim": _claimed,
    "approve": _approved,
    "schedule": _scheduled,
    "withdraw": _withdrawn,
    "settle": _settled,
    "contest": _contested,
    "sue": _contested,
    "concede": _decided,
    "refuse_finally": _decided,
    "decide_for_passenger": _decided,
    "decide_for_carrier": _decided,
    "expire": _expired,
}
