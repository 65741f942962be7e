"""Tell which findings stand: the version that took over last, less what a restatement withdrew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

LOGS = ("detected.versions", "detected.late_records", "detected.corrections")


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
    _restate()
    for name in LOGS:
        op.execute(f"insert into logs.logs (kind, name) values ('table', '{name}')")
    op.execute("grant select, insert on detected.versions to knockon_detector")
    op.execute("grant select on detected.versions to knockon_assets, knockon_dbt")
    _let_the_last_version_stand()


def _restate() -> None:
    op.create_table(
        "late_records",
        sa.Column("detector", sa.Text(), nullable=False, comment="Name of the detector."),
        sa.Column(
            "detector_version", sa.Text(), nullable=False, comment="Version of the detector."
        ),
        sa.Column(
            "log_id",
            sa.Integer(),
            nullable=False,
            comment="The topic of one cluster, by logs.logs.",
        ),
        sa.Column("partition", sa.Integer(), nullable=False, comment="Partition of the record."),
        sa.Column("offset", sa.BigInteger(), nullable=False, comment="Offset of the record."),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="Dense, given under the detector's fence.",
        ),
        sa.Column(
            "behind_seconds",
            sa.BigInteger(),
            nullable=False,
            comment="How far behind the newest record of its partition it lay, in event time.",
        ),
        sa.Column(
            "noticed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When the row was written, by PostgreSQL's clock.",
        ),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_late_records_log_id_logs")
        ),
        sa.PrimaryKeyConstraint(
            "detector",
            "detector_version",
            "log_id",
            "partition",
            "offset",
            name=op.f("pk_late_records"),
        ),
        sa.UniqueConstraint("sequence", name=op.f("uq_late_records_sequence")),
        schema="detected",
        comment="Grain: one landed record that came too late for one version of a detector.",
    )
    op.create_table(
        "restatements",
        sa.Column(
            "restatement_id",
            sa.Uuid(),
            nullable=False,
            comment="UUIDv5 of version, offsets and what was found.",
        ),
        sa.Column("detector", sa.Text(), nullable=False, comment="Name of the detector."),
        sa.Column(
            "detector_version", sa.Text(), nullable=False, comment="Version of the detector."
        ),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time up to which (included) it was folded.",
        ),
        sa.Column(
            "offsets",
            postgresql.JSONB(),
            nullable=False,
            comment="Records it was folded from: log id to partition to next offset.",
        ),
        sa.Column(
            "findings_hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over what all findings up to then say.",
        ),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="The late records that led to it: log_id/partition/offset.",
        ),
        sa.Column(
            "code_version", sa.Text(), nullable=False, comment="Version of our code that did it."
        ),
        sa.Column(
            "booked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When the row was written, by PostgreSQL's clock.",
        ),
        sa.PrimaryKeyConstraint("restatement_id", name=op.f("pk_restatements")),
        schema="detected",
        comment="Grain: one restatement that had something to correct.",
    )
    op.add_column(
        "findings",
        sa.Column(
            "restatement_id",
            sa.Uuid(),
            nullable=True,
            comment="The restatement that added it; null when it was found live.",
        ),
        schema="detected",
    )
    op.create_foreign_key(
        op.f("fk_findings_restatement_id_restatements"),
        "findings",
        "restatements",
        ["restatement_id"],
        ["restatement_id"],
        source_schema="detected",
        referent_schema="detected",
    )
    op.create_table(
        "corrections",
        sa.Column(
            "finding_id",
            sa.Uuid(),
            nullable=False,
            comment="The finding, by detected.findings.finding_id.",
        ),
        sa.Column(
            "action",
            sa.Text(),
            nullable=False,
            comment="added: it would have been there; withdrawn: it rests on what was not so.",
        ),
        sa.Column(
            "sequence", sa.BigInteger(), nullable=False, comment="Dense, in the order of booking."
        ),
        sa.Column(
            "restatement_id", sa.Uuid(), nullable=False, comment="The restatement that booked it."
        ),
        sa.Column(
            "booked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When the row was written, by PostgreSQL's clock.",
        ),
        sa.CheckConstraint(
            "action in ('added', 'withdrawn')", name=op.f("ck_corrections_action_known")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["detected.findings.finding_id"],
            name=op.f("fk_corrections_finding_id_findings"),
        ),
        sa.ForeignKeyConstraint(
            ["restatement_id"],
            ["detected.restatements.restatement_id"],
            name=op.f("fk_corrections_restatement_id_restatements"),
        ),
        sa.PrimaryKeyConstraint("finding_id", "action", name=op.f("pk_corrections")),
        sa.UniqueConstraint("sequence", name=op.f("uq_corrections_sequence")),
        schema="detected",
        comment="Grain: one correction of one finding.",
    )
    op.execute("grant select, insert on detected.late_records to knockon_detector")
    op.execute("grant select on detected.late_records to knockon_assets")
    op.execute(
        "grant insert on detected.findings, detected.restatements, detected.corrections,"
        " outbox.entries to knockon_assets"
    )
    op.execute("grant select on outbox.entries to knockon_assets")
    op.execute("grant usage on schema outbox to knockon_assets")
    op.execute(
        "grant select on detected.restatements, detected.corrections"
        " to knockon_assets, knockon_detector"
    )
    op.execute(
        "grant select on detected.late_records, detected.restatements, detected.corrections"
        " to knockon_dbt"
    )


def _let_the_last_version_stand() -> None:
    """What was read before there were versions rests on the one that has folded last."""
    op.execute(
        "insert into detected.versions (sequence, detector, version, code_version)"
        " select row_number() over (order by reader) - 1, substr(reader, length('detector:') + 1),"
        " version, '0012' from detected.snapshots where reader like 'detector:%'"
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
    op.execute("revoke insert on detected.findings from knockon_assets")
    op.execute("revoke all on outbox.entries from knockon_assets")
    op.execute("revoke usage on schema outbox from knockon_assets")
    op.drop_table("corrections", schema="detected")
    op.drop_column("findings", "restatement_id", schema="detected")
    for table in ("restatements", "late_records", "versions"):
        op.drop_table(table, schema="detected")
