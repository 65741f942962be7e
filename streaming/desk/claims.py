"""Telling a claim what happened: checked, booked and kept in one transaction, or not at all.

An assessment is told to a claim by itself, lazily: whoever acts on a claim, or looks at it, sees
what the law has said by then, and a claim that nobody touches needs no rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.claims import Claim, ClaimEvent, ClaimRefused, apply
from domain.claims.booking import booked
from domain.claims.states import State
from domain.identity import name_uuid
from domain.ledger import Books, LedgerBroken, Obligation, Transaction, chart
from domain.ledger.writing import Basis
from domain.passenger_rights import RightsFacts
from domain.passenger_rights.limitation import limits
from streaming.desk.errors import Behind, RefusedByBooks, UnknownClaim
from streaming.store import claims as stored
from streaming.store.database import Connection
from streaming.store.derive import notify
from streaming.store.derive_ledger import (
    BOOKS,
    already_booked,
    close_the_books_to_others,
    open_accounts,
    write_transactions,
)
from streaming.store.intervals import register_table_log
from streaming.version import code_version

RULES = "rules"


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim with all that the law has said; `unwritten` are assessments it was not told yet, with
    the state after each, `reference` is the newest assessment in its log."""

    claim: Claim
    obligation: Obligation
    unwritten: tuple[tuple[ClaimEvent, State], ...]
    basis: Basis
    reference: str
    number: int


def standing(connection: Connection, obligation_key: UUID) -> Standing:
    """Where a claim stands now. Raises UnknownClaim."""
    obligation = stored.obligation_of(connection, obligation_key)
    told = stored.assessments_told(connection, obligation_key)
    if obligation is None or not told:
        raise UnknownClaim(obligation_key)
    written = stored.events_of(connection, obligation_key)
    known = {event.event_id for event in written}
    claim = Claim(obligation_key)
    for event in written:
        claim = apply(claim, event)
    unwritten: list[tuple[ClaimEvent, State]] = []
    for event in (_heard(obligation_key, one) for one in told):
        if event.event_id not in known:
            claim = apply(claim, event)
            unwritten.append((event, claim.state))
    newest = told[-1]
    basis = Basis(newest.revision, newest.rulebook)
    number = len(written) + 1
    return Standing(claim, obligation, tuple(unwritten), basis, newest.reference, number)


def tell(connection: Connection, event: ClaimEvent) -> Claim:
    """The claim after the event; told twice it is told once.

    Raises UnknownClaim, Behind, IllegalMove and ClaimRefused, and RefusedByBooks; then nothing is
    written.
    """
    with connection.transaction():
        hold(connection)
        return told(connection, event)


def hold(connection: Connection) -> None:
    """Nobody else moves money or claims until this transaction ends."""
    close_the_books_to_others(connection)


def told(connection: Connection, event: ClaimEvent) -> Claim:
    """As `tell`, within a transaction that holds the books."""
    now = standing(connection, event.obligation_key)
    if not stored.is_booked(connection, event.obligation_key):
        raise Behind(event.obligation_key)
    claim = apply(now.claim, event)
    if claim is now.claim:
        return claim
    if event.kind == "expire":
        _require_lapsed(connection, event)
    carried = already_booked(connection, [event.obligation_key]).get(event.obligation_key, [])
    try:
        made = booked(now.claim, event, Books(now.obligation, carried, now.basis))
    except LedgerBroken as refused:
        raise RefusedByBooks(str(refused)) from refused
    states = (*now.unwritten, (event, claim.state))
    rows = [(one, state, (now.reference,)) for one, state in states]
    first = stored.write_events(connection, rows, now.number, code_version())
    place = first + len(rows) - 1
    post(connection, made, place)
    return claim


def _require_lapsed(connection: Connection, event: ClaimEvent) -> None:
    """Raises ClaimRefused while a court may still hear it, or nobody can say that none does."""
    facts = RightsFacts.model_validate(stored.facts_of(connection, event.obligation_key))
    found = limits(facts, event.occurred_at.date())
    if not found or not all(one.may_write_off for one in found):
        said = "; ".join(map(str, found)) or "its places are not known"
        raise ClaimRefused(f"written off is only what no court would hear any more: {said}")


def post(connection: Connection, made: Sequence[Transaction], place: int) -> None:
    """Book what a claim event at this place of its log leads to, and let the seals know."""
    if not made:
        return
    log = register_table_log(connection, stored.EVENTS)
    enter(connection, [(one, (f"{log}/0/{place}",)) for one in made])


def enter(connection: Connection, made: Sequence[tuple[Transaction, tuple[str, ...]]]) -> None:
    """Book transactions, each with its evidence, and let the seals know."""
    open_accounts(connection, chart())
    write_transactions(connection, made, code_version())
    notify(connection, "derived", BOOKS)


def _heard(obligation_key: UUID, told: stored.Told) -> ClaimEvent:
    """An assessment as an event of its claim."""
    kind = "assess_owed" if told.amount_max_minor else "assess_not_owed"
    return ClaimEvent(
        event_id=name_uuid("claim assessed", told.assessment_id),
        obligation_key=obligation_key,
        kind="assess_undecided" if told.needs else kind,
        occurred_at=told.as_of,
        actor=RULES,
        role="rules",
        amount_minor=told.amount_max_minor,
        currency=told.currency,
        revision=told.revision,
        regime=told.regime,
    )
