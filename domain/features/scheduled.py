"""What a leg's schedule says that features need, worked out once when it is scheduled."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.features import history, network
from domain.network_state.legs import LegState

_MINUTE = timedelta(minutes=1)


class ScheduledLeg(NamedTuple):
    """A leg with a complete schedule. `day`, `hour` and `minutes` are local, times UTC.

    `day` is that of the first schedule told, so that a leg never changes its operating day.
    """

    leg_id: UUID
    day: date
    airline: str
    origin: str
    destination: str
    sobt: datetime
    sibt: datetime
    sobt_seconds: int
    hour: int
    minutes: int
    weekday: int
    block_minutes: float
    network_groups: tuple[str, ...]
    history_groups: tuple[str, ...]

    @classmethod
    def of(cls, leg: LegState, home: ZoneInfo) -> "ScheduledLeg | None":
        """The schedule of a leg as known so far; None while a part of it is not told."""
        if leg.sobt is None or leg.sibt is None or leg.first_sobt is None:
            return None
        if leg.airline is None or leg.departure_airport is None or leg.arrival_airport is None:
            return None
        airline, origin, destination = leg.airline, leg.departure_airport, leg.arrival_airport
        local = leg.sobt.astimezone(home)
        return cls(
            leg.leg_id,
            leg.first_sobt.astimezone(home).date(),
            airline,
            origin,
            destination,
            leg.sobt,
            leg.sibt,
            int(leg.sobt.timestamp()),
            local.hour,
            local.hour * 60 + local.minute,
            local.weekday(),
            (leg.sibt - leg.sobt) / _MINUTE,
            network.groups_of(airline, origin, destination),
            history.groups_of(airline, leg.flight_number or "", origin, destination, local.hour),
        )

    @property
    def schedule(self) -> tuple[float, ...]:
        """Values in the order of `names.SCHEDULE`."""
        return (float(self.hour), float(self.minutes), float(self.weekday), self.block_minutes)
