"""flight.events: what happened to a leg, in AIDX and A-CDM terms."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

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


class FlightEvent(Event):
    """One fact about one leg; `leg_id` is UUIDv5 of the AIDX LegIdentifier (`domain.network.legs`).

    Block times follow A-CDM: S(cheduled), E(stimated), A(ctual) OBT (off-block) and IBT (in-block).
    `doors_open_at` is the arrival that EU261 counts (C-452/13). `delay_code` is numeric AHM 730;
    `irregularity_cause` the finer cause that passenger rights need (vocabulary of
    `domain.passenger_rights`). `operating_licence` is the authority that licensed the operator.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
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
    ordered: ClassVar[tuple[tuple[str, str], ...]] = (("sobt", "sibt"),)

    kind: Annotated[
        FlightKind,
        Field(description="What happened to the leg, as ASM/SSM or MVT tell it; or clock."),
    ]
    leg_id: Annotated[
        UUID | None, Field(description="The leg: UUIDv5 of its AIDX LegIdentifier.")
    ] = None
    airline: Annotated[
        IataAirline | None, Field(description="Operating airline, IATA code (AIDX Airline).")
    ] = None
    flight_number: Annotated[
        Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] | None,
        Field(description="Flight number without airline or suffix (AIDX FlightNumber)."),
    ] = None
    operational_suffix: Annotated[
        Annotated[str, Field(pattern=r"^[A-Z]$")] | None,
        Field(description="Operational suffix, one letter (AIDX OperationalSuffix)."),
    ] = None
    departure_airport: Annotated[
        IataAirport | None,
        Field(description="Departure airport, IATA code (AIDX DepartureAirport)."),
    ] = None
    arrival_airport: Annotated[
        IataAirport | None,
        Field(description="Scheduled arrival airport, IATA code (AIDX ArrivalAirport)."),
    ] = None
    origin_date: Annotated[
        FlightDate | None,
        Field(description="UTC date of the flight's first departure (AIDX OriginDate)."),
    ] = None
    repeat_number: Annotated[
        Int32 | None,
        Field(description="Tells legs apart that are otherwise alike (AIDX RepeatNumber)."),
    ] = None
    operating_licence: Annotated[
        Literal["uk", "eu", "other"] | None,
        Field(description="Who licensed the operating carrier (EU261 Art 2(c))."),
    ] = None
    registration: Annotated[
        Annotated[FreeText, Field(min_length=1, max_length=10)] | None,
        Field(description="Registration of the aircraft, e.g. G-KNOA (AIDX Registration)."),
    ] = None
    sobt: Annotated[
        UtcTime | None,
        Field(description="Scheduled off-block time, UTC (A-CDM SOBT; AIDX SCT/OFB)."),
    ] = None
    sibt: Annotated[
        UtcTime | None,
        Field(description="Scheduled in-block time, UTC (A-CDM SIBT; AIDX SCT/ONB)."),
    ] = None
    eobt: Annotated[
        UtcTime | None,
        Field(description="Estimated off-block time, UTC (A-CDM EOBT; AIDX EST/OFB)."),
    ] = None
    eibt: Annotated[
        UtcTime | None,
        Field(description="Estimated in-block time, UTC (A-CDM EIBT; AIDX EST/ONB)."),
    ] = None
    aobt: Annotated[
        UtcTime | None, Field(description="Actual off-block time, UTC (A-CDM AOBT; AIDX ACT/OFB).")
    ] = None
    aibt: Annotated[
        UtcTime | None, Field(description="Actual in-block time, UTC (A-CDM AIBT; AIDX ACT/ONB).")
    ] = None
    doors_open_at: Annotated[
        UtcTime | None,
        Field(description="First door opened, UTC: the arrival that EU261 counts (C-452/13)."),
    ] = None
    diverted_to: Annotated[
        IataAirport | None,
        Field(description="Airport that the leg was diverted to, IATA code (MVT DV)."),
    ] = None
    delay_code: Annotated[
        Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None,
        Field(description="Delay reason, two digits (AHM 730), e.g. 93: aircraft rotation."),
    ] = None
    irregularity_cause: Annotated[
        Annotated[FreeText, Field(max_length=60)] | None,
        Field(description="Finer cause, in the words of passenger rights: crew_illness."),
    ] = None
