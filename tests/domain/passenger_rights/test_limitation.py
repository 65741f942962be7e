"""How long a claim can go to court: sourced periods to the day, elsewhere counsel decides."""

from datetime import date, timedelta

import pytest

from domain.passenger_rights.limitation import NEEDS_COUNSEL, limits
from tests.domain.passenger_rights.facts import facts

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ends", "flown", "place", "last"),
    [
        (("LHR", "JFK"), date(2020, 2, 28), "England and Wales", date(2026, 2, 28)),
        (("LHR", "JFK"), date(2020, 2, 29), "England and Wales", date(2026, 3, 1)),
        (("JFK", "BFS"), date(2022, 7, 1), "Northern Ireland", date(2028, 7, 1)),
        (("GLA", "JFK"), date(2022, 7, 1), "Scotland", date(2027, 7, 1)),
        (("FRA", "JFK"), date(2023, 1, 1), "Germany", date(2026, 12, 31)),  # BGB 199
        (("JFK", "FRA"), date(2023, 12, 31), "Germany", date(2026, 12, 31)),
    ],
)
def test_a_sourced_period_ends_to_the_day(
    ends: tuple[str, str], flown: date, place: str, last: date
) -> None:
    told = facts(departure_airport=ends[0], arrival_airport=ends[1], flight_date=flown)
    for asked_on, over in ((last, False), (last + ONE_DAY, True)):
        [found] = [one for one in limits(told, asked_on) if one.place == place]
        assert (found.last_day, found.may_write_off) == (last, over)
        assert found.source


@pytest.mark.parametrize("iata", ["CDG", "MAD", "WAW", "BRU", "AMS"])
def test_an_unlisted_country_is_never_written_off(iata: str) -> None:
    told = facts(departure_airport=iata, arrival_airport="JFK", flight_date=date(2006, 1, 1))
    for found in limits(told, date(2100, 1, 1)):
        assert (found.last_day, found.may_write_off) == (None, False)
        assert NEEDS_COUNSEL in str(found)


def test_each_court_has_its_own_answer() -> None:
    """A claim of 2020 from Glasgow to Frankfurt: over in Scotland and Germany, open in England."""
    told = facts(departure_airport="GLA", arrival_airport="FRA", flight_date=date(2020, 12, 1))
    asked = {one.place: one.may_write_off for one in limits(told, date(2026, 11, 23))}
    assert asked == {
        "England and Wales": False, "Northern Ireland": False, "Scotland": True, "Germany": True,
    }  # fmt: skip
