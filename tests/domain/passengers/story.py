"""Legs and journeys for tests, told in minutes after noon UTC."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.network_state import Known, LegState
from domain.network_state.records import Reference
from domain.passengers import Impact, Journey, Unplaced

PASSENGER, JOURNEY = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
KNOWN = Known(NOON, UUID(int=77), Reference(1, 0, 0))


def at(minutes: int) -> datetime:
    """Minutes after noon UTC of the day."""
    return NOON + timedelta(minutes=minutes)


def leg(number: int, origin: str, destination: str, out: int, into: int, **known: Any) -> LegState:
    """A leg scheduled `out` to `into` minutes after noon; times are given the same way."""
    state = LegState(UUID(int=number), UUID(int=50), NOON)
    state.departure_airport, state.arrival_airport = origin, destination
    state.sobt, state.sibt, state.operating_licence = at(out), at(into), "uk"
    for name, value in known.items():
        timed = isinstance(value, int) and not isinstance(value, bool)
        setattr(state, name, at(value) if timed else value)
    return state


def journey(*leg_ids: int, **changes: Any) -> Journey:
    made: dict[str, Any] = {
        "passenger_ref": PASSENGER,
        "journey_id": JOURNEY,
        "itineraries": (tuple(UUID(int=number) for number in leg_ids),),
        "fare_type": "public",
        "passenger_type": "adult",
        "checked_in": True,
    }
    return Journey(**(made | changes))


def rebooked(*leg_ids: int) -> tuple[UUID, ...]:
    return tuple(UUID(int=number) for number in leg_ids)


def one(found: tuple[Impact, ...] | Unplaced) -> Impact:
    assert not isinstance(found, Unplaced)
    assert len(found) == 1
    return found[0]


def book(*legs: LegState) -> dict[UUID, LegState]:
    return {state.leg_id: state for state in legs}
