"""From journeys and legs to facts: delays, missed connections, diversions, causes."""

from uuid import UUID

import pytest

from domain.ledger.obligation import obligation_key
from domain.passenger_rights import assess
from domain.passengers import Unplaced, impacts
from tests.domain.passengers.story import (
    JOURNEY,
    KNOWN,
    PASSENGER,
    book,
    journey,
    leg,
    one,
    rebooked,
)


def test_a_long_delay_is_measured_at_the_door() -> None:
    legs = book(leg(1, "MAN", "AGP", 0, 180, aobt=200, aibt=358, doors_open_at=361))
    impact = one(impacts(journey(1), legs))
    assert impact.facts.event == "delay"
    assert (impact.facts.departure_delay_minutes, impact.facts.arrival_delay_minutes) == (200, 181)
    assert (impact.facts.arrival_basis, impact.settled) == ("door_open", True)
    assert impact.obligation.key == obligation_key(PASSENGER, JOURNEY)
    assert assess(impact.facts).amount_minor == 35000


def test_on_block_near_the_limit_is_provisional() -> None:
    legs = book(leg(1, "MAN", "AGP", 0, 180, aobt=200, aibt=358))
    assessment = assess(one(impacts(journey(1), legs)).facts)
    assert "arrival_time_provisional" in assessment.flags
    assert assessment.needs == ("door opening time",)
    assert (assessment.amount_minor, assessment.accrual_minor) == (0, 35000)


def test_a_journey_in_time_has_no_impact() -> None:
    legs = book(leg(1, "MAN", "AGP", 0, 180, aobt=10, aibt=190))
    assert impacts(journey(1), legs) == ()
    corrected = one(impacts(journey(1), legs, already_affected=True))
    assert corrected.facts.arrival_delay_minutes == 10


@pytest.mark.parametrize(("off_block", "expected"), [(119, 0), (120, 1)])
def test_a_flight_still_under_way_counts_from_the_first_limit_of_the_law(
    off_block: int, expected: int
) -> None:
    legs = book(leg(1, "MAN", "AGP", 0, 180, aobt=off_block, eibt=181 + off_block))
    found = impacts(journey(1), legs)
    assert not isinstance(found, Unplaced)
    assert len(found) == expected
    for impact in found:
        assert impact.facts.arrival_delay_minutes is None
        assert not impact.settled
        assert assess(impact.facts).needs == ("arrival time",)


def test_a_missed_connection_counts_at_the_final_destination() -> None:
    """Folkerts C-11/11: 50 minutes late at Heathrow, five hours late in New York."""
    legs = book(
        leg(1, "INV", "LHR", 0, 90, aobt=50, aibt=140, irregularity_cause="technical_routine"),
        leg(2, "LHR", "JFK", 135, 600, aobt=136, aibt=600, irregularity_cause="weather_unsafe"),
        leg(3, "LHR", "JFK", 440, 900, aobt=445, aibt=900, doors_open_at=900),
    )
    impact = one(impacts(journey(1, 2, itineraries=(rebooked(1, 2), rebooked(3))), legs))
    facts = impact.facts
    assert facts.event == "missed_connection"
    assert (facts.departure_airport, facts.via_airports, facts.arrival_airport) == (
        "INV", ("LHR",), "JFK",
    )  # fmt: skip
    assert (facts.arrival_delay_minutes, facts.departure_delay_minutes) == (300, 310)
    assert (facts.cause, impact.broken_leg_id) == ("technical_routine", UUID(int=1))
    assert assess(facts).amount_minor == 52000
    assert impact.leg_ids == rebooked(1, 2, 3)


def test_a_connection_missed_and_not_yet_rebooked() -> None:
    legs = book(
        leg(1, "INV", "LHR", 0, 90, aobt=50, aibt=140),
        leg(2, "LHR", "JFK", 135, 600, aobt=136, aibt=600, doors_open_at=600),
    )
    impact = one(impacts(journey(1, 2), legs))
    assert (impact.facts.event, impact.broken_leg_id) == ("missed_connection", UUID(int=1))
    # The flight arrived in time, without this passenger.
    assert (impact.facts.departure_delay_minutes, impact.facts.arrival_delay_minutes) == (None,) * 2
    assert not impact.settled
    assert assess(impact.facts).needs == ("arrival time", "departure time")


def test_a_connection_too_short_to_change_is_missed_too() -> None:
    """In block 25 minutes before the onward flight, and moved to the next one."""
    legs = book(
        leg(1, "INV", "LHR", 0, 90, aobt=20, aibt=110),
        leg(2, "LHR", "JFK", 135, 600, aobt=136, aibt=600),
        leg(3, "LHR", "JFK", 440, 900, aobt=445, aibt=900, doors_open_at=900),
    )
    impact = one(impacts(journey(1, 2, itineraries=(rebooked(1, 2), rebooked(3))), legs))
    assert (impact.facts.event, impact.broken_leg_id) == ("missed_connection", UUID(int=1))


def test_rebooking_may_name_the_whole_way_or_only_the_rest() -> None:
    legs = book(
        leg(1, "INV", "LHR", 0, 90, aobt=50, aibt=140),
        leg(2, "LHR", "JFK", 135, 600, aobt=136, aibt=600),
        leg(3, "LHR", "JFK", 440, 900, aobt=445, aibt=900, doors_open_at=900),
    )
    rest = impacts(journey(1, 2, itineraries=(rebooked(1, 2), rebooked(3))), legs)
    whole = impacts(journey(1, 2, itineraries=(rebooked(1, 2), rebooked(1, 3))), legs)
    assert one(rest).facts == one(whole).facts


def test_two_late_legs_are_one_obligation() -> None:
    legs = book(
        leg(1, "EDI", "LHR", 0, 90, aobt=40, aibt=120),
        leg(2, "LHR", "ATH", 150, 380, aobt=340, aibt=565, doors_open_at=570),
    )
    impact = one(impacts(journey(1, 2), legs))
    assert impact.facts.event == "delay"
    assert (impact.facts.departure_delay_minutes, impact.facts.arrival_delay_minutes) == (190, 190)


def test_a_knocked_on_leg_inherits_its_root_and_an_excuse_needs_its_approval() -> None:
    legs = book(leg(1, "MAN", "AGP", 0, 180, aobt=200, aibt=385, doors_open_at=385))
    inherited = {UUID(int=1): "bird_strike_prior_rotation"}
    pending = assess(one(impacts(journey(1), legs, inherited_causes=inherited)).facts)
    assert (pending.amount_minor, pending.flags) == (35000, ("excuse_unproven",))
    approved = assess(
        one(
            impacts(
                journey(1), legs, inherited_causes=inherited, measures_proven={UUID(int=1): True}
            )
        ).facts
    )
    assert approved.amount_max_minor == 0
    assert "EX-04" in approved.rules_hit


def test_a_night_at_the_airport_needs_a_bed() -> None:
    late = leg(1, "MAN", "AGP", 540, 720, aobt=540 + 600, aibt=720 + 600, doors_open_at=1320)
    facts = one(impacts(journey(1), book(late))).facts
    assert facts.overnight is True
    assert {"hotel", "transport"} <= set(assess(facts).care)
    by_day = leg(1, "MAN", "AGP", 0, 180, aobt=400, aibt=580, doors_open_at=580)
    assert one(impacts(journey(1), book(by_day))).facts.overnight is False


def test_a_diversion_asks_where_the_passenger_ended_up() -> None:
    legs = book(leg(1, "MAN", "AGP", 0, 180, aobt=5, aibt=200, diverted_to="GRX"))
    impact = one(impacts(journey(1), legs))
    assert (impact.facts.event, impact.facts.arrival_delay_minutes) == ("diversion", None)
    assert not impact.settled
    assert "diverted to the same city or region" in assess(impact.facts).needs


def test_a_journey_over_an_unknown_leg_is_told_not_guessed() -> None:
    legs = book(leg(1, "EDI", "LHR", 0, 90, cancelled=KNOWN))
    assert impacts(journey(1, 2), legs) == Unplaced(PASSENGER, JOURNEY, (UUID(int=2),))


def test_the_day_is_the_local_one_of_the_broken_leg() -> None:
    legs = book(leg(1, "SYD", "LHR", 720, 2160, aobt=720, aibt=2400, doors_open_at=2400))
    facts = one(impacts(journey(1), legs)).facts  # midnight UTC is ten in the morning there
    assert facts.flight_date.isoformat() == "2026-06-16"
