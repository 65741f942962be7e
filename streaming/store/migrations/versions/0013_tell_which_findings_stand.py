"""Tell which findings stand: the detector's version that took over last."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

LOGS = ("detected.versions",)


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column(
            "sequence",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Dense, given under the detector's fence.",
        ),
        sa.Column("detector", sa.Text(), nullable=False, comment="Name of the detector."),
        sa.Column(
            "version",
            sa.Text(),
            nullable=False,
            comment="The version whose findings stand from here on; those of others are"
            " superseded.",
        ),
        sa.Column(
            "code_version",
            sa.Text(),
            nullable=False,
            comment="Version of our code that took over.",
        ),
        sa.Column(
            "taken_over_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When the row was written, by PostgreSQL's clock.",
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_versions")),
        schema="detected",
        comment="Grain: one taking over of a detector by one of its versions.",
    )
    for name in LOGS:
        op.execute(f"insert into logs.logs (kind, name) values ('table', '{name}')")
    op.execute("grant select, insert on detected.versions to knockon_detector")
    op.execute("grant select on detected.versions to knockon_assets, knockon_dbt")
    _let_the_last_version_stand()


def _let_the_last_version_stand() -> None:
    """What was read before there were versions rests on the one that has folded last."""
    op.execute(
        "insert into detected.versions (sequence, detector, version, code_version)"
        " select row_number() over (order by reader) - 1, substr(reader, length('detector:') + 1),"
        " version, '0013' from detected.snapshots where reader like 'detector:%'"
    )
    op.execute(
        "insert into logs.ends (log_id, partition, next_offset)"
        " select log_id, 0, rows from logs.logs,"
        " (select count(*) as rows from detected.versions) counted"
        " where name = 'detected.versions' and rows > 0"
    )
    op.execute(
        "insert into logs.marks (reader, log_id, partition, next_offset)"
        " select distinct m.reader, e.log_id, 0, e.next_offset from logs.marks m, logs.ends e"
        " join logs.logs l using (log_id) where l.name = 'detected.versions'"
        " and m.reader = 'derived.disruptions'"
    )


def downgrade() -> None:
    names = ", ".join(f"'{name}'" for name in LOGS)
    for table in ("ends", "marks"):
        op.execute(
            f"delete from logs.{table} t using logs.logs l"
            f" where l.log_id = t.log_id and l.kind = 'table' and l.name in ({names})"
        )
    op.execute(f"delete from logs.logs where kind = 'table' and name in ({names})")
    op.drop_table("versions", schema="detected")
