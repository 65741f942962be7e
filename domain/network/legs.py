"""A leg: one take-off to one landing of one flight, and the id that everything hangs on."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.events.envelope import IataAirline, IataAirport, UtcTime
from domain.identity import name_uuid


def leg_id(
    airline: str,
    flight_number: str,
    operational_suffix: str | None,
    departure_airport: str,
    arrival_airport: str,
    origin_date: date,
    repeat_number: int | None = None,
) -> UUID:
    """UUIDv5 of the AIDX LegIdentifier; `origin_date` is UTC, of the flight's first departure.

    Senders disagree on padding and defaults, so `0123` and `123`, a missing and an empty suffix,
    and a missing repeat number and 1 are the same leg.
    """
    return name_uuid(
        "leg",
        airline.upper(),
        str(int(flight_number)),
        (operational_suffix or "").upper(),
        departure_airport.upper(),
        arrival_airport.upper(),
        origin_date.isoformat(),
        1 if repeat_number is None else repeat_number,
    )


class Leg(BaseModel):
    """A scheduled leg: AIDX LegIdentifier with its scheduled block times (A-CDM SOBT and SIBT)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    airline: IataAirline
    flight_number: Annotated[str, Field(pattern=r"^[0-9]{1,4}$")]
    operational_suffix: Annotated[str, Field(pattern=r"^[A-Z]$")] | None = None
    departure_airport: IataAirport
    arrival_airport: IataAirport
    origin_date: date
    repeat_number: int = 1
    sobt: UtcTime
    sibt: UtcTime

    @model_validator(mode="after")
    def _flies_forward(self) -> "Leg":
        if self.sibt <= self.sobt:
            raise ValueError("sibt is not after sobt")
        return self

    @property
    def leg_id(self) -> UUID:
        """The id of this leg; see `leg_id`."""
        return leg_id(
            self.airline,
            self.flight_number,
            self.operational_suffix,
            self.departure_airport,
            self.arrival_airport,
            self.origin_date,
            self.repeat_number,
        )

    @property
    def block_minutes(self) -> int:
        """Scheduled block time, whole minutes."""
        return int((self.sibt - self.sobt).total_seconds() // 60)
