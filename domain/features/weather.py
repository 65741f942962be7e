"""Weather at the origin as usable at T, and the worst of the region.

Temperature, humidity and pressure themselves are left out: with half a year to learn from they
stand for the season (AUC on October to December .770 with them, .773 without).
"""

from datetime import datetime

from domain.network_state.observations import WeatherBook, WeatherRecord

NAMES = (
    "dew_point_spread_c",
    "wind_direction_deg",
    "wind_speed_kt",
    "wind_gust_kt",
    "precipitation_mm",
    "visibility_km",
    "wind_speed_kt_max_3h",
    "wind_gust_kt_max_3h",
    "precipitation_mm_max_3h",
    "visibility_km_min_3h",
    "pressure_change_hpa_3h",
    "region_precipitation_mm_max_3h",
    "region_visibility_km_min_3h",
    "region_wind_speed_kt_max_3h",
)
HOURS = 3


def features(
    book: WeatherBook, airport: str, region: frozenset[str], now: datetime
) -> tuple[tuple[float | None, ...], tuple[WeatherRecord, ...]]:
    """Values in the order of NAMES, and the records they rest on."""
    here = book.recent(airport, now, HOURS)
    around = [record for station in sorted(region) for record in book.recent(station, now, HOURS)]
    worst = (
        _highest(around, "precipitation_mm"),
        _lowest(around, "visibility_km"),
        _highest(around, "wind_speed_kt"),
    )
    if not here:
        return (*(None,) * (len(NAMES) - len(worst)), *worst), tuple(around)
    latest, first = here[-1], here[0]
    values = (
        _difference(latest.temperature_c, latest.dew_point_c),
        latest.wind_direction_deg,
        latest.wind_speed_kt,
        latest.wind_gust_kt,
        latest.precipitation_mm,
        latest.visibility_km,
        _highest(here, "wind_speed_kt"),
        _highest(here, "wind_gust_kt"),
        _highest(here, "precipitation_mm"),
        _lowest(here, "visibility_km"),
        _difference(latest.pressure_hpa, first.pressure_hpa),
        *worst,
    )
    return values, tuple(around)


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 2)


def _highest(records: list[WeatherRecord], name: str) -> float | None:
    return max((v for r in records if (v := getattr(r, name)) is not None), default=None)


def _lowest(records: list[WeatherRecord], name: str) -> float | None:
    return min((v for r in records if (v := getattr(r, name)) is not None), default=None)
