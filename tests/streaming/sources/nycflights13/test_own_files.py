"""A user's own files: what is wrong is told by file and line, any order of lines is read."""

import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.network_state.observations import WeatherRecord
from streaming.sources.errors import MalformedLine, SourceError
from streaming.sources.nycflights13 import Days, bundled, own
from streaming.sources.nycflights13.check import check, said
from streaming.sources.nycflights13.read import FLIGHT_COLUMNS, WEATHER_COLUMNS

FIRST = date(2024, 7, 1)
HEADER = ",".join(FLIGHT_COLUMNS)
# Day; departure: actual, scheduled, delay; arrival: the same; carrier to destination.
GOOD = "2024,7,1,910,900,10,1120,1115,5,BA,208,GEUXA,LHR,AMS"
WEATHER_HEADER = ",".join(WEATHER_COLUMNS)
WEATHER = "LHR,60,50,70,NA,10,NA,0,1012,10,2024-07-01T08:00:00Z"

Files = Callable[..., Path]


@pytest.fixture
def directory(tmp_path: Path) -> Files:
    def write(*flights: str, header: str = HEADER, weather: list[str] | None = None) -> Path:
        (tmp_path / "flights.csv").write_text("\n".join([header, *flights]) + "\n")
        if weather is not None:
            (tmp_path / "weather.csv").write_text("\n".join(weather) + "\n")
        return tmp_path

    return write


def wrong(directory: Path) -> list[str]:
    with Days(own(directory)) as days:
        return [str(line) for line in check(days, FIRST, FIRST).wrong]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (GOOD.replace("900", "nine"), r"sched_dep_time='nine' is no whole number"),
        (GOOD.replace("900", "960"), r"sched_dep_time='960' is no time hhmm"),
        (GOOD.replace(",900,", ",NA,"), r"sched_dep_time='' is no whole number"),
        (GOOD.replace("AMS", "XQX"), r"airport 'XQX' is not known"),
        (GOOD.replace("BA", "BAW"), r"carrier='BAW': String should match pattern"),
        (GOOD.replace("208", "20800"), r"flight='20800': String should match"),
        (GOOD.replace("GEUXA", "G-EUXA-TOO-LONG"), r"tailnum='G-EUXA-TOO-LONG': .* at most 10"),
        (GOOD.replace("5,BA", "-500,BA"), r"arrives .* not after departing"),
        (GOOD, r"is the same leg as line 2"),
    ],
)
def test_a_line_that_cannot_be_is_told_by_number(directory: Files, line: str, problem: str) -> None:
    told = wrong(directory(GOOD, "", line))
    assert len(told) == 1
    assert re.search(rf"^flights\.csv, line 4: {problem}", told[0]), told


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (WEATHER.replace("60", "warm"), r"temp='warm' is no number"),
        (WEATHER.replace("60", "nan"), r"temp='nan' is no number"),
        (WEATHER.replace("LHR", "XQX"), r"airport 'XQX' is not known"),
    ],
)
def test_weather_that_cannot_be_is_told_by_number(
    directory: Files, line: str, problem: str
) -> None:
    told = wrong(directory(GOOD, weather=[WEATHER_HEADER, WEATHER, line]))
    assert len(told) == 1
    assert re.search(rf"^weather\.csv, line 3: {problem}", told[0]), told


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (GOOD.replace("2024,7,1", "2024,7,32"), r"flights\.csv, line 3: 2024-7-32: day is out"),
        ("2024,7,1,910", r"flights\.csv, line 3: has 4 of 14 values"),
    ],
)
def test_a_line_of_no_day_ends_the_reading(directory: Files, line: str, problem: str) -> None:
    with pytest.raises(MalformedLine, match=problem):
        wrong(directory(GOOD, line))


def test_a_time_without_its_zone_is_refused(directory: Files) -> None:
    """It would be read in the zone of whatever machine reads it."""
    line = WEATHER.replace("Z", "")
    with pytest.raises(MalformedLine, match=r"weather\.csv, line 2: .* has no zone"):
        wrong(directory(GOOD, weather=[WEATHER_HEADER, line]))


def test_a_missing_column_is_named(directory: Files) -> None:
    with pytest.raises(SourceError, match=r"flights\.csv: the header lacks carrier, dest;"):
        wrong(directory(GOOD, header=HEADER.replace("carrier", "airline").replace("dest", "to")))


def test_text_in_another_encoding_is_told_by_line(directory: Files) -> None:
    place = directory(GOOD)
    with (place / "flights.csv").open("ab") as file:
        file.write("Zürich\n".encode("latin-1"))
    with pytest.raises(MalformedLine, match=r"flights\.csv, line 3: is no UTF-8"):
        wrong(place)


def test_days_that_are_not_there_name_those_that_are(directory: Files) -> None:
    lines = [GOOD.replace("2024,7,1", f"2024,7,{day}") for day in (1, 2, 3, 7, 9)]
    with Days(own(directory(*lines))) as days:
        with pytest.raises(
            SourceError,
            match=r"no flight on 2024-07-04: choose from"
            r" 2024-07-01 to 2024-07-03, 2024-07-07, 2024-07-09$",
        ):
            check(days, FIRST, date(2024, 7, 4))
        # A day within, on which nothing flew, is no mistake.
        assert check(days, date(2024, 7, 3), date(2024, 7, 7)).flights == 2
    assert said([]) == "none"


def test_a_directory_without_flights_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has no flights\.csv"):
        own(tmp_path)


def test_a_spreadsheets_file_is_read(directory: Files) -> None:
    place = directory(GOOD)
    text = (place / "flights.csv").read_text().replace("\n", "\r\n")
    (place / "flights.csv").write_text(text, encoding="utf-8-sig", newline="")
    assert wrong(place) == []


def test_times_are_local_where_the_flight_leaves(directory: Files) -> None:
    """London in July is UTC+1, Auckland UTC+12: its morning is the day before in UTC."""
    early = "2024,7,1,620,600,20,930,930,0,NZ,5,ZKOKN,AKL,SYD"
    evening = "2024,6,30,2330,2330,0,130,130,0,NZ,5,ZKOKN,AKL,SYD"
    with Days(own(directory(GOOD, early, evening))) as days:
        facts = {one.airline: one for _, one in days.facts_of(FIRST)}
        legs = {one.leg_id for day in days.flights.days for _, one in days.facts_of(day)}
        told = list(days.records(FIRST, FIRST))
    assert facts["BA"].sobt == datetime(2024, 7, 1, 8, tzinfo=UTC)
    assert facts["NZ"].sobt == datetime(2024, 6, 30, 18, tzinfo=UTC)
    assert facts["NZ"].aibt == datetime(2024, 6, 30, 23, 30, tzinfo=UTC)
    assert len(legs) == 3
    assert (facts["BA"].repeat_number, facts["NZ"].repeat_number) == (1, 2)
    assert told == sorted(told, key=lambda record: record.occurred_at)
    kinds = [one.kind for one in told if one.leg_id == facts["NZ"].leg_id]
    assert kinds == ["leg_scheduled", "aircraft_assigned", "leg_departed", "leg_arrived"]


def test_the_order_of_the_lines_does_not_matter(directory: Files) -> None:
    """Real lines of three days, shuffled, tell the same facts in event-time order."""
    first, last = date(2013, 7, 1), date(2013, 7, 3)
    with Days(bundled()) as days:
        expected = list(days.records(first, last))
        # What two days have in common is the weather between them: it is told with both.
        apart = {r.event_id for day in (1, 2, 3) for r in days.records(*[date(2013, 7, day)] * 2)}
        assert apart == {record.event_id for record in expected}
        # From 18:00 the day before to the last midnight, hourly at three airports; two are missing.
        assert sum(isinstance(record, WeatherRecord) for record in expected) == (6 + 72) * 3 - 2
        lines = [
            ",".join(line) for day in range(1, 5) for _, line in days.flights.of(date(2013, 7, day))
        ]
        assert days.weather is not None
        weather = [
            ",".join(line)
            for month, day in ((6, 30), (7, 1), (7, 2), (7, 3), (7, 4))
            for _, line in days.weather.of(date(2013, month, day))
        ]
    random.Random(1).shuffle(lines)
    random.Random(2).shuffle(weather)
    with Days(own(directory(*lines, weather=[WEATHER_HEADER, *weather]))) as days:
        found = list(days.records(first, last))
    times = [record.occurred_at for record in found]
    assert times == sorted(times)
    assert sorted(found, key=lambda one: one.event_id) == sorted(
        expected, key=lambda one: one.event_id
    )
