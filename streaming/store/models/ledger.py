"""Schema `ledger`: accounts, transactions, postings; append-only, balanced at commit."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.ledger.posting import KINDS
from streaming.store.models.columns import Base, Big, Texts, Time


class Account(Base):
    """The chart of accounts, loaded from the domain's data."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("kind in ('asset', 'liability', 'expense', 'income')", name="kind_known"),
        {"schema": "ledger", "comment": "Grain: one account of the chart."},
    )

    account: Mapped[str] = mapped_column(primary_key=True, comment="Name of the account.")
    kind: Mapped[str] = mapped_column(comment="asset, liability, expense or income.")
    description: Mapped[str] = mapped_column(comment="What is booked there.")
    role: Mapped[str | None] = mapped_column(
        comment="What it does for a claim, whichever law the claim is under."
    )
    regime: Mapped[str | None] = mapped_column(
        comment="The law it serves, eu or uk; null when it serves all."
    )
    article: Mapped[str | None] = mapped_column(
        comment="The article it serves; null when it serves all."
    )


class LedgerTransaction(Base):
    """One balanced transaction; a correction is a reversal that names what it reverses."""

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("sequence"),
        UniqueConstraint("reverses"),
        CheckConstraint(f"kind in ({', '.join(map(repr, KINDS))})", name="kind_known"),
        CheckConstraint("(kind = 'reversal') = (reverses is not null)", name="reversal_linked"),
        Index("ix_transactions_obligation_key", "obligation_key"),
        {"schema": "ledger", "comment": "Grain: one transaction. No update, no delete."},
    )

    transaction_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of obligation, revision and kind: a rerun meets itself."
    )
    sequence: Mapped[Big] = mapped_column(comment="Place in the books: dense, in commit order.")
    kind: Mapped[str] = mapped_column(
        comment="accrual; reversal: takes an earlier transaction back; or a move of the claim."
    )
    obligation_key: Mapped[UUID] = mapped_column(
        comment="The obligation, by derived.passenger_impacts.obligation_key."
    )
    revision: Mapped[str] = mapped_column(comment="That of the assessment that led to it.")
    passenger_ref: Mapped[UUID] = mapped_column(comment="The passenger: a keyed pseudonym.")
    assessment_id: Mapped[UUID] = mapped_column(
        ForeignKey("derived.assessments.assessment_id"), comment="The assessment that led to it."
    )
    reverses: Mapped[UUID | None] = mapped_column(
        ForeignKey("ledger.transactions.transaction_id"),
        comment="The transaction that a reversal takes back.",
    )
    occurred_at: Mapped[Time] = mapped_column(comment="Event time of the facts it books.")
    booked_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When it was booked, by PostgreSQL's clock.",
    )
    description: Mapped[str] = mapped_column(
        comment="What it books, in words: event, article, certainty."
    )
    rulebook: Mapped[str] = mapped_column(
        comment="The law that the assessment applied, e.g. V-UK-2."
    )
    evidence: Mapped[Texts] = mapped_column(comment="Inputs it rests on: log_id/partition/offset.")
    code_version: Mapped[str] = mapped_column(comment="Version of our code that booked it.")
    actor: Mapped[str | None] = mapped_column(
        comment="Who made it, where a person or another system did; null when an assessment did."
    )
    reference: Mapped[str | None] = mapped_column(
        comment="The outside fact that it books: a payment, a statement, an invoice."
    )


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
        ForeignKey("ledger.transactions.transaction_id"),
        primary_key=True,
        comment="The transaction that the line is of.",
    )
    line: Mapped[int] = mapped_column(
        primary_key=True, comment="Number of the line within its transaction, from 1."
    )
    account: Mapped[str] = mapped_column(
        ForeignKey("ledger.accounts.account"), comment="The account that is debited or credited."
    )
    amount_minor: Mapped[Big] = mapped_column(
        comment="Minor units of the currency: debit positive, credit negative."
    )
    currency: Mapped[str] = mapped_column(comment="Currency of the amount, ISO 4217.")


class SealRow(Base):
    """One sealed batch: a Merkle root over its transactions, chained to the seal before it."""

    __tablename__ = "seals"
    __table_args__ = (
        UniqueConstraint("first"),
        UniqueConstraint("head"),
        CheckConstraint("last >= first", name="not_empty"),
        {
            "schema": "ledger",
            "comment": "Grain: one sealed batch of transactions. No update, no delete.",
        },
    )

    number: Mapped[Big] = mapped_column(
        primary_key=True, autoincrement=False, comment="Place in the chain, from 1."
    )
    first: Mapped[Big] = mapped_column(comment="First sequence of the batch.")
    last: Mapped[Big] = mapped_column(comment="Last sequence of the batch, in it.")
    root: Mapped[str] = mapped_column(comment="Merkle root over its leaves.")
    previous: Mapped[str] = mapped_column(comment="Head of the seal before it.")
    head: Mapped[str] = mapped_column(
        comment="SHA-256 over all of these: keep it elsewhere, it vouches for all before it."
    )
    sealed_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )


class SealLeaf(Base):
    """What is kept of a sealed transaction beside the books."""

    __tablename__ = "seal_leaves"
    __table_args__ = (
        UniqueConstraint("transaction_id"),
        Index("ix_seal_leaves_seal", "seal"),
        {
            "schema": "ledger",
            "comment": "Grain: one sealed transaction. No update, no delete.",
        },
    )

    sequence: Mapped[Big] = mapped_column(
        primary_key=True, autoincrement=False, comment="Place of the transaction in the books."
    )
    seal: Mapped[Big] = mapped_column(
        ForeignKey("ledger.seals.number"), comment="The seal it is under."
    )
    transaction_id: Mapped[UUID] = mapped_column(comment="The transaction.")
    digest: Mapped[str] = mapped_column(
        comment="SHA-256 of the transaction and its lines as they were sealed."
    )
