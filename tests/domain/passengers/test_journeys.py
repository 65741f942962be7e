"""A journey is folded from its records, in whatever order and however often they come."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from domain.passengers import Offer, fold_journeys

PASSENGER, JOURNEY = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    """Minutes after noon UTC of the day."""
    return NOON + timedelta(minutes=minutes)


def legs(*numbers: int) -> tuple[UUID, ...]:
    return tuple(UUID(int=number) for number in numbers)


def record(kind: str, minutes: int = 0, **facts: Any) -> Any:
    blank: dict[str, Any] = dict.fromkeys(
        ("leg_ids", "leg_id", "fare_type", "passenger_type", "informed_at", "offered_sobt",
         "offered_sibt", "checked_in")
    )  # fmt: skip
    who = {"passenger_ref": PASSENGER, "journey_id": JOURNEY, "occurred_at": at(minutes)}
    return SimpleNamespace(kind=kind, **(blank | who | facts))


STORY: list[Callable[[], Any]] = [
    lambda: record("journey_booked", leg_ids=legs(1, 2), fare_type="public"),
    lambda: record("passenger_informed", 10, leg_id=UUID(int=1), informed_at=at(10)),
    lambda: record("passenger_informed", 20, leg_id=UUID(int=1), informed_at=at(5)),
    lambda: record("reroute_offered", 30, leg_id=UUID(int=1), offered_sobt=at(100),
                   offered_sibt=at(200)),
    lambda: record("passenger_rebooked", 40, leg_ids=list(legs(3)), checked_in=True),
    lambda: record("clock", 50, passenger_ref=None, journey_id=None),
]  # fmt: skip


def test_a_journey_is_folded_from_its_records() -> None:
    (folded,) = fold_journeys(event() for event in STORY).values()
    assert folded.itineraries == (legs(1, 2), legs(3))
    assert folded.informed_at == {UUID(int=1): at(5)}
    assert folded.offers == {UUID(int=1): (Offer(at(100), at(200)),)}
    assert (folded.fare_type, folded.checked_in) == ("public", True)
    assert folded.leg_ids == frozenset(legs(1, 2, 3))


def test_redelivery_and_a_booking_that_comes_last_change_nothing() -> None:
    once = fold_journeys(event() for event in STORY)
    twice = fold_journeys(event() for event in STORY for _ in range(2))
    late = fold_journeys(event() for event in [*STORY[1:], STORY[0]])
    assert once == twice == late
