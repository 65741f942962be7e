"""Schema `payments`: what was instructed, in which batch it left, and what banks said."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Json, Time

STATUSES = ("made", "sent", "accepted", "executed", "rejected", "returned")
UNDER_WAY = ("made", "sent", "accepted")
_NOW = text("clock_timestamp()")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(map(repr, words))})"


class BatchRow(Base):
    """What one file asks the bank to do: one account, one currency, one day."""

    __tablename__ = "batches"
    __table_args__ = (
        {"schema": "payments", "comment": "Grain: one batch that left for the bank."},
    )

    batch_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of account and instructions; the message id of the file."
    )
    debtor: Mapped[str] = mapped_column(comment="Our account that pays, by its own name.")
    currency: Mapped[str] = mapped_column(comment="Currency of all its payments, ISO 4217.")
    due_on: Mapped[date] = mapped_column(comment="Day on which the bank is to pay.")
    created_at: Mapped[Time] = mapped_column(
        comment="The time that its file carries: written again, it is the same file."
    )
    created_by: Mapped[str] = mapped_column(comment="Who exported it, by their own id.")
    format: Mapped[str] = mapped_column(comment="pain.001 or csv.")
    file_sha256: Mapped[str] = mapped_column(
        comment="Hash of its file: written again, it must be the same."
    )


class InstructionRow(Base):
    """One payment of one obligation."""

    __tablename__ = "instructions"
    __table_args__ = (
        UniqueConstraint("obligation_key", "attempt"),
        CheckConstraint(_one_of("status", STATUSES), name="status_known"),
        CheckConstraint("(status = 'made') <= (batch_id is null)", name="made_is_not_sent"),
        CheckConstraint("owed_minor > 0 and pay_minor > 0", name="amounts_positive"),
        Index(
            "ix_instructions_one_under_way",
            "obligation_key",
            unique=True,
            postgresql_where=text(_one_of("status", UNDER_WAY)),
        ),
        Index("ix_instructions_made", "due_on", postgresql_where=text("status = 'made'")),
        Index("ix_instructions_batch_id", "batch_id"),
        {"schema": "payments", "comment": "Grain: one attempt to pay one obligation."},
    )

    instruction_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of obligation and attempt; the end-to-end id at the bank."
    )
    obligation_key: Mapped[UUID] = mapped_column(comment="The obligation that it discharges.")
    passenger_ref: Mapped[UUID] = mapped_column(
        comment="The passenger, under whose key the details are sealed."
    )
    attempt: Mapped[int] = mapped_column(comment="From 1; a further one after the last came back.")
    owed_minor: Mapped[Big] = mapped_column(comment="What it discharges, minor units.")
    owed_currency: Mapped[str] = mapped_column(comment="Currency of that, ISO 4217.")
    pay_minor: Mapped[Big] = mapped_column(comment="What is paid, minor units.")
    pay_currency: Mapped[str] = mapped_column(comment="Currency of that, ISO 4217.")
    rate: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="The rate between the two with day, source and policy; null at par."
    )
    due_on: Mapped[date] = mapped_column(comment="Day on which the bank is to pay.")
    details: Mapped[bytes] = mapped_column(comment="Bank details under the passenger's data key.")
    status: Mapped[str] = mapped_column(comment="How far it is known to be.")
    batch_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payments.batches.batch_id"), comment="The batch that it left in, once."
    )


class StatusRow(Base):
    """What became of an instruction, in order."""

    __tablename__ = "statuses"
    __table_args__ = (
        CheckConstraint(_one_of("status", STATUSES), name="status_known"),
        {"schema": "payments", "comment": "Grain: one step of one instruction. No update."},
    )

    instruction_id: Mapped[UUID] = mapped_column(
        ForeignKey("payments.instructions.instruction_id"), primary_key=True, comment="Of which."
    )
    status: Mapped[str] = mapped_column(primary_key=True, comment="What it became.")
    reference: Mapped[str] = mapped_column(comment="The fact behind it: a batch, the bank's word.")
    reason: Mapped[str] = mapped_column(comment="The bank's or our words for it; may be empty.")
    told_at: Mapped[Time] = mapped_column(server_default=_NOW, comment="When we heard of it.")


class BankFile(Base):
    """A file of a bank that was read."""

    __tablename__ = "bank_files"
    __table_args__ = ({"schema": "payments", "comment": "Grain: one file of a bank, by its hash."},)

    sha256: Mapped[str] = mapped_column(primary_key=True, comment="Of its bytes.")
    kind: Mapped[str] = mapped_column(comment="pain.002 or camt.054.")
    read_by: Mapped[str] = mapped_column(comment="Who read it in, by their own id.")
    read_at: Mapped[Time] = mapped_column(server_default=_NOW, comment="When.")


class MovementRow(Base):
    """A movement on our account that was matched, so that it is never matched again."""

    __tablename__ = "movements"
    __table_args__ = ({"schema": "payments", "comment": "Grain: one movement on our account."},)

    movement_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="Computed from what the bank tells of it."
    )
    sha256: Mapped[str] = mapped_column(
        ForeignKey("payments.bank_files.sha256"), comment="The file that told of it first."
    )
    outgoing: Mapped[bool] = mapped_column(comment="Whether it left our account.")
    minor: Mapped[Big] = mapped_column(comment="Minor units of its currency.")
    currency: Mapped[str] = mapped_column(comment="ISO 4217.")
    booked_on: Mapped[date] = mapped_column(comment="The bank's day of booking.")


class UnmatchedRow(Base):
    """What a bank told that we cannot place: for a person."""

    __tablename__ = "unmatched"
    __table_args__ = ({"schema": "payments", "comment": "Grain: one answer that nobody expected."},)

    unmatched_id: Mapped[UUID] = mapped_column(primary_key=True, comment="UUIDv5 of all it says.")
    sha256: Mapped[str] = mapped_column(
        ForeignKey("payments.bank_files.sha256"), comment="The file that it is from."
    )
    told: Mapped[Json] = mapped_column(comment="The answer or movement, field by field.")
    why: Mapped[str] = mapped_column(comment="Why it could not be placed.")
    seen_by: Mapped[str | None] = mapped_column(comment="Who has looked at it; null while open.")
    seen_note: Mapped[str | None] = mapped_column(comment="What they found.")
