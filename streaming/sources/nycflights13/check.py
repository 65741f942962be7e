"""Looks at the lines of some days before the first record is sent, so that none is half-sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streaming.sources.errors import MalformedLine, SourceError
from streaming.sources.nycflights13.parse import flight_facts, weather_record, weather_window
from streaming.sources.nycflights13.table import Line, Table
from streaming.sources.nycflights13.timeline import Days, to_event

LISTED = 20
"""Wrong lines after which the rest is not looked at: they are mostly wrong in the same way."""

_COLUMNS = {
    "airline": "carrier", "flight_number": "flight", "registration": "tailnum",
    "departure_airport": "origin", "arrival_airport": "dest", "station": "origin",
    "sobt": "sched_dep_time", "sibt": "sched_arr_time",
}  # fmt: skip
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Checked:
    """How many lines will be told, and what is wrong with others."""

    flights: int = 0
    weather: int = 0
    wrong: list[MalformedLine] = field(default_factory=list)


def check(days: Days, first: date, last: date) -> Checked:
    """Try every line of the local days first to last, as far as the events' contracts.

    Raises:
        SourceError: the files have no flight on the first or the last day; names those they have.
    """
    have = days.flights.days
    if first not in have or last not in have:
        lacking = first if first not in have else last
        raise SourceError(
            f"{days.files.flights} has no flight on {lacking}: choose from {said(have)}"
        )
    checked = Checked()
    seen: dict[UUID, int] = {}

    def flight(number: int, line: Line) -> int:
        facts = flight_facts(line)
        record = next(facts.records(days.assumed))
        # What all facts of the leg share; their own times are computed.
        to_event(record._replace(registration=facts.registration), "check", record.occurred_at)
        if (before := seen.setdefault(facts.leg_id, number)) != number:
            raise ValueError(f"is the same leg as line {before}")
        return 1

    def weather(number: int, line: Line) -> int:
        record = weather_record(line, days.assumed)
        start, end = weather_window(line[0], first, last, days.assumed)
        if not start <= record.occurred_at < end:
            return 0
        to_event(record, "check", record.occurred_at)
        return 1

    for day in _from_to(first, last):
        seen.clear()
        checked.flights += _tried(days.flights, day, flight, checked.wrong)
    if days.weather is not None:
        for day in _from_to(first - 2 * _DAY, last + 2 * _DAY):
            checked.weather += _tried(days.weather, day, weather, checked.wrong)
    return checked


def said(days: list[date], most: int = 4) -> str:
    """Sorted days as text: neighbours as one stretch, the later stretches only counted."""
    if not days:
        return "none"
    stretches: list[tuple[date, date]] = []
    for day in days:
        if stretches and day - stretches[-1][1] == _DAY:
            stretches[-1] = (stretches[-1][0], day)
        else:
            stretches.append((day, day))
    told = [f"{a} to {b}" if a != b else str(a) for a, b in stretches[:most]]
    more = len(stretches) - most
    return ", ".join(told) + (f" and {more} more, until {days[-1]}" if more > 0 else "")


def _tried(
    table: Table, day: date, told: Callable[[int, Line], int], wrong: list[MalformedLine]
) -> int:
    """How many lines of the day will be told; what is wrong with others is added to `wrong`."""
    count = 0
    for number, line in table.of(day):
        if len(wrong) >= LISTED:
            break
        try:
            count += told(number, line)
        except ValidationError as error:
            problem = "; ".join(map(_said, error.errors()))
            wrong.append(MalformedLine(table.path.name, number, problem))
        except ValueError as error:
            wrong.append(MalformedLine(table.path.name, number, str(error)))
    return count


def _said(error: ErrorDetails) -> str:
    problem = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return problem
    field_name = str(error["loc"][0])
    return f"{_COLUMNS.get(field_name, field_name)}={error['input']!r}: {problem}"


def _from_to(first: date, last: date) -> Iterator[date]:
    return (first + n * _DAY for n in range((last - first).days + 1))
