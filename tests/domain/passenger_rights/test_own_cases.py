"""Our own sourced cases: dates, licences, territories, excuses, and every flag of the law."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.passenger_rights import assess
from domain.passenger_rights.rulebooks import rulebooks
from tests.domain.passenger_rights.facts import facts

DAY = 1440


def test_an_instant_decides_the_day_the_uk_left() -> None:
    """Transition ended at 23:00 UTC on 31 December 2020 (Withdrawal Agreement Art 126)."""
    last = {"flight_date": date(2020, 12, 31), "departure_airport": "LHR", "arrival_airport": "AMS"}
    before = assess(facts(**last, scheduled_departure=datetime(2020, 12, 31, 22, 59, tzinfo=UTC)))
    after = assess(facts(**last, scheduled_departure=datetime(2020, 12, 31, 23, 0, tzinfo=UTC)))
    assert (before.rulebook, before.amount_minor, before.currency) == ("V-EU-1", 25000, "EUR")
    assert (after.rulebook, after.amount_minor, after.currency) == ("V-UK-1", 22000, "GBP")


@pytest.mark.parametrize(
    ("day", "rulebook"),
    [
        (date(2021, 1, 1), "V-UK-1"),
        (date(2023, 12, 13), "V-UK-1"),
        (date(2023, 12, 14), "V-UK-2"),
        (date(2040, 1, 1), "V-UK-2"),
    ],
)
def test_the_day_of_the_flight_chooses_the_uk_rulebook(day: date, rulebook: str) -> None:
    assert assess(facts(flight_date=day), "uk").rulebook == rulebook


def test_rulebooks_of_a_regime_neither_overlap_nor_leave_a_gap() -> None:
    for regime in ("eu", "uk"):
        books = [book for book in rulebooks() if book.regime == regime]
        assert [book.ends for book in books[:-1]] == [book.starts for book in books[1:]]
        assert books[-1].ends is None


def test_before_any_law_nothing_is_owed() -> None:
    early = assess(facts(flight_date=date(2005, 2, 16)))
    assert (early.scope, early.amount_max_minor, early.rulebook) == ("no", 0, "none")


def test_the_reform_is_an_empty_slot_and_not_a_guess() -> None:
    eu = {"operating_licence": "eu", "departure_airport": "FRA", "arrival_airport": "ATH"}
    told = assess(facts(**eu, flight_date=date(2027, 10, 22)))
    assert (told.amount_minor, told.flags) == (40000, ())
    slot = assess(facts(**eu, flight_date=date(2027, 10, 23)))
    assert slot.flags == ("reform_text_missing",)
    assert (slot.decided, slot.scope, slot.certainty) == (False, "unknown", "unverified")
    assert slot.needs == ("text of Regulation (EU) 2026/2202, OJ L, 2.10.2026",)


@pytest.mark.parametrize(
    ("departure", "arrival", "licence", "leading", "other"),
    [  # the table of section 11, one row each
        ("LHR", "AMS", "uk", "uk:220.00", ""),
        ("LHR", "AMS", "eu", "uk:220.00", "eu:250.00EUR"),
        ("LHR", "AMS", "other", "uk:220.00", ""),
        ("JFK", "LHR", "uk", "uk:260.00", ""),
        ("JFK", "LHR", "eu", "uk:260.00", ""),
        ("JFK", "CDG", "other", "none", ""),
        ("JFK", "LHR", "other", "none", ""),
        ("AMS", "LHR", "uk", "eu:250.00", "uk:220.00GBP"),
        ("AMS", "LHR", "eu", "eu:250.00", "uk:220.00GBP"),
        ("AMS", "LHR", "other", "eu:250.00", ""),
        ("JFK", "CDG", "uk", "uk:260.00", ""),
        ("JFK", "CDG", "eu", "eu:300.00", ""),
        ("LHR", "JFK", "other", "uk:260.00", ""),
        ("CDG", "JFK", "other", "eu:300.00", ""),
    ],
)
def test_the_place_of_departure_leads_and_nobody_is_paid_twice(
    departure: str, arrival: str, licence: str, leading: str, other: str
) -> None:
    ends = {"departure_airport": departure, "arrival_airport": arrival}
    found = assess(facts(**ends, operating_licence=licence))
    first = f"{found.regime}:{found.amount_minor / 100:.2f}" if found.in_scope else "none"
    assert (first, str(found.other_regime or "")) == (leading, other)
    assert ("dual_regime" in found.flags) == bool(other)


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


def test_the_explanation_tells_rules_in_order_and_the_result() -> None:
    found = assess(facts(), "uk")
    lines = found.explanation.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == list(found.rules_hit)
    assert lines[-1] == "Result: 350.00 GBP under UK261 Art 7(1)(b)."
    assert found.citations[0] == "UK261 Art 7(1)(b)"
    assert "Art 6(1), 9(1)(a), 9(2)" in found.citations


def test_each_regime_is_cited_by_its_own_texts() -> None:
    both = facts(operating_licence="eu", departure_airport="LHR", arrival_airport="AMS")
    assert not any("UK" in citation for citation in assess(both, "eu").citations)
    assert {"UK Art 3(1)(a)", "UK Art 7(1)"} <= set(assess(both, "uk").citations)
