"""Keep what records say in fields that have no column yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "further_fields",
        sa.Column(
            "log_id",
            sa.Integer(),
            nullable=False,
            comment="The topic of one cluster, by logs.logs.",
        ),
        sa.Column("partition", sa.Integer(), nullable=False, comment="Partition of the record."),
        sa.Column("offset", sa.BigInteger(), nullable=False, comment="Offset of the record."),
        sa.Column(
            "fields",
            postgresql.JSON(),
            nullable=True,
            comment="Name to value, as JSON; null on topics with personal data.",
        ),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="The same under the passenger's data key, on topics with personal data.",
        ),
        sa.CheckConstraint(
            "(fields is null) <> (sealed is null)", name=op.f("ck_further_fields_clear_or_sealed")
        ),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_further_fields_log_id_logs")
        ),
        sa.PrimaryKeyConstraint("log_id", "partition", "offset", name=op.f("pk_further_fields")),
        schema="landed",
        comment="Grain: one landed record that says more than its table has columns for.",
    )
    op.execute("grant select, insert on landed.further_fields to knockon_lander")
    op.execute("grant select on landed.further_fields to knockon_assets")
    op.execute(
        'grant select (log_id, partition, "offset", fields) on landed.further_fields to knockon_dbt'
    )


def downgrade() -> None:
    op.drop_table("further_fields", schema="landed")
