"""Seal the books in batches, and let them hold the whole way of a claim."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KINDS = (
    "accrual",
    "reversal",
    "reclassification",
    "withdrawal",
    "receivable",
    "set_off",
    "provision",
    "provision_release",
    "contingent",
    "approval",
    "scheduling",
    "sending",
    "payment",
    "payment_return",
    "voucher",
    "voucher_use",
    "voucher_lapse",
    "write_off",
    "reinstatement",
    "care",
    "refund",
    "judgment",
    "recovery",
    "recovery_receipt",
    "recovery_loss",
    "repayment",
    "goodwill",
)
ACCOUNT_COLUMNS = {
    "role": "What it does for a claim, whichever law the claim is under.",
    "regime": "The law it serves, eu or uk; null when it serves all.",
    "article": "The article it serves; null when it serves all.",
}
TRANSACTION_COLUMNS = {
    "actor": "Who made it, where a person or another system did; null when an assessment did.",
    "reference": "The outside fact that it books: a payment, a statement, an invoice.",
}
APPEND_ONLY = ("seals", "seal_leaves")


def upgrade() -> None:
    for name, comment in ACCOUNT_COLUMNS.items():
        op.add_column(
            "accounts", sa.Column(name, sa.Text(), nullable=True, comment=comment), schema="ledger"
        )
    for name, comment in TRANSACTION_COLUMNS.items():
        op.add_column(
            "transactions",
            sa.Column(name, sa.Text(), nullable=True, comment=comment),
            schema="ledger",
        )
    _kinds(KINDS)
    _comment_kind("accrual; reversal: takes an earlier transaction back; or a move of the claim.")
    op.create_table(
        "seals",
        sa.Column(
            "number",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Place in the chain, from 1.",
        ),
        sa.Column("first", sa.BigInteger(), nullable=False, comment="First sequence of the batch."),
        sa.Column(
            "last", sa.BigInteger(), nullable=False, comment="Last sequence of the batch, in it."
        ),
        sa.Column("root", sa.Text(), nullable=False, comment="Merkle root over its leaves."),
        sa.Column("previous", sa.Text(), nullable=False, comment="Head of the seal before it."),
        sa.Column(
            "head",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over all of these: keep it elsewhere, it vouches for all before it.",
        ),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When the row was written, by PostgreSQL's clock.",
        ),
        sa.CheckConstraint("last >= first", name=op.f("ck_seals_not_empty")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seals")),
        sa.UniqueConstraint("first", name=op.f("uq_seals_first")),
        sa.UniqueConstraint("head", name=op.f("uq_seals_head")),
        schema="ledger",
        comment="Grain: one sealed batch of transactions. No update, no delete.",
    )
    op.create_table(
        "seal_leaves",
        sa.Column(
            "sequence",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Place of the transaction in the books.",
        ),
        sa.Column("seal", sa.BigInteger(), nullable=False, comment="The seal it is under."),
        sa.Column("transaction_id", sa.Uuid(), nullable=False, comment="The transaction."),
        sa.Column(
            "digest",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of the transaction and its lines as they were sealed.",
        ),
        sa.ForeignKeyConstraint(
            ["seal"], ["ledger.seals.number"], name=op.f("fk_seal_leaves_seal_seals")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_seal_leaves")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_seal_leaves_transaction_id")),
        schema="ledger",
        comment="Grain: one sealed transaction. No update, no delete.",
    )
    op.create_index("ix_seal_leaves_seal", "seal_leaves", ["seal"], schema="ledger")
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only"
            f" before update or delete or truncate on ledger.{table}"
            " for each statement execute function ledger.refuse_change()"
        )
        op.execute(f"grant select, insert on ledger.{table} to knockon_assets")
        op.execute(f"grant select on ledger.{table} to knockon_dbt")


def downgrade() -> None:
    for table in reversed(APPEND_ONLY):
        op.drop_table(table, schema="ledger")
    _kinds(("accrual", "reversal"))
    _comment_kind("accrual, or reversal: takes an earlier transaction back.")
    for table, columns in (("transactions", TRANSACTION_COLUMNS), ("accounts", ACCOUNT_COLUMNS)):
        for name in columns:
            op.drop_column(table, name, schema="ledger")


def _kinds(known: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_transactions_kind_known"), "transactions", schema="ledger")
    op.create_check_constraint(
        op.f("ck_transactions_kind_known"),
        "transactions",
        f"kind in ({', '.join(repr(kind) for kind in known)})",
        schema="ledger",
    )


def _comment_kind(comment: str) -> None:
    op.alter_column("transactions", "kind", comment=comment, schema="ledger")
