"""Distance the way Art 7(4) means it: by great circle, in two earth models, never rounded."""

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]

from domain.network.airports import Airport

EARTH_RADIUS_KM = 6371.0
"""IUGG mean radius. The law names no earth model; this project decides on this sphere (DI-06)."""


class Distance(NamedTuple):
    """One stretch in two earth models, kilometres, unrounded."""

    sphere_km: float
    wgs84_km: float


def great_circle_km(origin: Airport, destination: Airport) -> float:
    """Great circle on the sphere, kilometres, by the haversine formula (stable at short range)."""
    lat_1, lat_2 = radians(origin.latitude), radians(destination.latitude)
    half_lat = (lat_2 - lat_1) / 2
    half_lon = radians(destination.longitude - origin.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat_1) * cos(lat_2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


def geodesic_km(origin: Airport, destination: Airport) -> float:
    """Geodesic on the WGS84 ellipsoid, kilometres (Karney 2013, doi:10.1007/s00190-012-0578-z)."""
    line = Geodesic.WGS84.Inverse(
        origin.latitude,
        origin.longitude,
        destination.latitude,
        destination.longitude,
        Geodesic.DISTANCE,
    )
    return float(line["s12"]) / 1000


@lru_cache(maxsize=65536)
def measure(origin: Airport, destination: Airport) -> Distance:
    """Both distances between two airports; cached, since a day asks for few pairs many times."""
    return Distance(great_circle_km(origin, destination), geodesic_km(origin, destination))
