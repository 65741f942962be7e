"""What the passenger may choose, what falls due when, and which law leads."""

from datetime import date
from typing import Any

import pytest

from domain.passenger_rights import assess
from tests.domain.passenger_rights.facts import facts

GONE: dict[str, Any] = {"event": "cancellation", "notice_minutes": 0, "reroute_offered": False}


def codes(**changes: Any) -> list[str]:
    return [choice.code for choice in assess(facts(**changes), "uk").choices]


def test_a_cancellation_opens_one_choice_of_three() -> None:
    assert codes(**GONE) == ["refund", "earliest_rerouting", "later_rerouting"]
    assert codes(event="denied_boarding", reroute_offered=False) == codes(**GONE)


def test_a_journey_with_a_stop_may_be_taken_back_to_its_start() -> None:
    """Art 8(1)(a), second indent."""
    assert codes(**GONE, via_airports=("LHR",))[:2] == ["refund", "flight_back"]


@pytest.mark.parametrize(("minutes", "open_choices"), [(299, []), (300, ["refund"])])
def test_five_hours_open_the_refund_alone(minutes: int, open_choices: list[str]) -> None:
    assert codes(departure_delay_minutes=minutes) == open_choices


def test_money_for_a_package_comes_from_its_organiser() -> None:
    """C-163/18."""
    [refund, *_] = assess(facts(**GONE, fare_type="package"), "uk").choices
    assert (refund.rule_id, "organiser" in refund.words) == ("RE-06", True)
    [plain, *_] = assess(facts(**GONE), "uk").choices
    assert plain.rule_id == "RE-03"


@pytest.mark.parametrize(
    ("arrival", "meals"), [("EDI", 120), ("AGP", 180), ("JFK", 240)]
)  # Art 6(1)(a) to (c)
def test_the_clock_of_a_delay_follows_the_band(arrival: str, meals: int) -> None:
    clock = assess(facts(departure_airport="LGW", arrival_airport=arrival), "uk").care_clock
    at = {item: due.after_minutes for due in clock for item in due.care}
    assert at == {
        "notice": 120, "meals": meals, "comms": meals, "hotel": meals, "transport": meals,
        "refund": 300,
    }  # fmt: skip
    assert [due.after_minutes for due in clock] == sorted(due.after_minutes for due in clock)
    assert {due.warn_after_minutes for due in clock} == {90, meals - 30, 270}


def test_a_cancellation_is_due_at_once_and_at_home_only_notice_and_choice_are() -> None:
    waiting = assess(facts(**GONE), "uk").care_clock
    assert {due.after_minutes for due in waiting} == {0} == {d.warn_after_minutes for d in waiting}
    at_home = assess(facts(**GONE, waiting_at_airport=False), "uk").care_clock
    assert [due.care for due in at_home] == [("notice", "choice8")]
    slow = assess(facts(waiting_at_airport=False), "uk").care_clock
    assert [due.care for due in slow] == [("notice",), ("refund",)]


def test_nothing_falls_due_for_whom_nothing_is_owed() -> None:
    for told in ({"aircraft": "helicopter"}, {"cause": "self_rerouted"}, {"event": "downgrade"}):
        assert assess(facts(**told), "uk").care_clock == ()


def test_a_law_that_can_be_read_leads_before_an_empty_slot() -> None:
    """Amsterdam-London under the reform: UK261 covers a UK carrier, and the books carry it."""
    ends = {"departure_airport": "AMS", "arrival_airport": "LHR"}
    before = assess(facts(**ends, flight_date=date(2027, 10, 22)))
    after = assess(facts(**ends, flight_date=date(2027, 10, 23)))
    assert (before.regime, before.accrual_minor) == ("eu", 25000)
    assert (after.regime, after.accrual_minor, after.currency) == ("uk", 22000, "GBP")
    assert "reform_text_missing" in after.flags
    alone = assess(facts(**ends, operating_licence="other", flight_date=date(2027, 10, 23)))
    assert (alone.regime, alone.scope, alone.decided) == ("eu", "unknown", False)


def test_what_a_person_decides_follows_the_flags() -> None:
    found = assess(facts(arrival_delay_minutes=180, operating_licence="eu"), "uk")
    assert found.flags == ("dual_regime", "edge_180")
    assert len(found.for_a_person) == 2
    assert assess(facts(), "uk").for_a_person == ()


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"advanced_minutes": -1}, "negative_advance"), ({"distance_km_wgs84": -0.1},
                                                       "negative_distance")],
)  # fmt: skip
def test_more_impossible_facts_are_refused_by_name(changes: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match="impossible facts") as refused:
        facts(**changes)
    assert [error["type"] for error in refused.value.errors()] == [name]  # type: ignore[attr-defined]
