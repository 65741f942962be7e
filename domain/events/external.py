"""external.data: what the world around the airline reports; today weather, keyed by station."""

from typing import Literal

from pydantic import model_validator

from domain.events.envelope import Event, IataAirport, Measure, UtcTime

ExternalKind = Literal["clock", "weather_observed"]


class ExternalEvent(Event):
    """One surface observation, in SI-near units that METAR decoders give.

    `observed_at` is when it was measured; `occurred_at` (envelope) when it became available,
    which is later: hourly data labelled hh:00 can hold the hh:51 report.
    """

    kind: ExternalKind
    station: IataAirport | None = None
    observed_at: UtcTime | None = None
    temperature_c: Measure | None = None
    dew_point_c: Measure | None = None
    relative_humidity_pct: Measure | None = None
    wind_direction_deg: Measure | None = None
    wind_speed_kt: Measure | None = None
    wind_gust_kt: Measure | None = None
    precipitation_mm: Measure | None = None
    pressure_hpa: Measure | None = None
    visibility_km: Measure | None = None

    @model_validator(mode="after")
    def _complete(self) -> "ExternalEvent":
        if self.kind == "weather_observed" and (self.station is None or self.observed_at is None):
            raise ValueError("weather_observed needs station and observed_at")
        return self
