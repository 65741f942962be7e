"""The facts of a range of days in the order in which they became known."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from domain.events import ExternalEvent, FlightEvent
from domain.network import leg_id
from domain.network_state.observations import WeatherRecord
from domain.network_state.records import FlightRecord
from streaming.sources.errors import MalformedLine, SourceError
from streaming.sources.nycflights13.parse import (
    FlightFacts,
    flight_facts,
    observed_at,
    opening,
    weather_record,
    weather_window,
)
from streaming.sources.nycflights13.read import FLIGHT_COLUMNS, WEATHER_COLUMNS, Files
from streaming.sources.nycflights13.settings import Assumptions
from streaming.sources.nycflights13.table import Line, Table

Record = FlightRecord | WeatherRecord
_DAY = timedelta(days=1)
_WHEN = attrgetter("occurred_at")
DECLARED = Assumptions()
EARLIEST = ZoneInfo("Pacific/Kiritimati")
"""UTC+14: nowhere does a day begin earlier."""


class Days:
    """The files of a source, open, their lines found by day: about two days are held at a time.

    As a context manager it closes the files.
    """

    def __init__(self, files: Files, assumed: Assumptions = DECLARED) -> None:
        """Read the files once.

        Raises:
            SourceError, MalformedLine: see `table.Table`.
        """
        self.files, self.assumed = files, assumed
        self.flights = Table(files.flights, FLIGHT_COLUMNS, _local_day)
        self.weather = Table(files.weather, WEATHER_COLUMNS, _utc_day) if files.weather else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flights.close()
        if self.weather is not None:
            self.weather.close()

    def records(self, first: date, last: date) -> Iterator[Record]:
        """Light records of all legs that were to depart on the local days first to last.

        Starts with the publication of the first day's schedule on the day before, ends with the
        last arrival or cancellation. Weather is given from that publication to the last local
        midnight. Order is that of `occurred_at`; facts of the same instant keep the order of the
        file. Validation is left out: half a year is 700,000 records.

        Raises:
            MalformedLine: a line says what cannot be.
        """
        pending: list[Record] = []
        day, observed = first, first - 2 * _DAY
        while day <= last:
            until = day if day < last else last + 2 * _DAY
            weather = [
                record
                for ahead in range((until - observed).days + 1)
                for record in self._weather_of(observed + ahead * _DAY, first, last)
            ]
            observed = until + _DAY
            pending = [*weather, *pending]
            for _, facts in self.facts_of(day):
                pending.extend(facts.records(self.assumed))
            pending.sort(key=_WHEN)
            # Nothing of a later day is known before that day's schedule is published.
            complete = len(pending)
            if day < last:
                published = opening(day + _DAY, self.assumed, EARLIEST)
                complete = bisect_left(pending, published, key=_WHEN)
            yield from pending[:complete]
            del pending[:complete]
            day += _DAY

    def events(
        self, first: date, last: date, now: Callable[[], datetime]
    ) -> Iterator[FlightEvent | ExternalEvent]:
        """The same facts as validated events, each produced when `now` tells (UTC)."""
        for record in self.records(first, last):
            yield to_event(record, self.files.source, now())

    def facts_of(self, day: date) -> Iterator[tuple[int, FlightFacts]]:
        """What the lines of a local day say, with their numbers. Raises MalformedLine."""
        for number, line in self.flights.of(day):
            try:
                yield number, flight_facts(line)
            except ValueError as problem:
                raise MalformedLine(self.files.flights.name, number, str(problem)) from None

    def _weather_of(self, day: date, first: date, last: date) -> Iterator[WeatherRecord]:
        """Observations of a UTC day that are known between the first and the last local day."""
        if self.weather is None:
            return
        for number, line in self.weather.of(day):
            try:
                record = weather_record(line, self.assumed)
                start, end = weather_window(line[0], first, last, self.assumed)
            except ValueError as problem:
                raise MalformedLine(self.weather.path.name, number, str(problem)) from None
            if start <= record.occurred_at < end:
                yield record


def records_of(
    files: Files, first: date, last: date, assumed: Assumptions = DECLARED
) -> Iterator[Record]:
    """The records of these files: `Days.records`, to the end or until the first trouble.

    Raises:
        SourceError, MalformedLine: see `Days`.
    """
    with Days(files, assumed) as days:
        yield from days.records(first, last)


def days_in(files: Files) -> tuple[date, date]:
    """The first and the last local day on which a flight of the files was to depart.

    Raises:
        SourceError, MalformedLine: there is no flight, or see `Days`.
    """
    with Days(Files(files.flights, None, files.source)) as days:
        have = days.flights.days
    if not have:
        raise SourceError(f"{files.flights} has a header and no flight: give one with flights")
    return have[0], have[-1]


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


def _local_day(line: Line) -> date:
    try:
        return date(int(line[0]), int(line[1]), int(line[2]))
    except ValueError as problem:
        raise ValueError(f"{'-'.join(line[:3])}: {problem}") from None


def _utc_day(line: Line) -> date:
    return observed_at(line[-1]).date()
