"""Schema `outbox`: what waits to be published on Kafka; written with the facts it announces."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Time


class OutboxEntry(Base):
    """One message to be; the relay numbers visible entries, then publishes them in that order.

    Numbers are given after commit, by the one relay, so a transaction that commits late is
    numbered late and none is passed over. The number travels as a header of the message.
    """

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_unnumbered", "created_at", postgresql_where=text("sequence is null")),
        Index("uq_entries_sequence", "sequence", unique=True),
        {"schema": "outbox", "comment": "Grain: one message to publish; pruned once published."},
    )

    entry_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="Id of the message: that of its event."
    )
    topic: Mapped[str] = mapped_column(comment="Topic that it goes to.")
    key: Mapped[str] = mapped_column(comment="Key of the record to be.")
    value: Mapped[bytes] = mapped_column(
        LargeBinary, comment="Event as JSON, sealed where personal."
    )
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="Headers of the record to be.")
    created_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When it was put here, by PostgreSQL's clock.",
    )
    sequence: Mapped[int | None] = mapped_column(
        BigInteger, comment="Order of publishing, given by the relay; null until then."
    )
