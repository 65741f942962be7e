"""external.data: what the world around the airline reports; today weather, keyed by station."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.events.envelope import Event, IataAirport, Measure, UtcTime

ExternalKind = Literal["clock", "weather_observed"]


class ExternalEvent(Event):
    """One surface observation, in SI-near units that METAR decoders give.

    `observed_at` is when it was measured; `occurred_at` (envelope) when it became available,
    which is later: hourly data labelled hh:00 can hold the hh:51 report.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "weather_observed": ("station", "observed_at"),
    }

    kind: Annotated[ExternalKind, Field(description="weather_observed; or clock.")]
    station: Annotated[
        IataAirport | None, Field(description="Airport of the station that observed, IATA code.")
    ] = None
    observed_at: Annotated[
        UtcTime | None, Field(description="When it was measured, UTC (METAR's observation time).")
    ] = None
    temperature_c: Annotated[
        Measure | None, Field(description="Air temperature, degrees Celsius.")
    ] = None
    dew_point_c: Annotated[Measure | None, Field(description="Dew point, degrees Celsius.")] = None
    relative_humidity_pct: Annotated[
        Measure | None, Field(description="Relative humidity, per cent.")
    ] = None
    wind_direction_deg: Annotated[
        Measure | None, Field(description="Where the wind comes from, degrees from true north.")
    ] = None
    wind_speed_kt: Annotated[Measure | None, Field(description="Mean wind speed, knots.")] = None
    wind_gust_kt: Annotated[Measure | None, Field(description="Wind speed in gusts, knots.")] = None
    precipitation_mm: Annotated[
        Measure | None, Field(description="Precipitation in the hour, millimetres.")
    ] = None
    pressure_hpa: Annotated[
        Measure | None, Field(description="Pressure at sea level, hectopascals.")
    ] = None
    visibility_km: Annotated[Measure | None, Field(description="Visibility, kilometres.")] = None
