"""Schema `landed`: every record of a landing topic, once, typed; and what could not land.

A column that holds a field of an event is told by the field's own description.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, LogId, MaybeTime, Time
from streaming.topics import LANDING

PARTED = "RANGE (recorded_at)"
"""By day, in UTC. The key holds the time too, and still refuses a record that comes again: it is
the record's own and does not change."""


class Record:
    """The identity of a Kafka record, and the envelope of the event in it: the first columns."""

    log_id: Mapped[LogId] = mapped_column(
        primary_key=True, sort_order=-1, comment="The topic of one cluster, by logs.logs."
    )
    partition: Mapped[int] = mapped_column(
        primary_key=True, sort_order=-1, comment="Partition of the record."
    )
    offset: Mapped[Big] = mapped_column(
        primary_key=True, sort_order=-1, comment="Offset of the record."
    )
    recorded_at: Mapped[Time] = mapped_column(
        primary_key=True, comment="Timestamp of the Kafka record; immutable.", sort_order=-1
    )
    landed_at: Mapped[Time] = mapped_column(comment="When the lander wrote the row.", sort_order=-1)
    schema_id: Mapped[int] = mapped_column(comment="Registry id on the wire.", sort_order=-1)
    event_id: Mapped[UUID] = mapped_column(sort_order=-1)
    key: Mapped[str] = mapped_column(sort_order=-1)
    kind: Mapped[str] = mapped_column(sort_order=-1)
    occurred_at: Mapped[Time] = mapped_column(sort_order=-1)
    produced_at: Mapped[Time] = mapped_column(sort_order=-1)
    source: Mapped[str] = mapped_column(sort_order=-1)
    schema_version: Mapped[int] = mapped_column(sort_order=-1)
    correlation_id: Mapped[UUID] = mapped_column(sort_order=-1)
    causation_id: Mapped[UUID | None] = mapped_column(sort_order=-1)


class FlightRow(Record, Base):
    """flight.events; columns after domain.events.FlightEvent."""

    __tablename__ = "flight_events"
    __table_args__ = (
        Index("ix_flight_events_leg_id", "leg_id"),
        {
            "schema": "landed",
            "comment": "Grain: one record of topic flight.events.",
            "postgresql_partition_by": PARTED,
        },
    )

    leg_id: Mapped[UUID | None]
    airline: Mapped[str | None]
    flight_number: Mapped[str | None]
    operational_suffix: Mapped[str | None]
    departure_airport: Mapped[str | None]
    arrival_airport: Mapped[str | None]
    origin_date: Mapped[date | None]
    repeat_number: Mapped[int | None]
    operating_licence: Mapped[str | None]
    registration: Mapped[str | None]
    sobt: Mapped[MaybeTime]
    sibt: Mapped[MaybeTime]
    eobt: Mapped[MaybeTime]
    eibt: Mapped[MaybeTime]
    aobt: Mapped[MaybeTime]
    aibt: Mapped[MaybeTime]
    doors_open_at: Mapped[MaybeTime]
    diverted_to: Mapped[str | None]
    delay_code: Mapped[str | None]
    irregularity_cause: Mapped[str | None]


class ExternalRow(Record, Base):
    """external.data; columns after domain.events.ExternalEvent."""

    __tablename__ = "external_data"
    __table_args__ = (
        {
            "schema": "landed",
            "comment": "Grain: one record of topic external.data.",
            "postgresql_partition_by": PARTED,
        },
    )

    station: Mapped[str | None]
    observed_at: Mapped[MaybeTime]
    temperature_c: Mapped[float | None]
    dew_point_c: Mapped[float | None]
    relative_humidity_pct: Mapped[float | None]
    wind_direction_deg: Mapped[float | None]
    wind_speed_kt: Mapped[float | None]
    wind_gust_kt: Mapped[float | None]
    precipitation_mm: Mapped[float | None]
    pressure_hpa: Mapped[float | None]
    visibility_km: Mapped[float | None]


class PassengerRow(Record, Base):
    """passenger.events; columns after domain.events.PassengerEvent; personal data only sealed."""

    __tablename__ = "passenger_events"
    __table_args__ = (
        Index("ix_passenger_events_journey_id", "journey_id"),
        Index("ix_passenger_events_leg_ids", "leg_ids", postgresql_using="gin"),
        Index("ix_passenger_events_care", "journey_id", postgresql_where=text("care is not null")),
        {
            "schema": "landed",
            "comment": "Grain: one record of topic passenger.events.",
            "postgresql_partition_by": PARTED,
        },
    )

    passenger_ref: Mapped[UUID | None]
    journey_id: Mapped[UUID | None]
    leg_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    leg_id: Mapped[UUID | None]
    fare_type: Mapped[str | None]
    passenger_type: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    informed_at: Mapped[MaybeTime]
    offered_sobt: Mapped[MaybeTime]
    offered_sibt: Mapped[MaybeTime]
    checked_in: Mapped[bool | None]
    booking_class: Mapped[str | None]
    care: Mapped[str | None]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    supplier: Mapped[str | None]


class DeadLetterRow(Base):
    """A record that could not be landed; with the landed rows it accounts for every offset."""

    __tablename__ = "dead_letters"
    __table_args__ = (
        UniqueConstraint("dead_letter_id"),
        CheckConstraint(
            "error_type in ('undecodable', 'unknown_schema', 'invalid', 'oversized', 'refused',"
            " 'replayed_already')",
            name="error_type_known",
        ),
        {"schema": "landed", "comment": "Grain: one record that could not be landed."},
    )

    log_id: Mapped[LogId] = mapped_column(
        primary_key=True, comment="The topic of one cluster, by logs.logs."
    )
    partition: Mapped[int] = mapped_column(primary_key=True, comment="Partition of the record.")
    offset: Mapped[Big] = mapped_column(primary_key=True, comment="Offset of the record.")
    dead_letter_id: Mapped[UUID] = mapped_column(comment="UUIDv5 of the record's identity.")
    recorded_at: Mapped[Time] = mapped_column(comment="Timestamp of the Kafka record; immutable.")
    landed_at: Mapped[Time] = mapped_column(comment="When the lander wrote the row.")
    record_key: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Sealed like the payload."
    )
    payload: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Value of the record, byte for byte; sealed on personal topics."
    )
    payload_sealed: Mapped[bool] = mapped_column(comment="True on topics with personal data.")
    error_type: Mapped[str] = mapped_column(comment="Why it could not be landed, as a word.")
    reason: Mapped[str] = mapped_column(comment="Never quotes values of personal topics.")
    headers: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Headers of the record as JSON; sealed like the payload."
    )
    schema_id: Mapped[int | None] = mapped_column(comment="Registry id on the wire, if it has one.")
    correlation_id: Mapped[UUID | None] = mapped_column(
        comment="From the record's header, if that is a UUID."
    )
    replay_of: Mapped[UUID | None] = mapped_column(
        comment="The dead letter that was replayed as this record."
    )


class FurtherFields(Base):
    """What a record says in fields that its table has no columns for, until it has them."""

    __tablename__ = "further_fields"
    __table_args__ = (
        CheckConstraint("(fields is null) <> (sealed is null)", name="clear_or_sealed"),
        {
            "schema": "landed",
            "comment": "Grain: one landed record that says more than its table has columns for.",
        },
    )

    log_id: Mapped[LogId] = mapped_column(
        primary_key=True, comment="The topic of one cluster, by logs.logs."
    )
    partition: Mapped[int] = mapped_column(primary_key=True, comment="Partition of the record.")
    offset: Mapped[Big] = mapped_column(primary_key=True, comment="Offset of the record.")
    # json, not jsonb: it keeps what it is given, a NUL in a text included.
    fields: Mapped[dict[str, Any] | None] = mapped_column(
        JSON, comment="Name to value, as JSON; null on topics with personal data."
    )
    sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        comment="The same under the passenger's data key, on topics with personal data.",
    )


for _topic in LANDING:
    _columns = Base.metadata.tables[f"landed.{_topic.table}"].columns
    for _name, _field in _topic.model.model_fields.items():
        _columns[_name].comment = _field.description
