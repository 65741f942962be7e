"""The envelope that every event on every topic carries.

A record is flat: `kind` says which of the optional facts are set. A flat record with optional
fields and a string kind can gain kinds and facts under FULL_TRANSITIVE compatibility; an Avro
union of records or an Avro enum cannot, because an old reader refuses a branch it does not know.

What an event accepts, its column holds and sums with it can bear: one record that passes here and
fails further on would stop whoever reads it, and meet them again after every restart.
"""

from datetime import date, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

D = TypeVar("D", date, datetime)

EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
"""Further off a time is a mistake, and hours added to it may leave the calendar."""


def _near(value: D) -> D:
    if EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        return value
    raise ValueError(f"the year is not in {EARLIEST_YEAR} to {LATEST_YEAR}")


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a time needs its zone: give UTC")
    if value.utcoffset():
        raise ValueError("times are UTC: convert before building the event")
    return _near(value)


UtcTime = Annotated[datetime, AfterValidator(_utc)]
"""A time in UTC; naive and zoned times are refused, never guessed."""

FlightDate = Annotated[date, AfterValidator(_near)]
FreeText = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Any text without NUL, which PostgreSQL keeps neither in a text nor in a jsonb."""

Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Measure = Annotated[float, Field(ge=-1e9, le=1e9)]
"""A measurement: so far from the largest float that differences and sums stay finite."""

IataAirport = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
IataAirline = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]


class Event(BaseModel):
    """What every event says about itself.

    `occurred_at` is event time: when the fact became knowable, from the source's own clock.
    `produced_at` is when the producer handed it to Kafka. The correlation id is shared by all
    that follows from one cause; the causation id is the event or finding that led to this one.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        allow_inf_nan=False,  # jsonb knows neither
        hide_input_in_errors=True,  # an error may end in a log
    )

    event_id: Annotated[
        UUID, Field(description="Identity of the event; sent again, it keeps its id.")
    ]
    key: Annotated[
        FreeText,
        Field(
            min_length=1,
            max_length=200,
            description="Key of the Kafka record: events with one key stay in order.",
        ),
    ]
    kind: Annotated[
        FreeText, Field(description="Which fact this is, and so which optional fields are set.")
    ]
    occurred_at: Annotated[
        UtcTime,
        Field(description="Event time, UTC: when the fact was knowable, by the source's clock."),
    ]
    produced_at: Annotated[
        UtcTime, Field(description="When the producer handed the event to Kafka, UTC.")
    ]
    source: Annotated[
        FreeText,
        Field(
            min_length=1,
            max_length=100,
            description="Who says so: the system or program that made the event.",
        ),
    ]
    schema_version: Annotated[
        Int32, Field(description="Version of the event model that it was made with.")
    ] = 1
    correlation_id: Annotated[UUID, Field(description="Shared by all that follows from one cause.")]
    causation_id: Annotated[
        UUID | None, Field(description="The event or finding that led to this event, if one did.")
    ] = None
