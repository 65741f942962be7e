"""Where a claim stands: the state, and what its events told so far."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.claims.events import Channel, ClaimEvent
from domain.claims.states import START, State


@dataclass(frozen=True, slots=True)
class Excuse:
    """An extraordinary circumstance put forward; it counts once a second person approved it."""

    cause: str
    proposed_by: str
    documents: tuple[str, ...] = ()
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A case before somebody else; `due_at` is when our answer is due there."""

    channel: Channel
    body: str
    opened_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Agency:
    """Who acts for the passenger, by which mandate, and whether the money may go there."""

    agency_ref: UUID
    mandate_sha256: str
    may_collect: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim after some events; amounts in minor units of `currency`."""

    obligation_key: UUID
    state: State = START
    regime: str | None = None
    revision: str | None = None
    owed_minor: int = 0
    currency: str | None = None
    approved_minor: int = 0
    paid_minor: int = 0
    settled_minor: int | None = None
    excuse: Excuse | None = None
    dispute: Dispute | None = None
    agency: Agency | None = None
    claimed_at: datetime | None = None
    final_reply_at: datetime | None = None
    history: tuple[ClaimEvent, ...] = ()

    @property
    def payee_agency(self) -> UUID | None:
        """The agency that is to be paid, or None: the passenger is."""
        if self.agency is None or not self.agency.may_collect:
            return None
        return self.agency.agency_ref
