"""Which law on which day, and which of two: dates, exit of the UK, place of departure."""

from datetime import UTC, date, datetime

import pytest

from domain.passenger_rights import assess
from domain.passenger_rights.rulebooks import rulebooks
from tests.domain.passenger_rights.facts import facts


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


def test_uk_law_has_no_cap_on_the_middle_band_even_between_member_states() -> None:
    """Helsinki-Gran Canaria is 4696 km: middle band in EU law, long in UK law (UK Art 7(1))."""
    far = {"departure_airport": "HEL", "arrival_airport": "LPA", "arrival_delay_minutes": 250}
    assert assess(facts(**far), "uk").band == "gt3500"
    assert assess(facts(**far), "eu").band == "1500_3500_or_intra_eu"


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
