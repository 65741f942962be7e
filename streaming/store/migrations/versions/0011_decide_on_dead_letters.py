"""Keep what a dead letter was sent with, and what people decide on it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

LETTERS: dict[str, tuple[sa.types.TypeEngine[Any], str]] = {
    "headers": (sa.LargeBinary(), "Headers of the record as JSON; sealed like the payload."),
    "schema_id": (sa.Integer(), "Registry id on the wire, if it has one."),
    "correlation_id": (sa.Uuid(), "From the record's header, if that is a UUID."),
    "replay_of": (sa.Uuid(), "The dead letter that was replayed as this record."),
}
LOG = ("logs.logs.log_id",)
NAME = "error_type_known"
BEFORE = "'undecodable', 'unknown_schema', 'invalid', 'oversized', 'refused'"
TABLES = ("dispositions", "replays", "replay_windows", "halts")


def upgrade() -> None:
    for name, (kind, comment) in LETTERS.items():
        op.add_column(
            "dead_letters", sa.Column(name, kind, nullable=True, comment=comment), schema="landed"
        )
    _allow(f"{BEFORE}, 'replayed_already'")
    op.create_table(
        "dispositions",
        sa.Column("dead_letter_id", sa.Uuid(), nullable=False, comment="The dead letter."),
        sa.Column("decision", sa.Text(), nullable=False, comment="replay or discard."),
        _time("decided_at", "When it was decided.", nullable=False),
        sa.Column(
            "decided_by", sa.Text(), nullable=False, comment="The user of the operating system."
        ),
        sa.Column("reason", sa.Text(), comment="Why it was discarded, in their words."),
        _time("sent_at", "When its record was on Kafka again; null until then."),
        sa.CheckConstraint(
            "decision in ('replay', 'discard')", name=op.f("ck_dispositions_decision_known")
        ),
        sa.CheckConstraint(
            "decision = 'replay' or reason is not null",
            name=op.f("ck_dispositions_discard_reasoned"),
        ),
        sa.PrimaryKeyConstraint("dead_letter_id", name=op.f("pk_dispositions")),
        schema="landed",
        comment="Grain: one dead letter that somebody has decided on.",
    )
    op.create_table(
        "replays",
        sa.Column("dead_letter_id", sa.Uuid(), nullable=False, comment="The dead letter."),
        sa.Column(
            "log_id",
            sa.Integer(),
            nullable=False,
            comment="The topic of the first record that carried it.",
        ),
        sa.Column("partition", sa.Integer(), nullable=False, comment="Partition of that record."),
        sa.Column("offset", sa.BigInteger(), nullable=False, comment="Offset of that record."),
        _time("landed_at", "When that record was landed.", nullable=False),
        sa.ForeignKeyConstraint(["log_id"], LOG, name=op.f("fk_replays_log_id_logs")),
        sa.PrimaryKeyConstraint("dead_letter_id", name=op.f("pk_replays")),
        schema="landed",
        comment="Grain: one dead letter whose replay was landed, once.",
    )
    _of_partitions(
        "replay_windows",
        "Grain: one partition that replays were sent to.",
        sa.Column(
            "until",
            sa.BigInteger(),
            comment="All replays lie before this offset; null while some are being sent.",
        ),
    )
    _of_partitions(
        "halts",
        "Grain: one partition that exceeded its topic's budget.",
        _time("halted_at", "Since when it is not landed; null when it goes on."),
        sa.Column("reason", sa.Text(), comment="How many records, and what is wrong."),
        sa.Column(
            "accepted_until",
            sa.BigInteger(),
            comment="Records before this offset are landed whatever the budget says.",
        ),
        sa.Column("accepted_by", sa.Text(), comment="Who accepted them."),
    )
    op.execute("grant select on landed.dispositions, landed.replay_windows to knockon_lander")
    op.execute("grant select, insert on landed.replays to knockon_lander")
    op.execute("grant select, insert, update on landed.halts to knockon_lander")
    op.execute(
        "grant select (schema_id, correlation_id, replay_of) on landed.dead_letters to knockon_dbt"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="landed")
    op.execute(
        "update landed.dead_letters set error_type = 'invalid'"
        " where error_type = 'replayed_already'"
    )
    _allow(BEFORE)
    for name in LETTERS:
        op.drop_column("dead_letters", name, schema="landed")


def _of_partitions(table: str, comment: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("log_id", sa.Integer(), nullable=False, comment="The topic."),
        sa.Column("partition", sa.Integer(), nullable=False, comment="The partition."),
        *columns,
        sa.ForeignKeyConstraint(["log_id"], LOG, name=op.f(f"fk_{table}_log_id_logs")),
        sa.PrimaryKeyConstraint("log_id", "partition", name=op.f(f"pk_{table}")),
        schema="landed",
        comment=comment,
    )


def _time(name: str, comment: str, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def _allow(types: str) -> None:
    op.drop_constraint(op.f(f"ck_dead_letters_{NAME}"), "dead_letters", schema="landed")
    op.create_check_constraint(
        op.f(f"ck_dead_letters_{NAME}"), "dead_letters", f"error_type in ({types})", schema="landed"
    )
