"""Refuse an impact whose revision of a disruption is not there."""

from alembic import op

revision = "0008"
down_revision = "0007"

NAME = "fk_passenger_impacts_disruption_revision_disruptions"


def upgrade() -> None:
    op.create_foreign_key(
        op.f(NAME),
        "passenger_impacts",
        "disruptions",
        ["disruption_id", "disruption_revision"],
        ["disruption_id", "revision"],
        source_schema="derived",
        referent_schema="derived",
    )


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "passenger_impacts", schema="derived")
