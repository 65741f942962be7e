"""Schema `claims`: what people, banks and courts did about an obligation, append-only."""

from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, MaybeTime, Time
from streaming.store.models.derived import Derived


class ClaimEventRow(Derived, Base):
    """One event of one claim, in the order it was accepted; fields of `domain.claims`."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("obligation_key", "number"),
        CheckConstraint("number > 0", name="number_natural"),
        CheckConstraint("amount_minor >= 0", name="amount_natural"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso"),
        {"schema": "claims", "comment": "Grain: one event of one claim. No update, no delete."},
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True, comment="The event, once.")
    obligation_key: Mapped[UUID] = mapped_column(
        comment="The obligation, by derived.passenger_impacts.obligation_key."
    )
    number: Mapped[int] = mapped_column(
        comment="Place among the events of its claim, from 1: of two at once one is refused."
    )
    kind: Mapped[str] = mapped_column(comment="A move or a note of domain/claims/data.")
    state: Mapped[str] = mapped_column(comment="The state of the claim after it (LE-03).")
    occurred_at: Mapped[Time] = mapped_column(comment="When it happened, UTC.")
    actor: Mapped[str] = mapped_column(comment="Who did it, by their own id, never a name.")
    role: Mapped[str] = mapped_column(comment="As what they did it: agent, passenger, bank, ...")
    amount_minor: Mapped[Big | None] = mapped_column(comment="Minor units, where it names a sum.")
    currency: Mapped[str | None] = mapped_column(comment="Currency of the sum, ISO 4217.")
    revision: Mapped[str | None] = mapped_column(comment="That of the assessment it tells of.")
    regime: Mapped[str | None] = mapped_column(comment="The law of that assessment, eu or uk.")
    reason: Mapped[str | None] = mapped_column(comment="Why, in words for the file.")
    reference: Mapped[str | None] = mapped_column(comment="Payment or paper that it rests on.")
    cause: Mapped[str | None] = mapped_column(comment="Cause that is put forward as an excuse.")
    document_sha256: Mapped[str | None] = mapped_column(
        comment="A document by its hash; what it says rests elsewhere, sealed."
    )
    channel: Mapped[str | None] = mapped_column(comment="Where a dispute is: adr, court, ...")
    body: Mapped[str | None] = mapped_column(comment="The body that hears the dispute.")
    due_at: Mapped[MaybeTime] = mapped_column(comment="When our answer is due there, UTC.")
    agency_ref: Mapped[UUID | None] = mapped_column(comment="Who acts for the passenger.")
    may_collect: Mapped[bool] = mapped_column(comment="Whether the money may go to the agency.")
