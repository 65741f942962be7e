"""Facts not known give a range and a question; impossible ones are refused by name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.passenger_rights import assess
from tests.domain.passenger_rights.facts import facts

DAY = 1440


@pytest.mark.parametrize(
    ("changes", "need", "low", "high"),
    [
        ({"arrival_delay_minutes": None}, "arrival time", 0, 35000),
        ({"arrival_delay_minutes": None, "arrival_airport": "JFK"}, "arrival time", 0, 52000),
        (
            {"event": "cancellation", "reroute_offered": False}, "notice", 0, 35000,
        ),
        (
            {"event": "cancellation", "notice_minutes": 0}, "re-routing offered", 0, 35000,
        ),
        (
            {"event": "denied_boarding", "reroute_offered": True},
            "times of the re-routing", 17500, 35000,
        ),
        (
            {"operating_licence": "unknown", "departure_airport": "JFK", "arrival_airport": "LHR"},
            "operating licence", 0, 26000,
        ),
        ({"fare_type": "unknown"}, "fare type", 0, 35000),
        ({"event": "advanced", "notice_minutes": 0}, "minutes brought forward", 0, 35000),
        ({"departure_airport": "QQQ"}, "airport QQQ", 0, 52000),
    ],
)  # fmt: skip
def test_a_missing_fact_gives_a_range_and_a_question(
    changes: dict[str, Any], need: str, low: int, high: int
) -> None:
    found = assess(facts(**changes), "uk")
    assert found.needs == (need,)
    assert not found.decided
    assert (found.amount_minor, found.amount_min_minor, found.amount_max_minor) == (low, low, high)


def test_a_missing_fact_that_changes_nothing_is_not_asked_for() -> None:
    anyone = facts(operating_licence="unknown")  # from the UK any carrier is covered
    assert assess(anyone, "uk").needs == ()
    early = facts(event="cancellation", notice_minutes=20 * DAY)  # told 20 days ahead
    assert assess(early, "uk").needs == ()
    assert assess(early, "uk").decided


def test_an_unproven_notice_is_flagged_and_the_books_carry_the_sum() -> None:
    found = assess(facts(event="cancellation", reroute_offered=False), "uk")
    assert ("notice_unproven" in found.flags, found.accrual_minor) == (True, 35000)


def test_care_that_hangs_on_a_missing_fact_is_asked_for() -> None:
    found = assess(facts(event="cancellation", notice_minutes=0, reroute_offered=False,
                         waiting_at_airport=None, overnight=None), "uk")  # fmt: skip
    assert found.care == ("notice", "choice8")
    assert found.needs == ("waiting at the airport", "night needed")
    assert (found.decided, found.amount_minor) == (True, 35000)


def test_a_price_nobody_told_is_not_decided() -> None:
    lower = facts(event="downgrade", class_booked="business", class_flown="economy")
    found = assess(lower, "uk")
    assert found.needs == ("price of the leg", "currency of the ticket")
    assert not found.decided


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"distance_km": -1.0}, "negative_distance"),
        ({"notice_minutes": -1}, "notice_after_flight"),
        ({"arrival_airport": "MAN"}, "journey_to_its_own_start"),
        (
            {"scheduled_departure": datetime(2026, 11, 20, 8, tzinfo=UTC),
             "scheduled_arrival": datetime(2026, 11, 20, 11, tzinfo=UTC),
             "departure_delay_minutes": 400, "arrival_delay_minutes": 200},
            "arrival_before_departure",
        ),
    ],
)  # fmt: skip
def test_impossible_facts_are_refused_by_name(changes: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        facts(**changes)
    assert [error["type"] for error in refused.value.errors()] == [name]
