"""flight.events: what happened to a leg, in AIDX and A-CDM terms."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.events.envelope import (
    Event,
    FlightDate,
    FreeText,
    IataAirline,
    IataAirport,
    Int32,
    UtcTime,
)

FlightKind = Literal[
    "clock",  # event time moves on; carries no leg
    "leg_scheduled",  # SSM/ASM NEW: sobt, sibt, airline, airports
    "aircraft_assigned",  # registration is known for the leg
    "leg_estimated",  # MVT ED/EA: eobt, eibt
    "leg_departed",  # MVT AD: aobt
    "leg_arrived",  # MVT AA: aibt, and doors_open_at where known
    "leg_cancelled",  # ASM CNL
    "leg_diverted",  # MVT DV: diverted_to
]

_NEEDS: dict[str, tuple[str, ...]] = {
    "leg_scheduled": (
        "leg_id", "airline", "flight_number", "departure_airport", "arrival_airport",
        "origin_date", "sobt", "sibt",
    ),
    "aircraft_assigned": ("leg_id", "registration"),
    "leg_estimated": ("leg_id",),
    "leg_departed": ("leg_id", "aobt"),
    "leg_arrived": ("leg_id", "aibt"),
    "leg_cancelled": ("leg_id",),
    "leg_diverted": ("leg_id", "diverted_to"),
}  # fmt: skip


class FlightEvent(Event):
    """One fact about one leg; `leg_id` is UUIDv5 of the AIDX LegIdentifier (`domain.network.legs`).

    Block times follow A-CDM: S(cheduled), E(stimated), A(ctual) OBT (off-block) and IBT (in-block).
    `doors_open_at` is the arrival that EU261 counts (C-452/13). `delay_code` is numeric AHM 730;
    `irregularity_cause` the finer cause that passenger rights need (vocabulary of
    `domain.passenger_rights`). `operating_licence` is the authority that licensed the operator.
    """

    kind: FlightKind
    leg_id: UUID | None = None
    airline: IataAirline | None = None
    flight_number: Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] | None = None
    operational_suffix: Annotated[str, Field(pattern=r"^[A-Z]$")] | None = None
    departure_airport: IataAirport | None = None
    arrival_airport: IataAirport | None = None
    origin_date: FlightDate | None = None
    repeat_number: Int32 | None = None
    operating_licence: Literal["uk", "eu", "other"] | None = None
    registration: Annotated[FreeText, Field(min_length=1, max_length=10)] | None = None
    sobt: UtcTime | None = None
    sibt: UtcTime | None = None
    eobt: UtcTime | None = None
    eibt: UtcTime | None = None
    aobt: UtcTime | None = None
    aibt: UtcTime | None = None
    doors_open_at: UtcTime | None = None
    diverted_to: IataAirport | None = None
    delay_code: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None
    irregularity_cause: Annotated[FreeText, Field(max_length=60)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "FlightEvent":
        missing = [name for name in _NEEDS.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        if self.sobt and self.sibt and self.sibt <= self.sobt:
            raise ValueError("sibt is not after sobt")
        return self
