"""Keep the life of claims and their payments: what people, banks and courts do."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

SCHEMAS = {
    "claims": "What people, banks and courts did about an obligation, append-only.",
    "payments": "Instructions, the batches they left in, and what banks said.",
}
APPEND_ONLY = ("claims.events", "payments.statuses", "payments.bank_files", "payments.movements")
RIGHTS = {
    "claims.events": "select, insert",
    "payments.batches": "select, insert",
    "payments.instructions": "select, insert, update (status, batch_id)",
    "payments.statuses": "select, insert",
    "payments.bank_files": "select, insert",
    "payments.movements": "select, insert",
    "payments.unmatched": "select, insert, update (seen_by, seen_note)",
}
"""What the assets' role may; sums and details of an instruction change for nobody."""

SEALED = {"payments.instructions": {"details"}}
"""What dbt does not read."""


def upgrade() -> None:
    for schema, comment in SCHEMAS.items():
        op.execute(f"create schema {schema}")
        op.execute(f"comment on schema {schema} is '{comment}'")
    op.create_table(
        "events",
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="The event, once."),
        sa.Column(
            "obligation_key",
            sa.Uuid(),
            nullable=False,
            comment="The obligation, by derived.passenger_impacts.obligation_key.",
        ),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="Place among the events of its claim, from 1: of two at once one is refused.",
        ),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="A move or a note of domain/claims/data."
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="The state of the claim after it (LE-03)."
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it happened, UTC.",
        ),
        sa.Column(
            "actor", sa.Text(), nullable=False, comment="Who did it, by their own id, never a name."
        ),
        sa.Column(
            "role",
            sa.Text(),
            nullable=False,
            comment="As what they did it: agent, passenger, bank, ...",
        ),
        sa.Column(
            "amount_minor",
            sa.BigInteger(),
            nullable=True,
            comment="Minor units, where it names a sum.",
        ),
        sa.Column("currency", sa.Text(), nullable=True, comment="Currency of the sum, ISO 4217."),
        sa.Column(
            "revision", sa.Text(), nullable=True, comment="That of the assessment it tells of."
        ),
        sa.Column(
            "regime", sa.Text(), nullable=True, comment="The law of that assessment, eu or uk."
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why, in words for the file."),
        sa.Column(
            "reference", sa.Text(), nullable=True, comment="Payment or paper that it rests on."
        ),
        sa.Column(
            "cause", sa.Text(), nullable=True, comment="Cause that is put forward as an excuse."
        ),
        sa.Column(
            "document_sha256",
            sa.Text(),
            nullable=True,
            comment="A document by its hash; what it says rests elsewhere, sealed.",
        ),
        sa.Column(
            "channel", sa.Text(), nullable=True, comment="Where a dispute is: adr, court, ..."
        ),
        sa.Column("body", sa.Text(), nullable=True, comment="The body that hears the dispute."),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When our answer is due there, UTC.",
        ),
        sa.Column("agency_ref", sa.Uuid(), nullable=True, comment="Who acts for the passenger."),
        sa.Column(
            "may_collect",
            sa.Boolean(),
            nullable=False,
            comment="Whether the money may go to the agency.",
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
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_events_currency_iso")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_events_amount_natural")),
        sa.CheckConstraint("number > 0", name=op.f("ck_events_number_natural")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "obligation_key", "number", name=op.f("uq_events_obligation_key_number")
        ),
        sa.UniqueConstraint("sequence", name=op.f("uq_events_sequence")),
        schema="claims",
        comment="Grain: one event of one claim. No update, no delete.",
    )
    op.create_table(
        "bank_files",
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of its bytes."),
        sa.Column("kind", sa.Text(), nullable=False, comment="pain.002 or camt.054."),
        sa.Column("read_by", sa.Text(), nullable=False, comment="Who read it in, by their own id."),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When.",
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_bank_files")),
        schema="payments",
        comment="Grain: one file of a bank, by its hash.",
    )
    op.create_table(
        "batches",
        sa.Column(
            "batch_id",
            sa.Uuid(),
            nullable=False,
            comment="UUIDv5 of account and instructions; the message id of the file.",
        ),
        sa.Column(
            "debtor", sa.Text(), nullable=False, comment="Our account that pays, by its own name."
        ),
        sa.Column(
            "currency", sa.Text(), nullable=False, comment="Currency of all its payments, ISO 4217."
        ),
        sa.Column("due_on", sa.Date(), nullable=False, comment="Day on which the bank is to pay."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The time that its file carries: written again, it is the same file.",
        ),
        sa.Column(
            "created_by", sa.Text(), nullable=False, comment="Who exported it, by their own id."
        ),
        sa.Column("format", sa.Text(), nullable=False, comment="pain.001 or csv."),
        sa.Column(
            "file_sha256",
            sa.Text(),
            nullable=False,
            comment="Hash of its file: written again, it must be the same.",
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batches")),
        schema="payments",
        comment="Grain: one batch that left for the bank.",
    )
    op.create_table(
        "instructions",
        sa.Column(
            "instruction_id",
            sa.Uuid(),
            nullable=False,
            comment="UUIDv5 of obligation and attempt; the end-to-end id at the bank.",
        ),
        sa.Column(
            "obligation_key",
            sa.Uuid(),
            nullable=False,
            comment="The obligation that it discharges.",
        ),
        sa.Column(
            "passenger_ref",
            sa.Uuid(),
            nullable=False,
            comment="The passenger, under whose key the details are sealed.",
        ),
        sa.Column(
            "attempt",
            sa.Integer(),
            nullable=False,
            comment="From 1; a further one after the last came back.",
        ),
        sa.Column(
            "owed_minor",
            sa.BigInteger(),
            nullable=False,
            comment="What it discharges, minor units.",
        ),
        sa.Column(
            "owed_currency", sa.Text(), nullable=False, comment="Currency of that, ISO 4217."
        ),
        sa.Column(
            "pay_minor", sa.BigInteger(), nullable=False, comment="What is paid, minor units."
        ),
        sa.Column("pay_currency", sa.Text(), nullable=False, comment="Currency of that, ISO 4217."),
        sa.Column(
            "rate",
            postgresql.JSONB(),
            nullable=True,
            comment="The rate between the two with day, source and policy; null at par.",
        ),
        sa.Column("due_on", sa.Date(), nullable=False, comment="Day on which the bank is to pay."),
        sa.Column(
            "details",
            sa.LargeBinary(),
            nullable=False,
            comment="Bank details under the passenger's data key.",
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="How far it is known to be."),
        sa.Column("batch_id", sa.Uuid(), nullable=True, comment="The batch that it left in, once."),
        sa.CheckConstraint(
            "(status = 'made') <= (batch_id is null)", name=op.f("ck_instructions_made_is_not_sent")
        ),
        sa.CheckConstraint(
            "status in ('made', 'sent', 'accepted', 'executed', 'rejected', 'returned')",
            name=op.f("ck_instructions_status_known"),
        ),
        sa.CheckConstraint(
            "owed_minor > 0 and pay_minor > 0", name=op.f("ck_instructions_amounts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["payments.batches.batch_id"],
            name=op.f("fk_instructions_batch_id_batches"),
        ),
        sa.PrimaryKeyConstraint("instruction_id", name=op.f("pk_instructions")),
        sa.UniqueConstraint(
            "obligation_key", "attempt", name=op.f("uq_instructions_obligation_key_attempt")
        ),
        schema="payments",
        comment="Grain: one attempt to pay one obligation.",
    )
    op.create_index(
        "ix_instructions_batch_id", "instructions", ["batch_id"], unique=False, schema="payments"
    )
    op.create_index(
        "ix_instructions_made",
        "instructions",
        ["due_on"],
        unique=False,
        schema="payments",
        postgresql_where=sa.text("status = 'made'"),
    )
    op.create_index(
        "ix_instructions_one_under_way",
        "instructions",
        ["obligation_key"],
        unique=True,
        schema="payments",
        postgresql_where=sa.text("status in ('made', 'sent', 'accepted')"),
    )
    op.create_table(
        "movements",
        sa.Column(
            "movement_id",
            sa.Uuid(),
            nullable=False,
            comment="Computed from what the bank tells of it.",
        ),
        sa.Column("sha256", sa.Text(), nullable=False, comment="The file that told of it first."),
        sa.Column("outgoing", sa.Boolean(), nullable=False, comment="Whether it left our account."),
        sa.Column("minor", sa.BigInteger(), nullable=False, comment="Minor units of its currency."),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217."),
        sa.Column("booked_on", sa.Date(), nullable=False, comment="The bank's day of booking."),
        sa.ForeignKeyConstraint(
            ["sha256"], ["payments.bank_files.sha256"], name=op.f("fk_movements_sha256_bank_files")
        ),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_movements")),
        schema="payments",
        comment="Grain: one movement on our account.",
    )
    op.create_table(
        "unmatched",
        sa.Column("unmatched_id", sa.Uuid(), nullable=False, comment="UUIDv5 of all it says."),
        sa.Column("sha256", sa.Text(), nullable=False, comment="The file that it is from."),
        sa.Column(
            "told",
            postgresql.JSONB(),
            nullable=False,
            comment="The answer or movement, field by field.",
        ),
        sa.Column("why", sa.Text(), nullable=False, comment="Why it could not be placed."),
        sa.Column(
            "seen_by", sa.Text(), nullable=True, comment="Who has looked at it; null while open."
        ),
        sa.Column("seen_note", sa.Text(), nullable=True, comment="What they found."),
        sa.ForeignKeyConstraint(
            ["sha256"], ["payments.bank_files.sha256"], name=op.f("fk_unmatched_sha256_bank_files")
        ),
        sa.PrimaryKeyConstraint("unmatched_id", name=op.f("pk_unmatched")),
        schema="payments",
        comment="Grain: one answer that nobody expected.",
    )
    op.create_table(
        "statuses",
        sa.Column("instruction_id", sa.Uuid(), nullable=False, comment="Of which."),
        sa.Column("status", sa.Text(), nullable=False, comment="What it became."),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=False,
            comment="The fact behind it: a batch, the bank's word.",
        ),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=False,
            comment="The bank's or our words for it; may be empty.",
        ),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When we heard of it.",
        ),
        sa.CheckConstraint(
            "status in ('made', 'sent', 'accepted', 'executed', 'rejected', 'returned')",
            name=op.f("ck_statuses_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"],
            ["payments.instructions.instruction_id"],
            name=op.f("fk_statuses_instruction_id_instructions"),
        ),
        sa.PrimaryKeyConstraint("instruction_id", "status", name=op.f("pk_statuses")),
        schema="payments",
        comment="Grain: one step of one instruction. No update.",
    )
    for table in APPEND_ONLY:
        name = table.split(".")[1]
        op.execute(
            f"create trigger {name}_append_only before update or delete or truncate on {table}"
            " for each statement execute function ledger.refuse_change()"
        )
    for schema in SCHEMAS:
        op.execute(f"grant usage on schema {schema} to knockon_assets, knockon_dbt")
    for table, rights in RIGHTS.items():
        op.execute(f"grant {rights} on {table} to knockon_assets")
        _let_read(table)


def _let_read(table: str) -> None:
    hidden = SEALED.get(table)
    if hidden is None:
        op.execute(f"grant select on {table} to knockon_dbt")
        return
    found = op.get_bind().execute(
        sa.text(
            "select attname from pg_attribute where attrelid = cast(:table as regclass)"
            " and attnum > 0 order by attnum"
        ),
        {"table": table},
    )
    columns = ", ".join(str(name) for (name,) in found if name not in hidden)
    op.execute(f"grant select ({columns}) on {table} to knockon_dbt")


def downgrade() -> None:
    for schema in reversed(SCHEMAS):
        op.execute(f"drop schema {schema} cascade")
