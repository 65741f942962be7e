"""Keep what care passengers are due and were given."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

LANDED: dict[str, tuple[sa.types.TypeEngine[Any], str]] = {
    "care": (sa.Text(), "What care was given (EU261 Art 9)."),
    "amount_minor": (sa.BigInteger(), "What the care cost, in minor units of the currency."),
    "currency": (sa.Text(), "Currency of the amount, ISO 4217."),
    "supplier": (sa.Text(), "Who gave the care, by the carrier's own id of the supplier."),
}


def upgrade() -> None:
    for name, (kind, comment) in LANDED.items():
        op.add_column(
            "passenger_events",
            sa.Column(name, kind, nullable=True, comment=comment),
            schema="landed",
        )
    op.execute(f"grant select ({', '.join(LANDED)}) on landed.passenger_events to knockon_dbt")
    op.create_index(
        "ix_passenger_events_care",
        "passenger_events",
        ["journey_id"],
        schema="landed",
        postgresql_where=sa.text("care is not null"),
    )
    op.create_index(
        "ix_passenger_impacts_journey_id", "passenger_impacts", ["journey_id"], schema="derived"
    )
    op.create_table(
        "care_clock",
        sa.Column(
            "care_key",
            sa.Uuid(),
            nullable=False,
            comment="Care as an obligation: UUIDv5 of passenger, journey and care.",
        ),
        sa.Column("revision", sa.Integer(), nullable=False, comment="From 1."),
        sa.Column(
            "passenger_ref",
            sa.Uuid(),
            nullable=False,
            comment="The passenger: a keyed pseudonym.",
        ),
        sa.Column("journey_id", sa.Uuid(), nullable=False, comment="The booking journey."),
        sa.Column(
            "assessment_id",
            sa.Uuid(),
            nullable=True,
            comment="What the law says to the journey; null while nobody has assessed it.",
        ),
        sa.Column(
            "due",
            postgresql.JSONB(),
            nullable=False,
            comment="Care to when it falls due (UTC), by which rule, and whether it is owed"
            " already.",
        ),
        sa.Column(
            "given",
            postgresql.JSONB(),
            nullable=False,
            comment="Id of the care event to what it gave, what that cost and how it counts.",
        ),
        sa.Column(
            "waits_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the wait ends as far as known; null while no departure is known.",
        ),
        sa.Column(
            "as_of",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time of the facts.",
        ),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="Place in the table's log: dense, in commit order.",
        ),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Inputs it rests on: log_id/partition/offset.",
        ),
        sa.Column(
            "code_version",
            sa.Text(),
            nullable=False,
            comment="Version of our code that wrote the row.",
        ),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When the row was written, by PostgreSQL's clock.",
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_care_clock_revision_positive")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["derived.assessments.assessment_id"],
            name=op.f("fk_care_clock_assessment_id_assessments"),
        ),
        sa.PrimaryKeyConstraint("care_key", "revision", name=op.f("pk_care_clock")),
        sa.UniqueConstraint("sequence", name=op.f("uq_care_clock_sequence")),
        schema="derived",
        comment="Grain: one revision of the care clock of one journey.",
    )
    op.execute("grant select, insert on derived.care_clock to knockon_assets")
    op.execute("grant select on derived.care_clock to knockon_dbt")


def downgrade() -> None:
    op.drop_table("care_clock", schema="derived")
    op.drop_index("ix_passenger_impacts_journey_id", "passenger_impacts", schema="derived")
    op.drop_index("ix_passenger_events_care", "passenger_events", schema="landed")
    for name in LANDED:
        op.drop_column("passenger_events", name, schema="landed")
