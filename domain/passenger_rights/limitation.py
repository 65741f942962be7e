"""How long can a claim still go to court? National law: only where a source is on file (NO-04)."""

import csv
from calendar import isleap
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from domain.network.airports import find_airport
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.rulebooks import data_text
from domain.passenger_rights.vocabulary import Certainty

NEEDS_COUNSEL = "needs counsel"

CountedFrom = Literal["day_of_flight", "end_of_year"]


class Period(NamedTuple):
    """One place's period in years, from the day of the flight or from the end of its year."""

    place: str
    country: str  # ISO 3166-1 alpha-2
    years: int
    counted_from: CountedFrom
    certainty: Certainty
    source: str

    def last_day(self, flight_date: date) -> date:
        """The last day to sue; a year without a 29 February gives the claimant 1 March."""
        start = flight_date
        if self.counted_from == "end_of_year":
            start = date(flight_date.year, 12, 31)
        year = start.year + self.years
        if (start.month, start.day) == (2, 29) and not isleap(year):
            return date(year, 3, 1)
        return start.replace(year=year)


class Limit(NamedTuple):
    """What limitation says on a day; `last_day` is None where no sourced rule is on file."""

    place: str
    last_day: date | None
    may_write_off: bool
    certainty: Certainty
    source: str

    def __str__(self) -> str:
        if self.last_day is None:
            return f"{self.place}: no period is on file, nothing is written off: {NEEDS_COUNSEL}"
        state = "over" if self.may_write_off else "open"
        return f"{self.place}: {state}, last day to sue {self.last_day} ({self.source})"


def limits(facts: RightsFacts, asked_on: date) -> tuple[Limit, ...]:
    """What limitation says where courts are open: at departure and at arrival (C-204/08).

    A country that is not on file lets nobody write a claim off and `needs counsel`, since public
    lists contradict each other (NO-05).
    """
    places = (find_airport(facts.departure_airport), find_airport(facts.arrival_airport))
    countries = dict.fromkeys(place.country for place in places if place is not None)
    return tuple(
        found for country in countries for found in _in(country, facts.flight_date, asked_on)
    )


def _in(country: str, flight_date: date, asked_on: date) -> list[Limit]:
    on_file = [period for period in periods() if period.country == country]
    if not on_file:
        return [Limit(country, None, False, "unverified", "NO-05")]
    return [
        Limit(one.place, last, asked_on > last, one.certainty, one.source)
        for one in on_file
        for last in [one.last_day(flight_date)]
    ]


@cache
def periods() -> tuple[Period, ...]:
    """Every sourced period."""
    return tuple(
        Period(
            row["place"],
            row["country"],
            int(row["years"]),
            row["counted_from"],  # type: ignore[arg-type]
            row["certainty"],  # type: ignore[arg-type]
            row["source"],
        )
        for row in csv.DictReader(data_text("limitations.csv").splitlines())
    )
