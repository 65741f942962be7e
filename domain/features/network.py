"""The network of one operating day: what has left and landed late, and what should have left.

Only legs of the same operating day (local date of the first schedule) and region count. The first
departures are hours after midnight, so little is lost, and a log that begins with a day gives
that day the same features as a log that began months earlier.
"""

from bisect import bisect_left, bisect_right, insort
from uuid import UUID

from domain.features.outcomes import LATE_MINUTES
from domain.network_state.statistics import Overdue, Sums, Tally

_GROUPS = ("all", "origin", "airline", "airline_origin")
NAMES = (
    tuple(
        f"departed_{group}_{window}_{what}"
        for group in _GROUPS
        for window in (60, 180)
        for what in ("delay_minutes", "late_share")
    )
    + tuple(f"departed_{group}_today_late_share" for group in _GROUPS)
    + tuple(
        f"arrived_{group}_180_{what}"
        for group in ("all", "airline", "destination")
        for what in ("delay_minutes", "late_share")
    )
    + tuple(f"overdue_{group}_{what}" for group in _GROUPS for what in ("count", "minutes"))
    + tuple(f"overdue_{group}_share" for group in ("all", "origin", "airline"))
)
PLANNED_NAMES = ("planned_origin_60", "planned_origin_180", "planned_airline_180")


class OperatingDay:
    """Counts of one operating day; times are epoch seconds, in event-time order."""

    __slots__ = ("_arrived", "_departed", "_planned", "_plans", "overdue")

    def __init__(self) -> None:
        self.overdue = Overdue()
        self._departed: dict[str, Tally] = {}
        self._arrived: dict[str, Tally] = {}
        self._planned: dict[str, list[int]] = {}
        self._plans: dict[UUID, tuple[int, tuple[str, ...]]] = {}

    def planned(self, leg_id: UUID, sobt: int, groups: tuple[str, ...]) -> None:
        """A leg is scheduled, or gets another time."""
        self.overdue.expect(leg_id, sobt, groups[:4])
        before = self._plans.get(leg_id)
        if before is not None:
            for group in before[1]:
                times = self._planned[group]
                del times[bisect_left(times, before[0])]
        self._plans[leg_id] = sobt, groups[1:3]
        for group in groups[1:3]:
            insort(self._planned.setdefault(group, []), sobt)

    def departed(self, leg_id: UUID, at: int, delay: int, groups: tuple[str, ...]) -> None:
        """A leg has left, `delay` whole minutes late."""
        self.overdue.settle(leg_id)
        for group in groups[:4]:
            self._tally(self._departed, group).add(at, delay, delay >= LATE_MINUTES)

    def arrived(self, at: int, delay: int, groups: tuple[str, ...]) -> None:
        """A leg is in."""
        for group in (groups[0], groups[2], groups[4]):
            self._tally(self._arrived, group).add(at, delay, delay >= LATE_MINUTES)

    def features(self, now: int, groups: tuple[str, ...]) -> tuple[float | None, ...]:
        """Values in the order of NAMES, as of `now`."""
        self.overdue.advance(now)
        values: list[float | None] = []
        today: list[float | None] = []
        waiting: list[float | None] = []
        shares: list[float | None] = []
        for group in groups[:4]:
            tally = self._departed.get(group) or _NONE
            hour, three, total = tally.since(now - 3600), tally.since(now - 10800), tally.total()
            values += (_mean(hour), _share(hour), _mean(three), _share(three))
            today.append(_share(total))
            count, minutes = self.overdue.of(group, now)
            waiting += (count, minutes)
            if group != groups[3]:
                expected = hour.movements + count
                shares.append(count / expected if expected else None)
        arrivals: list[float | None] = []
        for group in (groups[0], groups[2], groups[4]):
            three = (self._arrived.get(group) or _NONE).since(now - 10800)
            arrivals += (_mean(three), _share(three))
        return (*values, *today, *arrivals, *waiting, *shares)

    def plan(self, sobt: int, groups: tuple[str, ...]) -> tuple[float, ...]:
        """Other legs planned within half an hour, and in the three hours before."""
        _, origin, airline = groups[:3]
        return (
            self._between(origin, sobt - 1800, sobt + 1800) - 1,
            self._between(origin, sobt - 10800, sobt) - 1,
            self._between(airline, sobt - 10800, sobt) - 1,
        )

    def _between(self, group: str, first: int, last: int) -> int:
        times = self._planned[group]
        return bisect_right(times, last) - bisect_left(times, first)

    @staticmethod
    def _tally(tallies: dict[str, Tally], group: str) -> Tally:
        found = tallies.get(group)
        if found is None:
            found = tallies[group] = Tally()
        return found


def groups_of(airline: str, origin: str, destination: str) -> tuple[str, ...]:
    """The groups that a leg is counted in, in the order that `OperatingDay` expects."""
    return ("", origin, airline, airline + origin, ">" + destination)


_NONE = Tally()


def _mean(sums: Sums) -> float | None:
    return sums.delay_minutes / sums.movements if sums.movements else None


def _share(sums: Sums) -> float | None:
    return sums.late / sums.movements if sums.movements else None
