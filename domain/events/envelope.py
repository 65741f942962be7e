"""The envelope that every event on every topic carries.

A record is flat: `kind` says which of the optional facts are set. A flat record with optional
fields and a string kind can gain kinds and facts under FULL_TRANSITIVE compatibility; an Avro
union of records or an Avro enum cannot, because an old reader refuses a branch it does not know.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a time needs its zone: give UTC")
    if value.utcoffset():
        raise ValueError("times are UTC: convert before building the event")
    return value


UtcTime = Annotated[datetime, AfterValidator(_utc)]
"""A time in UTC; naive and zoned times are refused, never guessed."""

IataAirport = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
IataAirline = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]


class Event(BaseModel):
    """What every event says about itself.

    `occurred_at` is event time: when the fact became knowable, from the source's own clock.
    `produced_at` is when the producer handed it to Kafka. The correlation id is shared by all
    that follows from one cause; the causation id is the event or finding that led to this one.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    event_id: UUID
    key: Annotated[str, Field(min_length=1, max_length=200)]
    kind: str
    occurred_at: UtcTime
    produced_at: UtcTime
    source: Annotated[str, Field(min_length=1, max_length=100)]
    schema_version: int = 1
    correlation_id: UUID
    causation_id: UUID | None = None
