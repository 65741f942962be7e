"""Single rules: excuses, partly excused minutes, notice, care, downgrade, kinds of event."""

from typing import Any

import pytest

from domain.network.territories import When
from domain.passenger_rights import assess
from domain.passenger_rights.distance_band import _band
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.rulebooks import rulebook_for
from tests.domain.passenger_rights.facts import facts

DAY = 1440


@pytest.mark.parametrize(
    ("cause", "proven", "amount", "flags"),
    [
        ("bird_strike", True, 0, ()),
        ("bird_strike", None, 35000, ("excuse_unproven",)),
        ("bird_strike", False, 35000, ("excuse_unproven",)),
        ("crew_illness", True, 35000, ()),
        ("overbooking", True, 35000, ()),
        ("lightning_strike_prior_rotation", True, 0, ("post_2020_cjeu_in_uk",)),
        ("atc_slot_restriction", True, 0, ()),
        ("unknown", None, 35000, ()),
        ("a_cause_nobody_listed", None, 35000, ("excuse_unproven",)),
    ],
)
def test_the_carrier_bears_the_burden(
    cause: str, proven: bool | None, amount: int, flags: tuple[str, ...]
) -> None:
    found = assess(facts(cause=cause, reasonable_measures_proven=proven), "uk")
    assert (found.amount_minor, found.flags) == (amount, flags)
    assert found.care == ("notice", "meals", "comms")  # an excuse never touches care (C-12/11)


def test_excused_minutes_are_taken_off_before_the_test_of_three_hours() -> None:
    """C-315/15 para 54: 200 minutes, 40 of them by a bird strike, are 160."""
    assert assess(facts(excused_minutes=40), "uk").amount_minor == 0
    assert assess(facts(excused_minutes=20), "uk").amount_minor == 35000
    refused = assess(facts(excused_minutes=40, reasonable_measures_proven=False), "uk")
    assert (refused.amount_minor, refused.flags) == (35000, ("excuse_unproven",))


def test_partly_excused_is_not_wholly_excused() -> None:
    """An excuse proven for 20 of 200 minutes excuses these and no more."""
    partly = facts(cause="bird_strike", reasonable_measures_proven=True, excused_minutes=20)
    assert assess(partly, "uk").amount_minor == 35000


@pytest.mark.parametrize(
    ("minutes", "amount"), [(14 * DAY, 0), (14 * DAY - 1, 35000), (7 * DAY, 35000)]
)
def test_fourteen_days_are_counted_to_the_minute(minutes: int, amount: int) -> None:
    told = facts(event="cancellation", notice_minutes=minutes, reroute_offered=False)
    assert assess(told, "uk").amount_minor == amount


@pytest.mark.parametrize(
    ("departure", "arrival", "care"),
    [(119, 100, ()), (120, 100, ("notice",)), (100, 179, ()), (100, 180, ("notice",))],
)
def test_a_notice_is_owed_from_two_hours_out_or_three_hours_in(
    departure: int, arrival: int, care: tuple[str, ...]
) -> None:
    told = facts(departure_delay_minutes=departure, arrival_delay_minutes=arrival)
    assert assess(told, "uk").care == care


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({"leg_price_minor": 101}, 51),  # 50.5 goes up
        ({"leg_price_minor": 101, "cause": "weather_unsafe"}, 51),  # no excuse defence (DG-05)
        ({"leg_price_minor": 100, "class_flown": "first"}, 0),  # an upgrade is free
        ({"leg_price_minor": 100, "class_flown": "business"}, 0),
    ],
)
def test_downgrade(changes: dict[str, Any], amount: int) -> None:
    base = {"event": "downgrade", "class_booked": "business", "class_flown": "economy",
            "ticket_currency": "EUR"}  # fmt: skip
    found = assess(facts(**(base | changes)), "uk")
    assert (found.amount_minor, found.currency) == (amount, "EUR")


@pytest.mark.parametrize(
    ("changes", "rule", "amount"),
    [
        ({"event": "missed_connection", "via_airports": ("LHR",)}, "EV-13", 35000),
        ({"event": "diversion", "diverted_to_same_region": True}, "EV-07", 35000),
        (
            {"event": "diversion", "diverted_to_same_region": False, "notice_minutes": 0,
             "reroute_offered": False},
            "EV-06", 35000,
        ),
        ({"event": "denied_boarding", "voluntary": True}, "EV-11", 0),
        ({"event": "denied_boarding", "refusal_grounds": "misjudged_documents",
          "reroute_offered": False}, "EV-10", 35000),
        ({"cause": "passenger_late"}, "EV-14", 0),
        ({"operating_licence": "none"}, "SC-26", 0),
        ({"checked_in": False}, "SC-23", 0),
        ({"rerouting_flight": True}, "CO-19", 35000),
        ({"cause": "carrier_choice_wait_pax", "reasonable_measures_proven": True}, "EX-05", 35000),
    ],
)  # fmt: skip
def test_rule(changes: dict[str, Any], rule: str, amount: int) -> None:
    found = assess(facts(**changes), "uk")
    assert rule in found.rules_hit
    assert found.amount_max_minor == amount


@pytest.mark.parametrize(
    ("changes", "article"),
    [
        ({}, "Art 7(1)(b)"),
        ({"arrival_delay_minutes": 179}, "Art 7"),
        ({"cause": "weather_unsafe", "reasonable_measures_proven": True}, "Art 5(3)"),
        ({"cause": "passenger_late"}, "Art 2"),
        ({"aircraft": "helicopter"}, "Art 3"),
        ({"event": "denied_boarding", "voluntary": True}, "Art 4(1)"),
        ({"event": "denied_boarding", "refusal_grounds": "health"}, "Art 2(j)"),
        (
            {"event": "denied_boarding", "reroute_offered": True, "reroute_arr_late_minutes": 10},
            "Art 7(2)(b)",
        ),
        ({"event": "cancellation", "notice_minutes": 14 * DAY}, "Art 5(1)(c)(i)"),
        (
            {"event": "downgrade", "leg_price_minor": 1, "class_booked": "f", "class_flown": "y"},
            "Art 10(2)(b)",
        ),
    ],
)
def test_the_deciding_article(changes: dict[str, Any], article: str) -> None:
    found = assess(facts(**changes), "uk")
    assert (found.article, found.citations[0]) == (article, f"UK261 {article}")


@pytest.mark.parametrize(
    ("late", "said"),
    [(119, False), (120, True), (150, True), (179, True), (180, False), (300, False)],
)
def test_under_three_hours_is_no_relief_after_a_cancellation(late: int, said: bool) -> None:
    """C-130/18; from three hours on nobody would ask."""
    told = facts(event="cancellation", notice_minutes=0, reroute_offered=True,
                 reroute_dep_early_minutes=0, reroute_arr_late_minutes=late)  # fmt: skip
    assert ("CO-14" in assess(told, "uk").rules_hit) == said


def test_nor_is_it_said_with_longer_notice_or_without_an_offer() -> None:
    offer = {"reroute_offered": True, "reroute_dep_early_minutes": 200,
             "reroute_arr_late_minutes": 150}  # fmt: skip
    longer = facts(event="cancellation", notice_minutes=8 * DAY, **offer)
    without = facts(event="cancellation", notice_minutes=0, reroute_offered=False)
    for told in (longer, without):
        found = assess(told, "uk")
        assert found.amount_minor > 0
        assert "CO-14" not in found.rules_hit


@pytest.mark.parametrize(
    ("kilometres", "band"),
    [
        (1500.0, "le1500"), (1500.01, "1500_3500_or_intra_eu"),
        (3500.0, "1500_3500_or_intra_eu"), (3500.01, "gt3500"),
    ],
)  # fmt: skip
def test_a_band_holds_its_upper_limit(kilometres: float, band: str) -> None:
    """Art 7(1): "1 500 kilometres or less"; "between 1 500 and 3 500"."""
    told = facts()
    when = When.of(told.flight_date)
    book = rulebook_for("uk", when)
    assert book is not None
    assert _band(Inquiry(told, book, when, frozenset()), kilometres) == (band, False)
