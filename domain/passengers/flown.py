"""What a passenger flew in place of what was booked, and how late that made the journey."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.network.airports import find_airport

_MINUTE = timedelta(minutes=1)
NIGHT_AT = time(3)
"""A wait that spans three o'clock local time is a night in a chair, so a bed is needed (CA-03)."""
NIGHT_FROM_MINUTES = 300


class LegFacts(Protocol):
    """What the law reads of a leg: a `domain.network_state.LegState`, or its like."""

    @property
    def leg_id(self) -> UUID: ...
    @property
    def departure_airport(self) -> str | None: ...
    @property
    def arrival_airport(self) -> str | None: ...
    @property
    def operating_licence(self) -> str | None: ...
    @property
    def sobt(self) -> datetime | None: ...
    @property
    def sibt(self) -> datetime | None: ...
    @property
    def eobt(self) -> datetime | None: ...
    @property
    def eibt(self) -> datetime | None: ...
    @property
    def aobt(self) -> datetime | None: ...
    @property
    def aibt(self) -> datetime | None: ...
    @property
    def doors_open_at(self) -> datetime | None: ...
    @property
    def diverted_to(self) -> str | None: ...
    @property
    def irregularity_cause(self) -> str | None: ...
    @property
    def cancelled(self) -> object | None: ...


class Scheduled(NamedTuple):
    """A leg whose schedule is known, so that the law can measure against it."""

    leg_id: UUID
    origin: str
    destination: str
    sobt: datetime
    sibt: datetime
    facts: LegFacts

    @property
    def departs_at(self) -> datetime | None:
        """When it left, else when it is expected to, else None."""
        return self.facts.aobt or self.facts.eobt

    @property
    def arrived_at(self) -> datetime | None:
        """Doors open where told (C-452/13), else on-block; None while it has not arrived."""
        return self.facts.doors_open_at or self.facts.aibt


def scheduled(legs: Mapping[UUID, LegFacts], leg_ids: Sequence[UUID]) -> list[Scheduled]:
    """The legs of an itinerary that have a schedule, in its order; others are left out."""
    found: list[Scheduled] = []
    for leg_id in leg_ids:
        leg = legs.get(leg_id)
        if leg and leg.sobt and leg.sibt and leg.departure_airport and leg.arrival_airport:
            found.append(
                Scheduled(
                    leg_id, leg.departure_airport, leg.arrival_airport, leg.sobt, leg.sibt, leg
                )
            )
    return found


def flown_instead(booked: Sequence[Scheduled], now: Sequence[Scheduled]) -> list[Scheduled]:
    """The whole way: booked legs up to where the present itinerary takes over, then that."""
    if not now:
        return list(booked)
    before: list[Scheduled] = []
    for leg in booked:
        if leg.origin == now[0].origin:
            break
        before.append(leg)
    else:
        before = []  # it starts somewhere else altogether: it is the whole way
    return [*before, *now]


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Whole minutes, rounded down: 179.9 minutes late is less than three hours late."""
    return (later - earlier) // _MINUTE


def departure_delay(booked: Sequence[Scheduled], way: Sequence[Scheduled]) -> int | None:
    """The longest wait past a booked departure, minutes; None while no departure is known."""
    waits = [minutes_between(leg.sobt, leaves) for leg, leaves in _waits(booked, way)]
    return max(waits, default=None)


def night_needed(booked: Sequence[Scheduled], way: Sequence[Scheduled]) -> bool:
    """Whether a wait for a departure spans the night at its airport."""
    return any(_spans_night(leg.origin, leg.sobt, leaves) for leg, leaves in _waits(booked, way))


def final_arrival(booked: Sequence[Scheduled], way: Sequence[Scheduled]) -> datetime | None:
    """When the passenger reached the booked destination; None while not, or not known."""
    last = way[-1]
    reached = last.facts.diverted_to is None and last.destination == booked[-1].destination
    return last.arrived_at if reached and last.facts.cancelled is None else None


def _waits(
    booked: Sequence[Scheduled], way: Sequence[Scheduled]
) -> list[tuple[Scheduled, datetime]]:
    leaving = {leg.origin: leg.departs_at for leg in way if leg.facts.cancelled is None}
    pairs = ((leg, leaving.get(leg.origin)) for leg in booked)
    return [(leg, leaves) for leg, leaves in pairs if leaves is not None]


def _spans_night(iata: str, since: datetime, until: datetime) -> bool:
    place = find_airport(iata)
    if place is None or minutes_between(since, until) < NIGHT_FROM_MINUTES:
        return False
    local_since, local_until = since.astimezone(place.zone), until.astimezone(place.zone)
    night = datetime.combine(local_since.date(), NIGHT_AT, tzinfo=place.zone)
    if night < local_since:
        night += timedelta(days=1)
    return night <= local_until
