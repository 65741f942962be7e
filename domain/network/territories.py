"""Whose territory an airport is in the eyes of passenger law, on the day of the flight."""

import csv
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from domain.network.airports import Airport

Area = Literal["member", "eea", "swiss", "uk", "third"]
"""EU Member State (with its outermost regions), Iceland or Norway, Switzerland, the United
Kingdom once it is outside, or anywhere else."""


class When(NamedTuple):
    """The day of a flight, and the instant (UTC) that decides where law changed within a day."""

    day: date
    instant: datetime

    @classmethod
    def of(cls, day: date, scheduled_departure: datetime | None = None) -> "When":
        """Noon UTC stands in for an unknown time of departure."""
        return cls(day, scheduled_departure or datetime.combine(day, time(12), tzinfo=UTC))

    def reached(self, start: date | datetime) -> bool:
        """Whether `start` is past: by day, or by instant where the start is one."""
        if isinstance(start, datetime):
            return self.instant >= start
        return self.day >= start


class Territory(NamedTuple):
    """The area of a place; `alternative` is the other reading where sources disagree (SC-16)."""

    area: Area
    alternative: Area | None
    rule: str
    source: str


class _Period(NamedTuple):
    start: date | datetime
    end: date | datetime | None
    territory: Territory


_ELSEWHERE = Territory("third", None, "SC-02", "not in the territory table: a third country")


def territory_of(airport: Airport, when: When) -> Territory:
    """The territory of an airport on a day; the airport's own entry goes before its country's."""
    periods = _periods()
    for place in (airport.iata, airport.country):
        for period in periods.get(place, ()):
            if when.reached(period.start) and not (period.end and when.reached(period.end)):
                return period.territory
    return _ELSEWHERE


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


@cache
def _periods() -> dict[str, list[_Period]]:
    path = files("domain.network").joinpath("data", "territories.csv")
    table: dict[str, list[_Period]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        area: Area = row["area"]  # type: ignore[assignment]
        other: Area | None = row["alternative"] or None  # type: ignore[assignment]
        table.setdefault(row["place"], []).append(
            _Period(
                _moment(row["from"]),
                _moment(row["to"]) if row["to"] else None,
                Territory(area, other, row["rule"], row["source"]),
            )
        )
    return table
