"""The words a scenario is written in: legs with their outcome, and groups of travellers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from domain.network.legs import leg_id


@dataclass(frozen=True, slots=True)
class ScriptedLeg:
    """A leg of the day: `sobt` and `sibt` as hh:mm UTC, a trailing + is the next day.

    `off_late` and `on_late` are minutes after schedule; `cancelled_before` minutes before SOBT.
    """

    flight: str
    route: str
    sobt: str
    sibt: str
    registration: str
    licence: Literal["uk", "eu", "other"]
    off_late: int = 0
    on_late: int = 0
    cause: str | None = None
    delay_code: str | None = None
    cancelled_before: int | None = None

    @property
    def airline(self) -> str:
        return self.flight[:2]

    @property
    def number(self) -> str:
        return self.flight[2:]

    @property
    def origin(self) -> str:
        return self.route[:3]

    @property
    def destination(self) -> str:
        return self.route[4:]

    def id_on(self, day: date) -> UUID:
        """The leg's id on that day."""
        return leg_id(self.airline, self.number, None, self.origin, self.destination, day, 1)


@dataclass(frozen=True, slots=True)
class Travellers:
    """Passengers who hold the same journey and meet the same fate.

    `told_before`: minutes before SOBT that they were told of the cancellation of their first leg;
    `offered`: a flight offered instead; `rebooked`: the flights they then travelled on.
    `care`: what each is given from an hour after SOBT on: which, minor units, currency, supplier.
    `owed`: what the law gives each, as regime, minor units and currency; None is nothing.
    """

    name: str
    count: int
    flights: tuple[str, ...]
    owed: tuple[str, int, str] | None
    told_before: int | None = None
    offered: str | None = None
    rebooked: tuple[str, ...] = ()
    rebooked_at: str = ""
    care: tuple[tuple[str, int, str, str], ...] = ()


def at(day: date, hhmm: str) -> datetime:
    """`hh:mm` of the day as UTC; a trailing + is the day after."""
    clock = time.fromisoformat(hhmm.rstrip("+"))
    return datetime.combine(day, clock, UTC) + timedelta(days=hhmm.count("+"))
