"""A passenger's journey as the passenger events tell it: booked, informed, offered, rebooked."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID


class JourneyRecord(Protocol):
    """What the fold reads of a record of passenger.events: PassengerEvent, or a landed row."""

    @property
    def kind(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def passenger_ref(self) -> UUID | None: ...
    @property
    def journey_id(self) -> UUID | None: ...
    @property
    def leg_ids(self) -> tuple[UUID, ...] | list[UUID] | None: ...
    @property
    def leg_id(self) -> UUID | None: ...
    @property
    def fare_type(self) -> str | None: ...
    @property
    def passenger_type(self) -> str | None: ...
    @property
    def informed_at(self) -> datetime | None: ...
    @property
    def offered_sobt(self) -> datetime | None: ...
    @property
    def offered_sibt(self) -> datetime | None: ...
    @property
    def checked_in(self) -> bool | None: ...


class Offer(NamedTuple):
    """A re-routing offered in place of a leg: when it leaves, and when the journey then ends."""

    sobt: datetime
    sibt: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """One passenger on one booking journey, as known so far.

    `itineraries` begins with the booked legs; each rebooking adds what is flown instead, from
    the point of rebooking on. `informed_at` is the first time the passenger was told of a leg
    (telling an agent is not telling the passenger, TM-06).
    """

    passenger_ref: UUID
    journey_id: UUID
    itineraries: tuple[tuple[UUID, ...], ...]
    fare_type: str | None = None
    passenger_type: str | None = None
    checked_in: bool | None = None
    informed_at: dict[UUID, datetime] = field(default_factory=dict)
    offers: dict[UUID, tuple[Offer, ...]] = field(default_factory=dict)

    @property
    def booked(self) -> tuple[UUID, ...]:
        """The legs of the booking that the passenger holds."""
        return self.itineraries[0]

    @property
    def leg_ids(self) -> frozenset[UUID]:
        """Every leg that the journey touched."""
        return frozenset(leg for itinerary in self.itineraries for leg in itinerary)


def fold_journeys(records: Iterable[JourneyRecord]) -> dict[tuple[UUID, UUID], Journey]:
    """Journeys by (passenger_ref, journey_id), from records in event-time order.

    The same records in any order of journeys give the same result; a record seen twice changes
    nothing. Facts told before the booking itself arrived wait for it, so none is lost.
    """
    journeys: dict[tuple[UUID, UUID], Journey] = {}
    waiting: dict[tuple[UUID, UUID], list[JourneyRecord]] = {}
    for record in records:
        if record.passenger_ref is None or record.journey_id is None:
            continue
        key = (record.passenger_ref, record.journey_id)
        known = journeys.get(key)
        if known is not None:
            journeys[key] = _apply(known, record)
        elif record.kind == "journey_booked":
            journeys[key] = _booked(record, *key)
            for earlier in waiting.pop(key, ()):
                journeys[key] = _apply(journeys[key], earlier)
        else:
            waiting.setdefault(key, []).append(record)
    return journeys


def _booked(record: JourneyRecord, passenger_ref: UUID, journey_id: UUID) -> Journey:
    return Journey(
        passenger_ref=passenger_ref,
        journey_id=journey_id,
        itineraries=(tuple(record.leg_ids or ()),),
        fare_type=record.fare_type,
        passenger_type=record.passenger_type,
        checked_in=record.checked_in,
    )


def _apply(journey: Journey, record: JourneyRecord) -> Journey:
    if record.checked_in is not None:
        journey = replace(journey, checked_in=record.checked_in)
    leg_id = record.leg_id
    if record.kind == "passenger_informed" and leg_id and record.informed_at:
        first = min(journey.informed_at.get(leg_id, record.informed_at), record.informed_at)
        return replace(journey, informed_at={**journey.informed_at, leg_id: first})
    if record.kind == "reroute_offered" and leg_id and record.offered_sobt and record.offered_sibt:
        offer = Offer(record.offered_sobt, record.offered_sibt)
        offers = tuple(dict.fromkeys((*journey.offers.get(leg_id, ()), offer)))
        return replace(journey, offers={**journey.offers, leg_id: offers})
    if record.kind == "passenger_rebooked" and record.leg_ids:
        now = tuple(record.leg_ids)
        if journey.itineraries[-1] != now:
            return replace(journey, itineraries=(*journey.itineraries, now))
    return journey
