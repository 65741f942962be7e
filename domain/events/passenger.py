"""passenger.events: bookings, what passengers were told and offered; personal data sealed."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.events.demands import Sealed
from domain.events.envelope import Event, UtcTime

PassengerKind = Literal[
    "clock",
    "journey_booked",  # PNL: a passenger holds a confirmed journey of one or more legs
    "passenger_informed",  # told that a leg is cancelled; informed_at
    "reroute_offered",  # offered a re-routing; offered_sobt, offered_sibt
    "passenger_rebooked",  # now travels on leg_ids instead
    "care_given",  # a supplier of the carrier gave care (Art 9); costs nothing at amount 0
    "care_receipt",  # the passenger paid for care that was not offered, and has the receipt
]

CareKind = Literal["meals", "comms", "hotel", "transport"]

FareType = Literal[
    "public", "child_public", "zero_fare_taxes_paid", "frequent_flyer", "package",
    "staff_id", "infant_free_unnamed",
]  # fmt: skip

SEALED_FORMAT = b"\x01"
"""First byte of everything sealed: AES-256-GCM, 12-byte nonce, subject as associated data."""

SEALED_LEAST = len(SEALED_FORMAT) + 12 + 16
"""Format, nonce and tag: what sealing nothing takes."""


SealedBytes = Annotated[bytes, AfterValidator(Sealed(SEALED_FORMAT, SEALED_LEAST))]


class PersonalData(BaseModel):
    """The plaintext that only the keyring's door may see; travels and rests as `sealed` bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    given_name: str
    family_name: str
    email: str | None = None
    phone: str | None = None
    document_number: str | None = None
    special_assistance: tuple[str, ...] = ()  # IATA SSR codes: WCHR, UMNR, BLND ...


class PassengerEvent(Event):
    """One fact about one passenger on one booking journey.

    `passenger_ref` is a keyed pseudonym, `journey_id` the booking journey (one direction of a
    booking), `sealed` a PersonalData under that passenger's data key (`streaming.keyring`). The key
    is the passenger_ref, or "clock": no room for a name.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "journey_booked": ("passenger_ref", "journey_id", "leg_ids", "sealed"),
        "passenger_informed": ("passenger_ref", "journey_id", "leg_id", "informed_at"),
        "reroute_offered": (
            "passenger_ref", "journey_id", "leg_id", "offered_sobt", "offered_sibt",
        ),
        "passenger_rebooked": ("passenger_ref", "journey_id", "leg_ids"),
        "care_given": (
            "passenger_ref", "journey_id", "care", "amount_minor", "currency", "supplier",
        ),
        "care_receipt": ("passenger_ref", "journey_id", "care", "amount_minor", "currency"),
    }  # fmt: skip
    keyed_by: ClassVar[str | None] = "passenger_ref"

    kind: Annotated[
        PassengerKind, Field(description="What happened to the passenger's journey; or clock.")
    ]
    passenger_ref: Annotated[
        UUID | None, Field(description="The passenger: a keyed pseudonym.")
    ] = None
    journey_id: Annotated[
        UUID | None, Field(description="The booking journey: one direction of one booking (PNR).")
    ] = None
    leg_ids: Annotated[
        tuple[UUID, ...] | None,
        Field(description="Legs of the journey in the order flown, by flight.events' leg_id."),
    ] = None
    leg_id: Annotated[
        UUID | None, Field(description="The leg told of or replaced, by flight.events' leg_id.")
    ] = None
    fare_type: Annotated[
        FareType | None, Field(description="Kind of fare, as EU261 Art 3(3) tells them apart.")
    ] = None
    passenger_type: Annotated[
        Literal["adult", "child", "infant"] | None, Field(description="Adult, child or infant.")
    ] = None
    sealed: Annotated[
        SealedBytes | None,
        Field(description="PersonalData under the passenger's data key; never plaintext."),
    ] = None
    informed_at: Annotated[
        UtcTime | None, Field(description="When the passenger was told of the cancellation, UTC.")
    ] = None
    offered_sobt: Annotated[
        UtcTime | None, Field(description="SOBT of the flight offered instead, UTC.")
    ] = None
    offered_sibt: Annotated[
        UtcTime | None, Field(description="SIBT of the flight offered instead, UTC.")
    ] = None
    checked_in: Annotated[
        bool | None, Field(description="Whether presented for check-in in time (EU261 Art 3(2)).")
    ] = None
    booking_class: Annotated[
        Annotated[str, Field(pattern=r"^[A-Z]$")] | None,
        Field(description="Booking class, one letter (RBD), e.g. Y."),
    ] = None
    care: Annotated[CareKind | None, Field(description="What care was given (EU261 Art 9).")] = None
    amount_minor: Annotated[
        Annotated[int, Field(ge=0, le=10**12)] | None,
        Field(description="What the care cost, in minor units of the currency."),
    ] = None
    currency: Annotated[
        Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None,
        Field(description="Currency of the amount, ISO 4217."),
    ] = None
    supplier: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None,
        Field(description="Who gave the care, by the carrier's own id of the supplier."),
    ] = None
