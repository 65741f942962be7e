"""Airports by IATA code: coordinates with mended errors, ISO country and IANA time zone."""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.network.errors import UnknownAirport


class Airport(NamedTuple):
    """One airport; degrees north and east, WGS84 datum, of its reference point."""

    iata: str
    name: str
    country: str  # ISO 3166-1 alpha-2
    latitude: float
    longitude: float
    zone_name: str  # IANA
    coordinate_source: str  # "airportsdata", or the AIP entry that overrides it

    @property
    def zone(self) -> ZoneInfo:
        """The airport's local time zone."""
        return ZoneInfo(self.zone_name)


def find_airport(iata: str) -> Airport | None:
    """The airport of a code, or None where the table does not hold it."""
    return _airports().get(iata)


def airport(iata: str) -> Airport:
    """The airport of a code. Raises UnknownAirport where the table does not hold it."""
    found = _airports().get(iata)
    if found is None:
        raise UnknownAirport(iata)
    return found


@cache
def _airports() -> dict[str, Airport]:
    overrides = {row["iata"]: row for row in _rows("airport_overrides.csv")}
    table: dict[str, Airport] = {}
    for row in _rows("airports.csv"):
        mended = overrides.get(row["iata"], row)
        table[row["iata"]] = Airport(
            iata=row["iata"],
            name=row["name"],
            country=row["country"],
            latitude=float(mended["latitude"]),
            longitude=float(mended["longitude"]),
            zone_name=row["zone"],
            coordinate_source=mended.get("source", "airportsdata"),
        )
    return table


def _rows(name: str) -> list[dict[str, str]]:
    text = files("domain.network").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
