"""Keep under which rules all was assessed again, and what came of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "reassessments",
        sa.Column("sweep_id", sa.Uuid(), nullable=False, comment="Its id."),
        sa.Column(
            "digests",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="The rulebooks that were asked, by rulebook_digest.",
        ),
        sa.Column(
            "until",
            sa.BigInteger(),
            nullable=False,
            comment="End of the log of assessments when it began: all before it was looked at.",
        ),
        sa.Column(
            "looked_at",
            sa.BigInteger(),
            nullable=False,
            comment="Obligations whose newest assessment was of other rules.",
        ),
        sa.Column(
            "changed",
            sa.BigInteger(),
            nullable=False,
            comment="Those of them that got another answer.",
        ),
        sa.Column(
            "asked_by",
            sa.Text(),
            nullable=False,
            comment="Who asked for it: a person's or job's own id.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was finished, by PostgreSQL's clock.",
        ),
        sa.CheckConstraint(
            "changed between 0 and looked_at", name=op.f("ck_reassessments_changed_within")
        ),
        sa.PrimaryKeyConstraint("sweep_id", name=op.f("pk_reassessments")),
        schema="derived",
        comment="Grain: one finished re-assessment.",
    )
    op.execute("grant select, insert on derived.reassessments to knockon_assets")
    op.execute("grant select on derived.reassessments to knockon_dbt")


def downgrade() -> None:
    op.drop_table("reassessments", schema="derived")
