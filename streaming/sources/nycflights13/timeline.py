"""The facts of a range of days in the order in which they became known."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from domain.events import ExternalEvent, FlightEvent
from domain.network import leg_id
from domain.network_state.observations import WeatherRecord
from domain.network_state.records import FlightRecord
from streaming.sources.errors import MalformedLine, SourceError
from streaming.sources.nycflights13 import read
from streaming.sources.nycflights13.parse import (
    FlightFacts,
    flight_facts,
    midnight,
    opening,
    weather_record,
)
from streaming.sources.nycflights13.read import Files, lines
from streaming.sources.nycflights13.settings import Assumptions

Record = FlightRecord | WeatherRecord
_DAY = timedelta(days=1)
_WHEN = attrgetter("occurred_at")
DECLARED = Assumptions()


def days_in(files: Files) -> tuple[date, date]:
    """The first and the last local day on which a flight of the files was to depart.

    Raises:
        SourceError: the file has no flight, or see `read.lines`.
    """
    days = {_day(files, number, line) for number, line in lines(files.flights, read.FLIGHT_COLUMNS)}
    if not days:
        raise SourceError(f"{files.flights} has a header and no flight")
    return min(days), max(days)


def records_of(
    files: Files, first: date, last: date, assumed: Assumptions = DECLARED
) -> Iterator[Record]:
    """Light records of all legs that were to depart on the local days first to last.

    Starts with the publication of the first day's schedule on the day before, ends with the last
    arrival or cancellation. Weather is given from that publication to the last local midnight.
    Order is that of `occurred_at`; facts of the same instant keep the order of the file.
    Validation is left out: half a year is 700,000 records.

    Raises:
        SourceError, MalformedLine: see `read.lines`; or a line says what cannot be.
    """
    days = _flights(files, first, last, assumed)
    start, end = opening(first, assumed), midnight(last + _DAY, assumed)
    pending: list[Record] = [
        record for record in _weather(files, assumed) if start <= record.occurred_at < end
    ]
    day = first
    while day <= last:
        for facts in days.pop(day, ()):
            pending.extend(facts.records(assumed))
        pending.sort(key=_WHEN)
        # Nothing of a later day is known before that day's schedule is published.
        complete = len(pending)
        if day < last:
            complete = bisect_left(pending, opening(day + _DAY, assumed), key=_WHEN)
        yield from pending[:complete]
        del pending[:complete]
        day += _DAY


def events_of(
    files: Files,
    first: date,
    last: date,
    now: Callable[[], datetime],
    assumed: Assumptions = DECLARED,
) -> Iterator[FlightEvent | ExternalEvent]:
    """The same facts as validated events, each produced at the moment that `now` tells (UTC)."""
    for record in records_of(files, first, last, assumed):
        yield to_event(record, files.source, now())


def to_event(record: Record, source: str, produced_at: datetime) -> FlightEvent | ExternalEvent:
    """The validated event of a record, handed over at `produced_at` (UTC).

    Raises:
        pydantic.ValidationError: the record breaks the contract of its topic.
    """
    told: dict[str, Any] = {
        name: value
        for name, value in zip(record._fields[3:], record[3:], strict=True)
        if value is not None
    }
    told |= {"produced_at": produced_at, "source": source}
    if isinstance(record, WeatherRecord):
        return ExternalEvent(key=str(record.station), **told)
    return FlightEvent(key=str(record.leg_id), repeat_number=_repeat_number(record), **told)


def _repeat_number(record: FlightRecord) -> int:
    """Read back from the leg id: light records have no room for it, events name it."""
    day = record.origin_date
    route = str(record.departure_airport), str(record.arrival_airport)
    flight = str(record.airline), str(record.flight_number), None
    return 1 if day and leg_id(*flight, *route, day, 1) == record.leg_id else 2


def _flights(
    files: Files, first: date, last: date, assumed: Assumptions
) -> dict[date, list[FlightFacts]]:
    found: dict[date, list[FlightFacts]] = {}
    for number, line in lines(files.flights, read.FLIGHT_COLUMNS):
        if not first <= _day(files, number, line) <= last:
            continue
        try:
            facts = flight_facts(line, assumed)
        except ValueError as problem:
            raise MalformedLine(files.flights.name, number, str(problem)) from None
        found.setdefault(facts.local_date, []).append(facts)
    return found


def _weather(files: Files, assumed: Assumptions) -> Iterator[WeatherRecord]:
    if files.weather is None:
        return
    for number, line in lines(files.weather, read.WEATHER_COLUMNS):
        try:
            yield weather_record(line, assumed)
        except ValueError as problem:
            raise MalformedLine(files.weather.name, number, str(problem)) from None


def _day(files: Files, number: int, line: tuple[str, ...]) -> date:
    try:
        return date(int(line[0]), int(line[1]), int(line[2]))
    except ValueError as problem:
        said = "-".join(line[:3])
        raise MalformedLine(files.flights.name, number, f"{said}: {problem}") from None
