"""Schema `keyring`: wrapped data keys and who opened what; destroying a row's key is erasure."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, MaybeTime, Time


class DataKey(Base):
    """The data key of one subject (a passenger, or one dead letter), wrapped by the master key."""

    __tablename__ = "data_keys"
    __table_args__ = (
        CheckConstraint("subject_kind in ('passenger', 'dead_letter')", name="subject_kind_known"),
        CheckConstraint(
            "(wrapped_key is null) = (destroyed_at is not null)", name="destroyed_has_no_key"
        ),
        {
            "schema": "keyring",
            "comment": "Grain: one subject; a destroyed key stays as a tombstone.",
        },
    )

    subject: Mapped[UUID] = mapped_column(
        primary_key=True, comment="passenger_ref or dead_letter_id."
    )
    subject_kind: Mapped[str]
    master_key_id: Mapped[str]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Time] = mapped_column(server_default=text("now()"))
    destroyed_at: Mapped[MaybeTime]


class KeyAccess(Base):
    """Who asked for plaintext, of whom, and why; append-only."""

    __tablename__ = "accesses"
    __table_args__ = (
        Index("ix_accesses_subject", "subject"),
        {"schema": "keyring", "comment": "Grain: one opening, or refused opening, of sealed data."},
    )

    access_id: Mapped[Big] = mapped_column(Identity(always=True), primary_key=True)
    subject: Mapped[UUID]
    actor: Mapped[str]
    purpose: Mapped[str]
    granted: Mapped[bool]
    accessed_at: Mapped[Time] = mapped_column(server_default=text("clock_timestamp()"))
