"""From journeys and legs to facts: each way a journey breaks, and what the law then says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from domain.ledger.obligation import obligation_key
from domain.network_state import Known, LegState
from domain.network_state.records import Reference
from domain.passenger_rights import assess
from domain.passengers import Impact, Journey, Offer, Unplaced, fold_journeys, impacts

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


def record(kind: str, minutes: int = 0, **facts: Any) -> Any:
    blank: dict[str, Any] = dict.fromkeys(
        ("leg_ids", "leg_id", "fare_type", "passenger_type", "informed_at", "offered_sobt",
         "offered_sibt", "checked_in")
    )  # fmt: skip
    who = {"passenger_ref": PASSENGER, "journey_id": JOURNEY, "occurred_at": at(minutes)}
    return SimpleNamespace(kind=kind, **(blank | who | facts))


STORY: list[Callable[[], Any]] = [
    lambda: record("journey_booked", leg_ids=rebooked(1, 2), fare_type="public"),
    lambda: record("passenger_informed", 10, leg_id=UUID(int=1), informed_at=at(10)),
    lambda: record("passenger_informed", 20, leg_id=UUID(int=1), informed_at=at(5)),
    lambda: record("reroute_offered", 30, leg_id=UUID(int=1), offered_sobt=at(100),
                   offered_sibt=at(200)),
    lambda: record("passenger_rebooked", 40, leg_ids=list(rebooked(3)), checked_in=True),
    lambda: record("clock", 50, passenger_ref=None, journey_id=None),
]  # fmt: skip


def test_a_journey_is_folded_from_its_records() -> None:
    (folded,) = fold_journeys(event() for event in STORY).values()
    assert folded.itineraries == (rebooked(1, 2), rebooked(3))
    assert folded.informed_at == {UUID(int=1): at(5)}
    assert folded.offers == {UUID(int=1): (Offer(at(100), at(200)),)}
    assert (folded.fare_type, folded.checked_in) == ("public", True)
    assert folded.leg_ids == frozenset(rebooked(1, 2, 3))


def test_redelivery_and_a_booking_that_comes_last_change_nothing() -> None:
    once = fold_journeys(event() for event in STORY)
    twice = fold_journeys(event() for event in STORY for _ in range(2))
    late = fold_journeys(event() for event in [*STORY[1:], STORY[0]])
    assert once == twice == late
