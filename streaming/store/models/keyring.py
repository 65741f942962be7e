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
    subject_kind: Mapped[str] = mapped_column(comment="passenger or dead_letter.")
    master_key_id: Mapped[str] = mapped_column(comment="Which master key wraps it.")
    wrapped_key: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="The data key, wrapped (AES-256-GCM); null once destroyed."
    )
    created_at: Mapped[Time] = mapped_column(
        server_default=text("now()"), comment="When the key was made."
    )
    destroyed_at: Mapped[MaybeTime] = mapped_column(
        comment="When the key was destroyed: the subject is erased since."
    )


class KeyAccess(Base):
    """Who asked for plaintext, of whom, and why; append-only."""

    __tablename__ = "accesses"
    __table_args__ = (
        Index("ix_accesses_subject", "subject"),
        {"schema": "keyring", "comment": "Grain: one opening, or refused opening, of sealed data."},
    )

    access_id: Mapped[Big] = mapped_column(
        Identity(always=True), primary_key=True, comment="Number of the access."
    )
    subject: Mapped[UUID] = mapped_column(
        comment="Whose plaintext was asked for: passenger_ref or dead_letter_id."
    )
    actor: Mapped[str] = mapped_column(comment="Who asked.")
    purpose: Mapped[str] = mapped_column(comment="Why, in the words of who asked.")
    granted: Mapped[bool] = mapped_column(comment="Whether there was a key to open it with.")
    accessed_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"), comment="When it was asked for."
    )
