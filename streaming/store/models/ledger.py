"""Schema `ledger`: accounts, transactions, postings; append-only, balanced at commit."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Texts, Time


class Account(Base):
    """The chart of accounts, loaded from the domain's data."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("kind in ('asset', 'liability', 'expense', 'income')", name="kind_known"),
        {"schema": "ledger", "comment": "Grain: one account of the chart."},
    )

    account: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    description: Mapped[str]


class LedgerTransaction(Base):
    """One balanced transaction; a correction is a reversal that names what it reverses."""

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("sequence"),
        UniqueConstraint("reverses"),
        CheckConstraint("kind in ('accrual', 'reversal')", name="kind_known"),
        CheckConstraint("(kind = 'reversal') = (reverses is not null)", name="reversal_linked"),
        Index("ix_transactions_obligation_key", "obligation_key"),
        {"schema": "ledger", "comment": "Grain: one transaction. No update, no delete."},
    )

    transaction_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of obligation, revision and kind: a rerun meets itself."
    )
    sequence: Mapped[Big]
    kind: Mapped[str]
    obligation_key: Mapped[UUID]
    revision: Mapped[str]
    passenger_ref: Mapped[UUID]
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("derived.assessments.assessment_id"))
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.transactions.transaction_id"))
    occurred_at: Mapped[Time] = mapped_column(comment="Event time of the facts it books.")
    booked_at: Mapped[Time] = mapped_column(server_default=text("clock_timestamp()"))
    description: Mapped[str]
    rulebook: Mapped[str]
    evidence: Mapped[Texts]
    code_version: Mapped[str]


class Posting(Base):
    """One line of a transaction in minor units: debit positive, credit negative."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso"),
        Index("ix_postings_account", "account"),
        {"schema": "ledger", "comment": "Grain: one line of one transaction."},
    )

    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("ledger.transactions.transaction_id"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("ledger.accounts.account"))
    amount_minor: Mapped[Big]
    currency: Mapped[str]
