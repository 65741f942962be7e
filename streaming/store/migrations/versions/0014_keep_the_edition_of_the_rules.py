"""Keep which edition of the rules an assessment was made by."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column(
        "assessments",
        sa.Column(
            "rulebook_digest",
            sa.Text(),
            nullable=True,
            comment="Hash of all that the rulebook says, and of the edition of our logic; null in"
            " rows from before it was kept.",
        ),
        schema="derived",
    )


def downgrade() -> None:
    op.drop_column("assessments", "rulebook_digest", schema="derived")
