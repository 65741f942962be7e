"""The envelope that every event on every topic carries.

A record is flat: `kind` says which of the optional facts are set. A flat record with optional
fields and a string kind can gain kinds and facts under FULL_TRANSITIVE compatibility; an Avro
union of records or an Avro enum cannot, because an old reader refuses a branch it does not know.

What an event accepts, its column holds and sums with it can bear: one record that passes here and
fails further on would stop whoever reads it, and meet them again after every restart.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.events.demands import Utc, WithinYears

NEAR = WithinYears(1900, 2199)

UtcTime = Annotated[datetime, AfterValidator(Utc()), AfterValidator(NEAR)]
FlightDate = Annotated[date, AfterValidator(NEAR)]
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

    What an event demands as a whole is data: `needs` are the facts that a kind must have, of each
    pair in `ordered` the second comes after the first, and the key of what is not a clock is the
    text of fact `keyed_by`.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    ordered: ClassVar[tuple[tuple[str, str], ...]] = ()
    keyed_by: ClassVar[str | None] = None

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

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        missing = [name for name in self.needs.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        for before, after in self.ordered:
            first, second = getattr(self, before), getattr(self, after)
            if first is not None and second is not None and second <= first:
                raise ValueError(f"{after} is not after {before}")
        if self.keyed_by is not None:
            wanted = "clock" if self.kind == "clock" else str(getattr(self, self.keyed_by))
            if self.key != wanted:
                raise ValueError(f"key is not {self.keyed_by}")
        return self
