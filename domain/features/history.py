"""How often legs like this one were late on earlier days: shrunk rates, fixed at local midnight.

What a T sees are outcomes that were resolved before the local midnight that began the day of T,
never anything of the same day. `History` is also the state in which a fold starts: exported by
training as of a midnight, it stands for the days that the live log does not hold.

Rates of the whole network and of yesterday are left out: with half a year to learn from they name
the day, and trees learn the day (boosting lost 0.0024 of log-loss to them).
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.identity import canonical_json, content_hash

RECENT_DAYS = 7
FORMAT = 1
NAMES = (
    "history_airline",
    "history_airline_hour",
    "history_origin_hour",
    "history_destination",
    "history_route",
    "history_flight",
    "history_airline_7",
)
Counts = dict[str, list[int]]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Region:
    """The airports whose departures are served, all in one time zone."""

    zone: str
    airports: frozenset[str]


@dataclass(slots=True)
class History:
    """Outcomes by group as [resolved, late]: all earlier days, the recent days, and today's.

    `as_of` is the local midnight (UTC) up to which outcomes are counted in.
    """

    region: Region
    as_of: datetime
    totals: Counts = field(default_factory=dict)
    recent: dict[str, Counts] = field(default_factory=dict)
    _today: Counts = field(default_factory=dict)

    @classmethod
    def empty(cls, region: Region, day: date) -> "History":
        """Nothing known at the local midnight that begins `day`."""
        return cls(region, midnight(day, region.zone))

    def resolve(self, at: datetime, groups: tuple[str, ...], late: bool) -> None:
        """Count an outcome known since `at`; what `as_of` already covers is left out."""
        if at < self.as_of:
            return
        self.advance(at)
        for group in groups:
            counted = self._today.setdefault(group, [0, 0])
            counted[0] += 1
            counted[1] += late

    def advance(self, to: datetime) -> None:
        """Close every local day that has ended by `to`."""
        while to >= (closing := self._next_midnight()):
            for group, (count, late) in self._today.items():
                counted = self.totals.setdefault(group, [0, 0])
                counted[0] += count
                counted[1] += late
            day = self._day()
            self.recent[day.isoformat()] = {
                group: counts for group, counts in self._today.items() if group.startswith("a:")
            }
            self._today = {}
            self.as_of = closing
            oldest = (day - (RECENT_DAYS - 1) * _DAY).isoformat()
            for gone in [each for each in self.recent if each < oldest]:
                del self.recent[gone]

    def rates(self, groups: tuple[str, ...]) -> tuple[float, ...]:
        """Shrunk late rates in the order of NAMES, for the groups that `groups_of` gives."""
        everyone, airline = groups[0], groups[1]
        overall = _shrunk(self.totals.get(everyone), 0.2, 50)
        of_airline = _shrunk(self.totals.get(airline), overall, 200)
        return (
            of_airline,
            _shrunk(self.totals.get(groups[2]), of_airline, 100),
            _shrunk(self.totals.get(groups[3]), overall, 100),
            _shrunk(self.totals.get(groups[4]), overall, 100),
            _shrunk(self.totals.get(groups[5]), of_airline, 60),
            _shrunk(self.totals.get(groups[6]), of_airline, 25),
            _shrunk(self._recent(airline, 7), of_airline, 100),
        )

    def to_json(self) -> str:
        """The state as canonical JSON. Today's outcomes are not part of it: export at midnight.

        Raises:
            ValueError: outcomes of an unfinished day are counted.
        """
        if self._today:
            raise ValueError("the history holds an unfinished day: advance it to midnight first")
        return canonical_json(
            {
                "format": FORMAT,
                "zone": self.region.zone,
                "airports": sorted(self.region.airports),
                "as_of": self.as_of.isoformat(),
                "totals": self.totals,
                "recent": self.recent,
            }
        ).decode()

    @classmethod
    def from_json(cls, text: str) -> "History":
        """The state that `to_json` wrote.

        Raises:
            ValueError: another format.
        """
        said: dict[str, Any] = json.loads(text)
        if said.get("format") != FORMAT:
            raise ValueError(f"history of format {said.get('format')}, not {FORMAT}: train again")
        region = Region(said["zone"], frozenset(said["airports"]))
        return cls(region, datetime.fromisoformat(said["as_of"]), said["totals"], said["recent"])

    def content_id(self) -> str:
        """What names this state in feature rows: the hash of its JSON."""
        return content_hash(self.to_json())

    def _day(self) -> date:
        return self.as_of.astimezone(ZoneInfo(self.region.zone)).date()

    def _next_midnight(self) -> datetime:
        return midnight(self._day() + _DAY, self.region.zone)

    def _recent(self, group: str, days: int) -> list[int]:
        oldest = (self._day() - days * _DAY).isoformat()
        count = late = 0
        for day, counts in self.recent.items():
            if day >= oldest and group in counts:
                count += counts[group][0]
                late += counts[group][1]
        return [count, late]


def groups_of(
    airline: str, number: str, origin: str, destination: str, local_hour: int
) -> tuple[str, ...]:
    """The groups that a leg is counted in: everyone, then ever narrower."""
    return (
        "n:",
        f"a:{airline}",
        f"ah:{airline}:{local_hour}",
        f"oh:{origin}:{local_hour}",
        f"d:{destination}",
        f"r:{airline}:{origin}:{destination}",
        f"f:{airline}:{number}:{origin}",
    )


def midnight(day: date, zone: str) -> datetime:
    """The local midnight that begins `day`, as UTC."""
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)


def _shrunk(counts: list[int] | None, prior: float, weight: int) -> float:
    """The rate pulled to the prior as if `weight` outcomes had been seen at it."""
    if counts is None:
        return prior
    return (counts[1] + weight * prior) / (counts[0] + weight)
