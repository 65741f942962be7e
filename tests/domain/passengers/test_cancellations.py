"""A cancelled leg: notice, what was offered, and a re-routing that fails in turn."""

from datetime import timedelta
from uuid import UUID

from domain.passenger_rights import assess
from domain.passengers import Offer, Unplaced, impacts
from tests.domain.passengers.story import KNOWN, at, book, journey, leg, one, rebooked


def test_a_cancellation_with_notice_and_an_offer_in_time() -> None:
    told = at(0) - timedelta(days=3)
    legs = book(leg(1, "LHR", "AMS", 0, 80, cancelled=KNOWN))
    passenger = journey(
        1,
        informed_at={UUID(int=1): told},
        offers={UUID(int=1): (Offer(at(-60), at(199)), Offer(at(400), at(480)))},
        checked_in=None,
    )
    facts = one(impacts(passenger, legs)).facts
    assert (facts.event, facts.notice_minutes) == ("cancellation", 3 * 1440)
    assert (facts.reroute_dep_early_minutes, facts.reroute_arr_late_minutes) == (60, 119)
    assert facts.waiting_at_airport is False
    assert assess(facts).amount_max_minor == 0


def test_a_cancellation_nobody_told_of_is_unproven_notice_and_no_offer() -> None:
    legs = book(leg(1, "LHR", "AMS", 0, 80, cancelled=KNOWN))
    facts = one(impacts(journey(1), legs)).facts
    assert (facts.notice_minutes, facts.reroute_offered) == (None, False)
    assessment = assess(facts)
    assert "notice_unproven" in assessment.flags
    assert assessment.accrual_minor == 22000


def test_told_after_departure_is_no_notice() -> None:
    legs = book(leg(1, "LHR", "AMS", 0, 80, cancelled=KNOWN))
    late = journey(1, informed_at={UUID(int=1): at(30)})
    assert one(impacts(late, legs)).facts.notice_minutes == 0


def test_being_rebooked_is_an_offer() -> None:
    legs = book(
        leg(1, "LHR", "AMS", 0, 80, cancelled=KNOWN),
        leg(2, "LHR", "AMS", 90, 170, aobt=90, aibt=170),
    )
    moved = journey(1, itineraries=(rebooked(1), rebooked(2)), informed_at={UUID(int=1): at(-300)})
    facts = one(impacts(moved, legs)).facts
    assert (facts.reroute_offered, facts.reroute_arr_late_minutes) == (True, 90)
    assert assess(facts).amount_max_minor == 0


def test_a_re_routing_that_fails_too_is_a_second_obligation() -> None:
    """C-832/18: a separate sum, measured against the re-routing's own schedule."""
    legs = book(
        leg(1, "LHR", "AMS", 0, 80, cancelled=KNOWN),
        leg(2, "LHR", "AMS", 300, 380, aobt=510, aibt=585, doors_open_at=590),
    )
    moved = journey(1, itineraries=(rebooked(1), rebooked(2)), informed_at={UUID(int=1): at(-300)})
    found = impacts(moved, legs)
    assert not isinstance(found, Unplaced)
    first, second = found
    assert first.obligation.key != second.obligation.key
    assert (second.facts.rerouting_flight, second.facts.arrival_delay_minutes) == (True, 210)
    assert [assess(impact.facts).amount_minor for impact in found] == [22000, 22000]
    assert "CO-19" in assess(second.facts).rules_hit


def test_the_first_leg_that_broke_the_journey_gives_the_cause() -> None:
    legs = book(
        leg(1, "EDI", "LHR", 0, 90, cancelled=KNOWN, irregularity_cause="crew_illness"),
        leg(2, "LHR", "ATH", 150, 380, cancelled=KNOWN, irregularity_cause="weather_unsafe"),
    )
    impact = one(impacts(journey(1, 2), legs))
    assert (impact.facts.cause, impact.broken_leg_id) == ("crew_illness", UUID(int=1))
