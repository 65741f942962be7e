"""Turns one line into facts: UTC times, implied arrival dates, metric weather."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.identity import name_uuid
from domain.network import find_airport, leg_id
from domain.network_state.observations import WeatherRecord
from domain.network_state.records import FlightRecord
from streaming.sources.nycflights13.settings import MAX_WIND_KT, Assumptions

_DAY = timedelta(days=1)
NOWHERE = (0, 0, 0)
"""Log, partition and offset of a record that has not been through Kafka."""


class FlightFacts(NamedTuple):
    """What one line of flights says; times are UTC, None where it did not happen or is not told.

    `origin_date` is UTC, as AIDX has it, `local_date` the file's: the day at the departure airport.
    `repeat_number` is 2 where they differ: on one UTC date a flight number can leave twice, just
    after midnight UTC and at its usual time the next local evening (1,340 lines of 2013).
    """

    leg_id: UUID
    airline: str
    flight_number: str
    departure_airport: str
    arrival_airport: str
    origin_date: date
    repeat_number: int
    local_date: date
    sobt: datetime
    sibt: datetime
    registration: str | None
    aobt: datetime | None
    aibt: datetime | None

    def records(self, assumed: Assumptions) -> Iterator[FlightRecord]:
        """The facts in the order in which they became known."""
        published = opening(self.local_date, assumed, _zone(self.departure_airport))
        yield self._record("leg_scheduled", published)
        tail = self.registration
        if tail:
            announced = self.sobt - timedelta(hours=assumed.assignment_lead_hours)
            yield self._record("aircraft_assigned", max(announced, published), registration=tail)
        if self.aobt:
            yield self._record("leg_departed", self.aobt, registration=tail, aobt=self.aobt)
        else:
            told = self.sobt + timedelta(hours=assumed.cancellation_known_after_hours)
            yield self._record("leg_cancelled", told)
        if self.aibt:
            yield self._record("leg_arrived", self.aibt, registration=tail, aibt=self.aibt)

    def _record(self, kind: str, known_at: datetime, **told: Any) -> FlightRecord:
        return FlightRecord(
            *NOWHERE,
            event_id=name_uuid("nycflights13", kind, self.leg_id, known_at.isoformat()),
            kind=kind,
            occurred_at=known_at,
            correlation_id=self.leg_id,
            leg_id=self.leg_id,
            airline=self.airline,
            flight_number=self.flight_number,
            departure_airport=self.departure_airport,
            arrival_airport=self.arrival_airport,
            origin_date=self.origin_date,
            sobt=self.sobt,
            sibt=self.sibt,
            **told,
        )


def flight_facts(line: tuple[str, ...]) -> FlightFacts:
    """The facts of a line given as read.FLIGHT_COLUMNS.

    The arrival is scheduled arrival plus delay. Diverted flights that reached their destination
    have an arrival clock time and no delay: they arrived at the first such time after departure;
    those that did not reach it have no arrival.

    Raises:
        ValueError: a value is not what its column promises; says which.
    """
    year, month, day, _, sched_dep, dep_delay, arr, sched_arr, arr_delay = line[:9]
    airline, flight, registration, origin, destination = line[9:]
    local_date = date(_int("year", year), _int("month", month), _int("day", day))
    zone = _zone(destination)
    sobt = _instant(local_date, _clock("sched_dep_time", sched_dep), _zone(origin))
    sibt = _next(local_date, _clock("sched_arr_time", sched_arr), zone, sobt)
    aobt = aibt = None
    if dep_delay:
        aobt = sobt + timedelta(minutes=_int("dep_delay", dep_delay))
        if arr_delay:
            aibt = sibt + timedelta(minutes=_int("arr_delay", arr_delay))
        elif arr:
            left = aobt.astimezone(zone).date()
            aibt = _next(left, _clock("arr_time", arr), zone, aobt)
        if aibt and aibt <= aobt:
            raise ValueError(f"arrives {aibt:%FT%RZ}, not after departing {aobt:%FT%RZ}")
    number, origin_date = str(_int("flight", flight)), sobt.date()
    repeat = 1 if origin_date == local_date else 2
    return FlightFacts(
        leg_id(airline, number, None, origin, destination, origin_date, repeat),
        airline, number, origin, destination, origin_date, repeat, local_date, sobt, sibt,
        registration or None, aobt, aibt,
    )  # fmt: skip


def weather_record(line: tuple[str, ...], assumed: Assumptions) -> WeatherRecord:
    """The observation of a line given as read.WEATHER_COLUMNS, in metric units.

    Raises:
        ValueError: a value is not what its column promises; says which.
    """
    station, temp, dewp, humid, wind_dir, wind, gust, precip, pressure, visib, hour = line
    observed = observed_at(hour)
    event_id = name_uuid("nycflights13", "weather_observed", station, observed.isoformat())
    return WeatherRecord(
        *NOWHERE,
        event_id=event_id,
        kind="weather_observed",
        occurred_at=observed + timedelta(minutes=assumed.weather_usable_after_minutes),
        correlation_id=event_id,
        station=station,
        observed_at=observed,
        temperature_c=_celsius("temp", temp),
        dew_point_c=_celsius("dewp", dewp),
        relative_humidity_pct=_float("humid", humid),
        wind_direction_deg=_float("wind_dir", wind_dir),
        wind_speed_kt=_knots("wind_speed", wind),
        wind_gust_kt=_knots("wind_gust", gust),
        precipitation_mm=_float("precip", precip, 25.4),
        pressure_hpa=_float("pressure", pressure),
        visibility_km=_float("visib", visib, 1.609344),
    )


def observed_at(time_hour: str) -> datetime:
    """The UTC time of an observation. Raises ValueError where the text leaves its zone open."""
    try:
        told = datetime.fromisoformat(time_hour)
    except ValueError:
        raise ValueError(f"time_hour={time_hour!r} is no ISO 8601 time") from None
    if told.tzinfo is None:
        raise ValueError(f"time_hour={time_hour!r} has no zone: write 2013-07-01T06:00:00Z")
    return told.astimezone(UTC)


def opening(local_date: date, assumed: Assumptions, zone: ZoneInfo) -> datetime:
    """When the schedule of a local day is published there (UTC)."""
    return _instant(local_date - _DAY, assumed.schedule_published_local_hour * 60, zone)


def weather_window(
    station: str, first: date, last: date, assumed: Assumptions
) -> tuple[datetime, datetime]:
    """From the publication of the first day's schedule to the last midnight, at a station (UTC)."""
    zone = _zone(station)
    return opening(first, assumed, zone), _instant(last + _DAY, 0, zone)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Local clock minutes after midnight, 1440 being the next day's, as UTC."""
    days, left = divmod(minutes, 1440)
    local = datetime(day.year, day.month, day.day, left // 60, left % 60, tzinfo=zone)
    return (local + days * _DAY if days else local).astimezone(UTC)


def _next(day: date, minutes: int, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant later than `after` at which the clock in `zone` shows that time."""
    when = _instant(day, minutes, zone)
    while when <= after:
        day += _DAY
        when = _instant(day, minutes, zone)
    return when


@lru_cache(maxsize=4096)
def _clock(column: str, text: str) -> int:
    """hhmm as minutes after midnight; 2400 is the midnight that ends the day."""
    hours, minutes = divmod(_int(column, text), 100)
    if not (0 <= minutes < 60 and 0 <= hours * 60 + minutes <= 1440):
        raise ValueError(f"{column}={text!r} is no time hhmm between 0 and 2400")
    return hours * 60 + minutes


@lru_cache(maxsize=512)
def _zone(iata: str) -> ZoneInfo:
    found = find_airport(iata)
    if found is None:
        raise ValueError(f"airport {iata!r} is not known, so neither is its time zone")
    return found.zone


def _int(column: str, text: str) -> int:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{column}={text!r} is no whole number") from None
    if not value.is_integer():
        raise ValueError(f"{column}={text!r} is no whole number")
    return int(value)


def _float(column: str, text: str, factor: float = 1.0) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{column}={text!r} is no number") from None
    if not isfinite(value):
        raise ValueError(f"{column}={text!r} is no number that can be measured")
    return round(value * factor, 2)


def _celsius(column: str, text: str) -> float | None:
    fahrenheit = _float(column, text)
    return None if fahrenheit is None else round((fahrenheit - 32) / 1.8, 2)


def _knots(column: str, text: str) -> float | None:
    knots = _float(column, text, 0.868976)
    return None if knots is None or knots > MAX_WIND_KT else knots
