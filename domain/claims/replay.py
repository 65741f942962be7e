"""From events to where a claim stands; what may not happen is refused, with what may."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from domain.claims.claim import Agency, Claim, Dispute, Excuse
from domain.claims.errors import ClaimRefused
from domain.claims.events import ClaimEvent
from domain.claims.states import following


def replay(events: Iterable[ClaimEvent]) -> Claim:
    """The claim after its events, in the order they were accepted.

    Raises IllegalMove, or ClaimRefused where no event is given or they are of several claims.
    """
    claim: Claim | None = None
    for event in events:
        claim = apply(claim or Claim(event.obligation_key), event)
    if claim is None:
        raise ClaimRefused("a claim begins with an event: there is none")
    return claim


def apply(claim: Claim, event: ClaimEvent) -> Claim:
    """The claim after one more event. An event told twice changes nothing.

    Raises IllegalMove where state or role forbid it, and ClaimRefused where what is told does not
    fit the claim.
    """
    if event.obligation_key != claim.obligation_key:
        raise ClaimRefused(f"event {event.event_id} is of another obligation")
    for known in claim.history:
        if known.event_id == event.event_id:
            if known != event:
                raise ClaimRefused(f"event {event.event_id} was told otherwise before")
            return claim
    state = following(claim.state, event.kind, event.role)
    if event.role == "agency" and event.kind != "agency_appointed":
        _needs_mandate(claim, event)
    told = _TOLD.get(event.kind, _nothing)(claim, event)
    return replace(told, state=state, history=(*claim.history, event))


def _nothing(claim: Claim, event: ClaimEvent) -> Claim:
    return claim


def _needs_mandate(claim: Claim, event: ClaimEvent) -> None:
    if claim.agency is None or str(claim.agency.agency_ref) != event.actor:
        raise ClaimRefused(f"{event.actor} has no mandate of the passenger: appoint it first")


def _assessed(claim: Claim, event: ClaimEvent) -> Claim:
    # An approved excuse stands for the facts it was approved on: owed again means a new one.
    excuse = None if event.kind == "assess_owed" and claim.state == "excused" else claim.excuse
    approved, owed = claim.approved_minor, event.amount_minor or 0
    if claim.state in ("approved", "returned"):  # not with the bank: less is owed, less approved
        approved = min(approved, max(owed - claim.paid_minor, 0))
    return replace(
        claim,
        approved_minor=approved,
        regime=event.regime,
        revision=event.revision,
        owed_minor=owed,
        currency=event.currency or claim.currency,
        excuse=excuse,
    )


def _claimed(claim: Claim, event: ClaimEvent) -> Claim:
    return replace(claim, claimed_at=claim.claimed_at or event.occurred_at)


def _approved(claim: Claim, event: ClaimEvent) -> Claim:
    limit = _due(claim) - claim.paid_minor
    assert event.amount_minor is not None  # `needs`
    if event.currency != claim.currency or not 0 < event.amount_minor <= limit:
        raise ClaimRefused(
            f"{event.amount_minor} {event.currency} cannot be approved: "
            f"{limit} {claim.currency} is owed and not paid (minor units)"
        )
    return replace(claim, approved_minor=event.amount_minor)


def _paid(claim: Claim, event: ClaimEvent) -> Claim:
    return replace(claim, paid_minor=claim.paid_minor + claim.approved_minor)


def _given_back(claim: Claim, event: ClaimEvent) -> Claim:
    # Before it was executed nothing was paid. What is owed may have shrunk while the bank had it.
    back = claim.approved_minor if claim.state == "paid" else 0
    paid = claim.paid_minor - back
    left = min(claim.approved_minor, max(_due(claim) - paid, 0))
    return replace(claim, paid_minor=paid, approved_minor=left)


def _scheduled(claim: Claim, event: ClaimEvent) -> Claim:
    if claim.approved_minor == 0:
        raise ClaimRefused("nothing that was approved is left to pay: withdraw it")
    return claim


def _due(claim: Claim) -> int:
    return claim.owed_minor if claim.settled_minor is None else claim.settled_minor


def _taken_back(claim: Claim, event: ClaimEvent) -> Claim:
    return replace(claim, approved_minor=0)


def _settled(claim: Claim, event: ClaimEvent) -> Claim:
    assert event.amount_minor is not None  # `needs`
    if event.currency != claim.currency or event.amount_minor >= claim.owed_minor:
        raise ClaimRefused("a settlement is below what is owed, in its currency: approve the rest")
    return replace(claim, settled_minor=event.amount_minor)


def _unsettled(claim: Claim, event: ClaimEvent) -> Claim:
    """A settlement after wrong information can be reopened (NO-03)."""
    return replace(claim, settled_minor=None)


def _proposed(claim: Claim, event: ClaimEvent) -> Claim:
    assert event.cause is not None  # `needs`
    return replace(claim, excuse=Excuse(event.cause, event.actor))


def _documented(claim: Claim, event: ClaimEvent) -> Claim:
    assert event.document_sha256 is not None  # `needs`
    if claim.excuse is None:
        raise ClaimRefused("no excuse is proposed that a document could prove")
    documents = tuple(dict.fromkeys((*claim.excuse.documents, event.document_sha256)))
    return replace(claim, excuse=replace(claim.excuse, documents=documents))


def _excuse_refused(claim: Claim, event: ClaimEvent) -> Claim:
    if claim.excuse is None:
        raise ClaimRefused("no excuse is proposed that could be refused")
    return replace(claim, excuse=None)


def _excused(claim: Claim, event: ClaimEvent) -> Claim:
    """LE-12: proposed, proven by documents, approved by a second person."""
    if claim.excuse is None:
        raise ClaimRefused("no excuse is proposed: it stays owed")
    if not claim.excuse.documents:
        raise ClaimRefused("an excuse is proven by documents: there is none")
    if _person(event.actor) == _person(claim.excuse.proposed_by):
        raise ClaimRefused(f"{event.actor} proposed this excuse: a second person approves it")
    return replace(claim, excuse=replace(claim.excuse, approved_by=event.actor))


def _person(actor: str) -> str:
    return actor.strip().casefold()


def _disputed(claim: Claim, event: ClaimEvent) -> Claim:
    assert event.channel is not None and event.body is not None  # noqa: PT018 - `needs`
    dispute = Dispute(event.channel, event.body, event.occurred_at, event.due_at)
    return replace(claim, dispute=dispute)


def _replied(claim: Claim, event: ClaimEvent) -> Claim:
    return replace(claim, final_reply_at=event.occurred_at)


def _appointed(claim: Claim, event: ClaimEvent) -> Claim:
    assert event.agency_ref is not None and event.document_sha256 is not None  # noqa: PT018
    if event.role == "agency" and event.actor != str(event.agency_ref):
        raise ClaimRefused("an agency shows its own mandate, not that of another")
    if claim.agency is not None and claim.agency.agency_ref != event.agency_ref:
        raise ClaimRefused(f"{claim.agency.agency_ref} acts for the passenger: dismiss it first")
    return replace(claim, agency=Agency(event.agency_ref, event.document_sha256, event.may_collect))


def _dismissed(claim: Claim, event: ClaimEvent) -> Claim:
    if claim.agency is None or claim.agency.agency_ref != event.agency_ref:
        raise ClaimRefused(f"{event.agency_ref} does not act for the passenger")
    return replace(claim, agency=None)


_TOLD: dict[str, Callable[[Claim, ClaimEvent], Claim]] = {
    "assess_undecided": _assessed,
    "assess_owed": _assessed,
    "assess_not_owed": _assessed,
    "claim": _claimed,
    "approve": _approved,
    "schedule": _scheduled,
    "pay": _paid,
    "give_back": _given_back,
    "withdraw": _taken_back,
    "reopen": _taken_back,
    "settle": _settled,
    "contest": _unsettled,
    "sue": _unsettled,
    "excuse_proposed": _proposed,
    "excuse_documented": _documented,
    "excuse_refused": _excuse_refused,
    "excuse": _excused,
    "dispute_opened": _disputed,
    "final_reply_sent": _replied,
    "refuse_finally": _replied,
    "agency_appointed": _appointed,
    "agency_dismissed": _dismissed,
}
