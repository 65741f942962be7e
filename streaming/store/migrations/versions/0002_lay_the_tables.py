"""Lay the tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "disruptions",
        sa.Column("disruption_id", sa.Uuid(), nullable=False, comment="UUIDv5 of the root leg."),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("root_leg_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="cancellation, diversion, delay or rotation of the root.",
        ),
        sa.Column(
            "cause", sa.Text(), nullable=True, comment="irregularity_cause of the root, if told."
        ),
        sa.Column("delay_code", sa.Text(), nullable=True, comment="AHM 730 of the root, if told."),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column(
            "leg_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="Root first, then knocked-on legs by time.",
        ),
        sa.Column("finding_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "delay_minutes", sa.Integer(), nullable=False, comment="Sum over its legs, minutes."
        ),
        sa.Column("passengers_booked", sa.Integer(), nullable=False),
        sa.Column(
            "as_of",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time of the revision.",
        ),
        sa.Column(
            "content_hash",
            sa.Text(),
            nullable=False,
            comment="Hash of what matters; a revision is written only when it changes.",
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Inputs it rests on: log_id/partition/offset.",
        ),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "severity in ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_disruptions_severity_known")
        ),
        sa.CheckConstraint(
            "status in ('open', 'closed')", name=op.f("ck_disruptions_status_known")
        ),
        sa.PrimaryKeyConstraint("disruption_id", "revision", name=op.f("pk_disruptions")),
        sa.UniqueConstraint("sequence", name=op.f("uq_disruptions_sequence")),
        schema="derived",
        comment="Grain: one revision of one correlated disruption.",
    )
    op.create_index(
        "ix_disruptions_leg_ids",
        "disruptions",
        ["leg_ids"],
        unique=False,
        schema="derived",
        postgresql_using="gin",
    )
    op.create_table(
        "features",
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("horizon_minutes", sa.Integer(), nullable=False),
        sa.Column("feature_set", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("values_hash", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Inputs it rests on: log_id/partition/offset.",
        ),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint(
            "leg_id", "horizon_minutes", "feature_set", name=op.f("pk_features")
        ),
        sa.UniqueConstraint("sequence", name=op.f("uq_features_sequence")),
        schema="derived",
        comment="Grain: leg, horizon and feature set.",
    )
    op.create_table(
        "passenger_impacts",
        sa.Column("obligation_key", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False, comment="Hash of the facts."),
        sa.Column("passenger_ref", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("disruption_id", sa.Uuid(), nullable=False),
        sa.Column("disruption_revision", sa.Integer(), nullable=False),
        sa.Column(
            "obligation_event",
            sa.Text(),
            nullable=False,
            comment="Which event of the journey: disruption, rerouting-1 and so on, downgrade.",
        ),
        sa.Column(
            "broken_leg_id",
            sa.Uuid(),
            nullable=False,
            comment="The leg that broke the journey first.",
        ),
        sa.Column(
            "settled",
            sa.Boolean(),
            nullable=False,
            comment="False while the journey has not ended.",
        ),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Inputs it rests on: log_id/partition/offset.",
        ),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("obligation_key", "revision", name=op.f("pk_passenger_impacts")),
        sa.UniqueConstraint("sequence", name=op.f("uq_passenger_impacts_sequence")),
        schema="derived",
        comment="Grain: one revision of one obligation's facts.",
    )
    op.create_index(
        "ix_passenger_impacts_disruption_id",
        "passenger_impacts",
        ["disruption_id"],
        unique=False,
        schema="derived",
    )
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="Dense, given under the detector's fence.",
        ),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column(
            "scope", sa.Text(), nullable=False, comment="The detector's key: here the registration."
        ),
        sa.Column("root_leg_id", sa.Uuid(), nullable=False),
        sa.Column("from_leg_id", sa.Uuid(), nullable=False),
        sa.Column("to_leg_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("knock_on_minutes", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column(
            "detected_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time at which it was knowable.",
        ),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Records it rests on: log_id/partition/offset.",
        ),
        sa.Column("statistics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "found_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status in ('predicted', 'confirmed', 'closed')", name=op.f("ck_findings_status_known")
        ),
        sa.CheckConstraint(
            "probability between 0 and 1", name=op.f("ck_findings_probability_unit")
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_findings")),
        sa.UniqueConstraint("sequence", name=op.f("uq_findings_sequence")),
        schema="detected",
        comment="Grain: one finding of one detector version.",
    )
    op.create_index(
        "ix_findings_from_leg_id", "findings", ["from_leg_id"], unique=False, schema="detected"
    )
    op.create_index(
        "ix_findings_to_leg_id", "findings", ["to_leg_id"], unique=False, schema="detected"
    )
    op.create_table(
        "snapshots",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("late_events", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_snapshots")),
        schema="detected",
        comment="Grain: one fold (detector or feature fold).",
    )
    op.create_table(
        "accesses",
        sa.Column("access_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column(
            "accessed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("access_id", name=op.f("pk_accesses")),
        schema="keyring",
        comment="Grain: one opening, or refused opening, of sealed data.",
    )
    op.create_index("ix_accesses_subject", "accesses", ["subject"], unique=False, schema="keyring")
    op.create_table(
        "data_keys",
        sa.Column("subject", sa.Uuid(), nullable=False, comment="passenger_ref or dead_letter_id."),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("master_key_id", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "subject_kind in ('passenger', 'dead_letter')",
            name=op.f("ck_data_keys_subject_kind_known"),
        ),
        sa.CheckConstraint(
            "(wrapped_key is null) = (destroyed_at is not null)",
            name=op.f("ck_data_keys_destroyed_has_no_key"),
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_data_keys")),
        schema="keyring",
        comment="Grain: one subject; a destroyed key stays as a tombstone.",
    )
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('asset', 'liability', 'expense', 'income')",
            name=op.f("ck_accounts_kind_known"),
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_accounts")),
        schema="ledger",
        comment="Grain: one account of the chart.",
    )
    op.create_table(
        "logs",
        sa.Column("log_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="Topic name, or schema.table."),
        sa.Column("cluster_id", sa.Text(), nullable=True, comment="Kafka cluster id."),
        sa.Column("topic_id", sa.Text(), nullable=True, comment="Kafka topic id (KIP-516)."),
        sa.Column(
            "first_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'kafka') = (cluster_id is not null and topic_id is not null)",
            name=op.f("ck_logs_kafka_identified"),
        ),
        sa.CheckConstraint("kind in ('kafka', 'table')", name=op.f("ck_logs_kind_known")),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_logs")),
        sa.UniqueConstraint("cluster_id", "topic_id", name=op.f("uq_logs_cluster_id_topic_id")),
        schema="logs",
        comment="One row a log; its id stands in every record's identity.",
    )
    op.create_index(
        "uq_logs_table_name",
        "logs",
        ["name"],
        unique=True,
        schema="logs",
        postgresql_where=sa.text("kind = 'table'"),
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "value",
            sa.LargeBinary(),
            nullable=False,
            comment="Event as JSON, sealed where personal.",
        ),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entries")),
        schema="outbox",
        comment="Grain: one message to publish; pruned once published.",
    )
    op.create_index(
        "ix_entries_unnumbered",
        "entries",
        ["created_at"],
        unique=False,
        schema="outbox",
        postgresql_where=sa.text("sequence is null"),
    )
    op.create_index("uq_entries_sequence", "entries", ["sequence"], unique=True, schema="outbox")
    op.create_table(
        "assessments",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_key", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False, comment="Hash of facts and rulebook."),
        sa.Column("impact_sequence", sa.BigInteger(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=False),
        sa.Column(
            "event",
            sa.Text(),
            nullable=False,
            comment="What the law sees: delay, cancellation, ...",
        ),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_min_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_max_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("care", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("citations", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rules_hit", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("other_regime", sa.Text(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Inputs it rests on: log_id/partition/offset.",
        ),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_assessments_amount_natural")),
        sa.CheckConstraint("cardinality(citations) > 0", name=op.f("ck_assessments_cited")),
        sa.ForeignKeyConstraint(
            ["impact_sequence"],
            ["derived.passenger_impacts.sequence"],
            name=op.f("fk_assessments_impact_sequence_passenger_impacts"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_assessments")),
        sa.UniqueConstraint(
            "obligation_key", "revision", name=op.f("uq_assessments_obligation_key_revision")
        ),
        sa.UniqueConstraint("sequence", name=op.f("uq_assessments_sequence")),
        schema="derived",
        comment="Grain: one assessment of one impact under one rulebook.",
    )
    op.create_index(
        "ix_assessments_impact_sequence",
        "assessments",
        ["impact_sequence"],
        unique=False,
        schema="derived",
    )
    op.create_table(
        "forecasts",
        sa.Column("forecast_id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("horizon_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "target",
            sa.Text(),
            nullable=False,
            comment="delay_15: departure or arrival >= 15 min late.",
        ),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column(
            "climatology",
            sa.Double(),
            nullable=False,
            comment="The baseline's probability, same target.",
        ),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("feature_sequence", sa.BigInteger(), nullable=False),
        sa.Column("features_hash", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Inputs it rests on: log_id/partition/offset.",
        ),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "probability between 0 and 1", name=op.f("ck_forecasts_probability_unit")
        ),
        sa.ForeignKeyConstraint(
            ["feature_sequence"],
            ["derived.features.sequence"],
            name=op.f("fk_forecasts_feature_sequence_features"),
        ),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_forecasts")),
        sa.UniqueConstraint("sequence", name=op.f("uq_forecasts_sequence")),
        schema="derived",
        comment="Grain: leg, horizon, target and model version.",
    )
    op.create_index("ix_forecasts_leg_id", "forecasts", ["leg_id"], unique=False, schema="derived")
    op.create_table(
        "dead_letters",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "dead_letter_id", sa.Uuid(), nullable=False, comment="UUIDv5 of the record's identity."
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("landed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "record_key", sa.LargeBinary(), nullable=True, comment="Sealed like the payload."
        ),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column(
            "payload_sealed",
            sa.Boolean(),
            nullable=False,
            comment="True on topics with personal data.",
        ),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="Never quotes values of personal topics."
        ),
        sa.CheckConstraint(
            "error_type in ('undecodable', 'unknown_schema', 'invalid', 'oversized')",
            name=op.f("ck_dead_letters_error_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_dead_letters_log_id_logs")
        ),
        sa.PrimaryKeyConstraint("log_id", "partition", "offset", name=op.f("pk_dead_letters")),
        sa.UniqueConstraint("dead_letter_id", name=op.f("uq_dead_letters_dead_letter_id")),
        schema="landed",
        comment="Grain: one record that could not be landed.",
    )
    op.create_table(
        "external_data",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Timestamp of the Kafka record; immutable.",
        ),
        sa.Column(
            "landed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the lander wrote the row.",
        ),
        sa.Column("schema_id", sa.Integer(), nullable=False, comment="Registry id on the wire."),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time: when the fact was knowable.",
        ),
        sa.Column("produced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("temperature_c", sa.Double(), nullable=True),
        sa.Column("dew_point_c", sa.Double(), nullable=True),
        sa.Column("relative_humidity_pct", sa.Double(), nullable=True),
        sa.Column("wind_direction_deg", sa.Double(), nullable=True),
        sa.Column("wind_speed_kt", sa.Double(), nullable=True),
        sa.Column("wind_gust_kt", sa.Double(), nullable=True),
        sa.Column("precipitation_mm", sa.Double(), nullable=True),
        sa.Column("pressure_hpa", sa.Double(), nullable=True),
        sa.Column("visibility_km", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_external_data_log_id_logs")
        ),
        sa.PrimaryKeyConstraint("log_id", "partition", "offset", name=op.f("pk_external_data")),
        schema="landed",
        comment="Grain: one record of topic external.data.",
    )
    op.create_table(
        "flight_events",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Timestamp of the Kafka record; immutable.",
        ),
        sa.Column(
            "landed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the lander wrote the row.",
        ),
        sa.Column("schema_id", sa.Integer(), nullable=False, comment="Registry id on the wire."),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time: when the fact was knowable.",
        ),
        sa.Column("produced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("airline", sa.Text(), nullable=True),
        sa.Column("flight_number", sa.Text(), nullable=True),
        sa.Column("operational_suffix", sa.Text(), nullable=True),
        sa.Column("departure_airport", sa.Text(), nullable=True),
        sa.Column("arrival_airport", sa.Text(), nullable=True),
        sa.Column("origin_date", sa.Date(), nullable=True),
        sa.Column("repeat_number", sa.Integer(), nullable=True),
        sa.Column("operating_licence", sa.Text(), nullable=True),
        sa.Column("registration", sa.Text(), nullable=True),
        sa.Column("sobt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sibt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("eobt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("eibt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aobt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aibt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doors_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("diverted_to", sa.Text(), nullable=True),
        sa.Column("delay_code", sa.Text(), nullable=True),
        sa.Column("irregularity_cause", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_flight_events_log_id_logs")
        ),
        sa.PrimaryKeyConstraint("log_id", "partition", "offset", name=op.f("pk_flight_events")),
        schema="landed",
        comment="Grain: one record of topic flight.events.",
    )
    op.create_index(
        "ix_flight_events_leg_id", "flight_events", ["leg_id"], unique=False, schema="landed"
    )
    op.create_table(
        "passenger_events",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Timestamp of the Kafka record; immutable.",
        ),
        sa.Column(
            "landed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the lander wrote the row.",
        ),
        sa.Column("schema_id", sa.Integer(), nullable=False, comment="Registry id on the wire."),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time: when the fact was knowable.",
        ),
        sa.Column("produced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("passenger_ref", sa.Uuid(), nullable=True, comment="Keyed pseudonym."),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("leg_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("fare_type", sa.Text(), nullable=True),
        sa.Column("passenger_type", sa.Text(), nullable=True),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="PersonalData under the passenger's data key; never plaintext.",
        ),
        sa.Column("informed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_sobt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_sibt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in", sa.Boolean(), nullable=True),
        sa.Column("booking_class", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_passenger_events_log_id_logs")
        ),
        sa.PrimaryKeyConstraint("log_id", "partition", "offset", name=op.f("pk_passenger_events")),
        schema="landed",
        comment="Grain: one record of topic passenger.events.",
    )
    op.create_index(
        "ix_passenger_events_journey_id",
        "passenger_events",
        ["journey_id"],
        unique=False,
        schema="landed",
    )
    op.create_index(
        "ix_passenger_events_leg_ids",
        "passenger_events",
        ["leg_ids"],
        unique=False,
        schema="landed",
        postgresql_using="gin",
    )
    op.create_table(
        "ends",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "fence",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Grows with each new owner; old owners fail.",
        ),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("next_offset >= 0", name=op.f("ck_ends_offset_natural")),
        sa.ForeignKeyConstraint(["log_id"], ["logs.logs.log_id"], name=op.f("fk_ends_log_id_logs")),
        sa.PrimaryKeyConstraint("log_id", "partition", name=op.f("pk_ends")),
        schema="logs",
        comment="Next offset to be written per log and partition.",
    )
    op.create_table(
        "marks",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("next_offset >= 0", name=op.f("ck_marks_offset_natural")),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.logs.log_id"], name=op.f("fk_marks_log_id_logs")
        ),
        sa.PrimaryKeyConstraint("reader", "log_id", "partition", name=op.f("pk_marks")),
        schema="logs",
        comment="A reader's mark: a vector of next offsets per partition.",
    )
    op.create_table(
        "transactions",
        sa.Column(
            "transaction_id",
            sa.Uuid(),
            nullable=False,
            comment="UUIDv5 of obligation, revision and kind: a rerun meets itself.",
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("obligation_key", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("passenger_ref", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Event time of the facts it books.",
        ),
        sa.Column(
            "booked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses is not null)",
            name=op.f("ck_transactions_reversal_linked"),
        ),
        sa.CheckConstraint(
            "kind in ('accrual', 'reversal')", name=op.f("ck_transactions_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["derived.assessments.assessment_id"],
            name=op.f("fk_transactions_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses"],
            ["ledger.transactions.transaction_id"],
            name=op.f("fk_transactions_reverses_transactions"),
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("reverses", name=op.f("uq_transactions_reverses")),
        sa.UniqueConstraint("sequence", name=op.f("uq_transactions_sequence")),
        schema="ledger",
        comment="Grain: one transaction. No update, no delete.",
    )
    op.create_index(
        "ix_transactions_obligation_key",
        "transactions",
        ["obligation_key"],
        unique=False,
        schema="ledger",
    )
    op.create_table(
        "postings",
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_postings_currency_iso")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account"], ["ledger.accounts.account"], name=op.f("fk_postings_account_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger.transactions.transaction_id"],
            name=op.f("fk_postings_transaction_id_transactions"),
        ),
        sa.PrimaryKeyConstraint("transaction_id", "line", name=op.f("pk_postings")),
        schema="ledger",
        comment="Grain: one line of one transaction.",
    )
    op.create_index("ix_postings_account", "postings", ["account"], unique=False, schema="ledger")


def downgrade() -> None:
    op.drop_index("ix_postings_account", table_name="postings", schema="ledger")
    op.drop_table("postings", schema="ledger")
    op.drop_index("ix_transactions_obligation_key", table_name="transactions", schema="ledger")
    op.drop_table("transactions", schema="ledger")
    op.drop_table("marks", schema="logs")
    op.drop_table("ends", schema="logs")
    op.drop_index(
        "ix_passenger_events_leg_ids",
        table_name="passenger_events",
        schema="landed",
        postgresql_using="gin",
    )
    op.drop_index("ix_passenger_events_journey_id", table_name="passenger_events", schema="landed")
    op.drop_table("passenger_events", schema="landed")
    op.drop_index("ix_flight_events_leg_id", table_name="flight_events", schema="landed")
    op.drop_table("flight_events", schema="landed")
    op.drop_table("external_data", schema="landed")
    op.drop_table("dead_letters", schema="landed")
    op.drop_index("ix_forecasts_leg_id", table_name="forecasts", schema="derived")
    op.drop_table("forecasts", schema="derived")
    op.drop_index("ix_assessments_impact_sequence", table_name="assessments", schema="derived")
    op.drop_table("assessments", schema="derived")
    op.drop_index("uq_entries_sequence", table_name="entries", schema="outbox")
    op.drop_index(
        "ix_entries_unnumbered",
        table_name="entries",
        schema="outbox",
        postgresql_where=sa.text("sequence is null"),
    )
    op.drop_table("entries", schema="outbox")
    op.drop_index(
        "uq_logs_table_name",
        table_name="logs",
        schema="logs",
        postgresql_where=sa.text("kind = 'table'"),
    )
    op.drop_table("logs", schema="logs")
    op.drop_table("accounts", schema="ledger")
    op.drop_table("data_keys", schema="keyring")
    op.drop_index("ix_accesses_subject", table_name="accesses", schema="keyring")
    op.drop_table("accesses", schema="keyring")
    op.drop_table("snapshots", schema="detected")
    op.drop_index("ix_findings_to_leg_id", table_name="findings", schema="detected")
    op.drop_index("ix_findings_from_leg_id", table_name="findings", schema="detected")
    op.drop_table("findings", schema="detected")
    op.drop_index(
        "ix_passenger_impacts_disruption_id", table_name="passenger_impacts", schema="derived"
    )
    op.drop_table("passenger_impacts", schema="derived")
    op.drop_table("features", schema="derived")
    op.drop_index(
        "ix_disruptions_leg_ids", table_name="disruptions", schema="derived", postgresql_using="gin"
    )
    op.drop_table("disruptions", schema="derived")
