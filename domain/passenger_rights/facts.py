"""The facts that the law asks for, of one passenger on one journey; unknown facts are values."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.events.envelope import IataAirport, UtcTime
from domain.passenger_rights.vocabulary import EventKind, FareType, Licence

DAY_MINUTES = 1440

ArrivalBasis = Literal["legal", "door_open", "permitted_to_leave", "on_block"]
"""At what the arrival was measured; `legal` says: at what the regime counts (TM-01, TM-02)."""


class RightsFacts(BaseModel):
    """What happened, in minutes and as told; `None` (or `"unknown"`) is a fact not yet known.

    The journey is one direction of one booking: from its first departure to its final
    destination, stops aside (SC-07, SC-09). Delays are against the booked schedule (TM-03),
    negative when early. Holds no personal data: that somebody is of reduced mobility (CA-06) is
    sealed and reaches the care desk through the keyring, not through here.

    Impossible facts raise a ValidationError whose error type names them: `negative_distance`,
    `notice_after_flight`, `negative_advance`, `arrival_before_departure`,
    `journey_to_its_own_start`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    flight_date: date
    scheduled_departure: UtcTime | None = None
    scheduled_arrival: UtcTime | None = None
    operating_licence: Licence = "unknown"  # of the carrier that owes: the lessee of a wet lease
    marketing_licence: Licence | None = None  # of the carrier whose code it was sold under (SC-12)
    lessor_licence: Licence | None = None  # of the owner of aircraft and crew, wet lease (SC-11)
    departure_airport: IataAirport
    arrival_airport: IataAirport
    via_airports: tuple[IataAirport, ...] = ()
    single_booking: bool = True
    aircraft: Literal["fixed_wing", "helicopter"] = "fixed_wing"
    distance_km: float | None = None  # as declared; ours decides where both airports are known
    distance_km_wgs84: float | None = None

    event: EventKind
    departure_delay_minutes: int | None = None
    arrival_delay_minutes: int | None = None
    arrival_basis: ArrivalBasis = "legal"
    advanced_minutes: int | None = None
    diverted_to_same_region: bool | None = None
    overnight: bool | None = None
    waiting_at_airport: bool | None = None

    notice_minutes: int | None = None  # from being told to scheduled departure (TM-06)
    reroute_offered: bool | None = None
    reroute_dep_early_minutes: int | None = None
    reroute_arr_late_minutes: int | None = None
    rerouting_flight: bool = False  # this is about the flight offered as re-routing (CO-19)

    cause: str = "unknown"
    excused_minutes: Annotated[int, Field(ge=0)] = 0  # of the delay, by an excused event (TM-07)
    reasonable_measures_proven: bool | None = None

    passenger_type: Literal["adult", "child", "infant"] = "adult"
    fare_type: FareType = "public"
    checked_in: bool | None = None  # presented for check-in in time
    third_country_benefits: bool = False  # got compensation and assistance there (SC-06)
    voluntary: bool = False
    refusal_grounds: str = "none"

    class_booked: str | None = None
    class_flown: str | None = None
    leg_price_minor: Annotated[int, Field(ge=0)] | None = None
    fare_minor: Annotated[int, Field(ge=0)] | None = None  # of the booking, where no leg price is
    fare_airports: tuple[IataAirport, ...] = ()  # the way that fare was for, end to end (DG-04)
    ticket_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None

    @model_validator(mode="after")
    def _possible(self) -> "RightsFacts":
        for distance in (self.distance_km, self.distance_km_wgs84):
            if distance is not None and distance < 0:
                raise _impossible("negative_distance", "a distance is negative")
        if self.notice_minutes is not None and self.notice_minutes < 0:
            raise _impossible("notice_after_flight", "notice was given after scheduled departure")
        if self.advanced_minutes is not None and self.advanced_minutes < 0:
            raise _impossible("negative_advance", "a flight put back is not brought forward")
        if self.departure_airport == self.arrival_airport:
            raise _impossible(
                "journey_to_its_own_start",
                "the journey ends where it starts: assess outbound and return apart (C-173/07)",
            )
        if self.scheduled_departure and self.scheduled_arrival:
            flight = (self.scheduled_arrival - self.scheduled_departure).total_seconds() / 60
            flown = flight
            if self.departure_delay_minutes is not None and self.arrival_delay_minutes is not None:
                flown += self.arrival_delay_minutes - self.departure_delay_minutes
            if flight <= 0 or flown <= 0:
                raise _impossible("arrival_before_departure", "arrival is not after departure")
        return self


def _impossible(name: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(name, "impossible facts: {message}", {"message": message})
