"""Where law or measurement can be read in two ways: both are named, the higher is accrued."""

from typing import Any

import pytest

from domain.passenger_rights import assess
from tests.domain.passenger_rights.facts import facts


@pytest.mark.parametrize(
    ("changes", "flag", "decision", "low", "high"),
    [
        # exactly 180 in the middle band: C-402/07 para 63 against Art 7(2)(b)
        ({"arrival_delay_minutes": 180}, "edge_180", 35000, 17500, 35000),
        # exactly 240 over 3500 km: C-402/07 para 63 against Art 7(2)(c)
        (
            {"arrival_airport": "JFK", "arrival_delay_minutes": 240},
            "edge_240", 52000, 26000, 52000,
        ),
        # a re-routing exactly at the limit of Art 7(2)(b)
        (
            {"event": "cancellation", "notice_minutes": 0, "reroute_offered": True,
             "reroute_dep_early_minutes": 0, "reroute_arr_late_minutes": 180},
            "edge_half_limit", 17500, 17500, 35000,
        ),
        # Gatwick-Split is 1497.7 km on the sphere, 1500.6 km on the ellipsoid
        (
            {"departure_airport": "LGW", "arrival_airport": "SPU"},
            "distance_borderline", 22000, 22000, 35000,
        ),
        # a declared distance that contradicts the airport table (Malaga is not 1400 km away)
        ({"distance_km": 1400.0}, "coordinate_conflict", 35000, 22000, 35000),
        # UK carriers into Switzerland: "Member State" in UK Art 3(1)(b)(ii)
        (
            {"departure_airport": "JFK", "arrival_airport": "ZRH"},
            "territory_review", 0, 0, 26000,
        ),
        # on-block 175 may be a door at 181
        (
            {"arrival_delay_minutes": 175, "arrival_basis": "on_block"},
            "arrival_time_provisional", 0, 0, 35000,
        ),
        # gross 260, excused 50: full by gross, half by net minutes (TM-08 is open)
        (
            {"arrival_airport": "JFK", "arrival_delay_minutes": 260, "excused_minutes": 50},
            "partial_excuse", 52000, 26000, 52000,
        ),
    ],
)  # fmt: skip
def test_two_readings_are_named_and_the_books_carry_the_higher(
    changes: dict[str, Any], flag: str, decision: int, low: int, high: int
) -> None:
    found = assess(facts(**changes), "uk")
    assert flag in found.flags
    assert (found.amount_minor, found.amount_min_minor, found.amount_max_minor) == (
        decision, low, high,
    )  # fmt: skip
    assert (found.certainty, found.accrual_minor, found.decided) == ("ambiguous", high, True)


@pytest.mark.parametrize(
    "far_from_the_limit",
    [
        {"arrival_delay_minutes": 181},
        {"arrival_airport": "JFK", "arrival_delay_minutes": 241},
        {"arrival_delay_minutes": 200, "arrival_basis": "on_block"},
        {"distance_km": 1861.0},
    ],
)
def test_no_flag_is_raised_where_nothing_turns_on_it(far_from_the_limit: dict[str, Any]) -> None:
    found = assess(facts(**far_from_the_limit), "uk")
    assert found.flags == ()
    assert found.amount_min_minor == found.amount_max_minor == found.amount_minor


def test_svalbard_and_saint_barthelemy_are_for_a_person_to_review() -> None:
    for ends in (("LYR", "OSL"), ("SBH", "SFG")):
        found = assess(
            facts(
                operating_licence="other",
                departure_airport=ends[0],
                arrival_airport=ends[1],
            ),
            "eu",
        )
        assert "territory_review" in found.flags
        assert found.amount_min_minor == 0 < found.amount_max_minor


@pytest.mark.parametrize("licence", ["swiss", "eea"])
def test_a_swiss_or_eea_carrier_into_the_uk_is_held_for_counsel(licence: str) -> None:
    found = assess(
        facts(operating_licence=licence, departure_airport="ZRH", arrival_airport="LHR"), "uk"
    )
    assert "swiss_eea_carrier_uk" in found.flags
    assert (found.amount_min_minor, found.amount_max_minor) == (0, 22000)
    assert found.certainty == "unverified"
