"""Light weather records, and the recent observations of each station in order of measurement."""

from bisect import insort
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from domain.events import ExternalEvent
from domain.network_state.records import Reference

KEEP = timedelta(hours=12)
_MEASURED = attrgetter("observed_at")


class WeatherRecord(NamedTuple):
    """One record of external.data; the field order is that of the query that reads landed rows."""

    log_id: int
    partition: int
    offset: int
    event_id: UUID
    kind: str
    occurred_at: datetime
    correlation_id: UUID
    station: str | None = None
    observed_at: datetime | None = None
    temperature_c: float | None = None
    dew_point_c: float | None = None
    relative_humidity_pct: float | None = None
    wind_direction_deg: float | None = None
    wind_speed_kt: float | None = None
    wind_gust_kt: float | None = None
    precipitation_mm: float | None = None
    pressure_hpa: float | None = None
    visibility_km: float | None = None

    @property
    def ref(self) -> Reference:
        """Where the record lies."""
        return Reference(self.log_id, self.partition, self.offset)

    @classmethod
    def of(cls, event: ExternalEvent, ref: Reference) -> "WeatherRecord":
        """The light record of a validated event that lies at `ref`."""
        return cls(*ref, *(getattr(event, name) for name in cls._fields[3:]))


class WeatherBook:
    """What stations have reported in the last hours; a second report of an hour replaces it."""

    __slots__ = ("_stations",)

    def __init__(self) -> None:
        self._stations: dict[str, list[WeatherRecord]] = {}

    def apply(self, record: WeatherRecord) -> None:
        """Take in one record, in event-time order."""
        if record.station is None or record.observed_at is None:
            return
        kept = [
            earlier
            for earlier in self._stations.get(record.station, [])
            if earlier.observed_at != record.observed_at
            and record.occurred_at - earlier.occurred_at <= KEEP
        ]
        insort(kept, record, key=_MEASURED)
        self._stations[record.station] = kept

    def recent(self, station: str, now: datetime, hours: int) -> list[WeatherRecord]:
        """Reports that became usable within the last hours, oldest measurement first."""
        since = now - timedelta(hours=hours)
        return [one for one in self._stations.get(station, ()) if one.occurred_at > since]
