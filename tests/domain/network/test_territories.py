"""Territories: which area an airport is in, on which day."""

from datetime import UTC, date, datetime

import pytest

from domain.network import airport
from domain.network.territories import When, territory_of

NOW = When.of(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("iata", "area"),
    [
        ("FRA", "member"), ("LPA", "member"), ("PDL", "member"), ("FNC", "member"),
        ("MLN", "member"), ("MHQ", "member"), ("RUN", "member"), ("CAY", "member"),
        ("PTP", "member"), ("FDF", "member"), ("DZA", "member"), ("SFG", "member"),
        ("BSL", "member"), ("OSL", "eea"), ("KEF", "eea"), ("ZRH", "swiss"), ("GVA", "swiss"),
        ("LHR", "uk"), ("BFS", "uk"), ("ISC", "uk"), ("JER", "third"), ("GCI", "third"),
        ("IOM", "third"), ("GIB", "third"), ("FAE", "third"), ("GOH", "third"), ("CUR", "third"),
        ("SXM", "third"), ("BON", "third"), ("AUA", "third"), ("PPT", "third"), ("NOU", "third"),
        ("FSP", "third"), ("IST", "third"), ("PRN", "third"), ("JFK", "third"),
    ],
)  # fmt: skip
def test_area_today(iata: str, area: str) -> None:
    assert territory_of(airport(iata), NOW).area == area


@pytest.mark.parametrize("iata", ["LYR", "ECN", "SBH", "GIB"])
def test_places_that_need_a_person_have_another_reading(iata: str) -> None:
    place = territory_of(airport(iata), NOW)
    assert place.rule == "SC-16"
    assert place.alternative not in (None, place.area)


@pytest.mark.parametrize(
    ("iata", "last_day_before", "before", "after"),
    [
        ("ZAG", date(2013, 6, 30), "third", "member"),
        ("OTP", date(2006, 12, 31), "third", "member"),
        ("DZA", date(2013, 12, 31), "third", "member"),
        ("SBH", date(2011, 12, 31), "member", "third"),
        ("LHR", date(2020, 12, 31), "member", "uk"),
    ],
)
def test_area_changes_on_its_day(iata: str, last_day_before: date, before: str, after: str) -> None:
    next_day = date.fromordinal(last_day_before.toordinal() + 1)
    assert territory_of(airport(iata), When.of(last_day_before)).area == before
    assert territory_of(airport(iata), When.of(next_day)).area == after


def test_the_uk_left_within_a_day() -> None:
    evening = datetime(2020, 12, 31, 23, tzinfo=UTC)
    assert territory_of(airport("LHR"), When.of(evening.date(), evening)).area == "uk"
