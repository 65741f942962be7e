"""Counts over time windows, in integers: the same sums whatever the order of simultaneous facts.

Floating prefix sums drift (0.49 minutes over a year in float32), integers do not.
"""

from bisect import bisect_right
from heapq import heappop, heappush
from typing import NamedTuple
from uuid import UUID


class Sums(NamedTuple):
    """How many there were, their delay in whole minutes, and how many were late."""

    movements: int
    delay_minutes: int
    late: int


class Tally:
    """Movements of one group in time order, answering for any window that ends now."""

    __slots__ = ("_delay", "_late", "_times")

    def __init__(self) -> None:
        self._times: list[int] = []
        self._delay = [0]
        self._late = [0]

    def add(self, at: int, delay_minutes: int, late: bool) -> None:
        """Count a movement at `at` (epoch seconds), not earlier than the one before."""
        self._times.append(at)
        self._delay.append(self._delay[-1] + delay_minutes)
        self._late.append(self._late[-1] + late)

    def since(self, start: int) -> Sums:
        """Sums over movements after `start` (epoch seconds), exclusive."""
        first = bisect_right(self._times, start)
        return Sums(
            len(self._times) - first,
            self._delay[-1] - self._delay[first],
            self._late[-1] - self._late[first],
        )

    def total(self) -> Sums:
        """Sums over everything."""
        return Sums(len(self._times), self._delay[-1], self._late[-1])


class Overdue:
    """Legs whose scheduled departure has passed and that have neither left nor been cancelled."""

    __slots__ = ("_counts", "_due", "_plan", "_waiting")

    def __init__(self) -> None:
        self._plan: dict[UUID, tuple[int, tuple[str, ...]]] = {}
        self._due: list[tuple[int, UUID]] = []
        self._waiting: set[UUID] = set()
        self._counts: dict[str, list[int]] = {}

    def expect(self, leg_id: UUID, sobt: int, groups: tuple[str, ...]) -> None:
        """The leg is to leave at `sobt` (epoch seconds); said again, it replaces what was said."""
        self.settle(leg_id)
        self._plan[leg_id] = (sobt, groups)
        heappush(self._due, (sobt, leg_id))

    def settle(self, leg_id: UUID) -> None:
        """The leg has left or is cancelled."""
        plan = self._plan.pop(leg_id, None)
        if plan is not None and leg_id in self._waiting:
            self._waiting.remove(leg_id)
            self._move(plan, -1)

    def advance(self, now: int) -> None:
        """Legs scheduled at or before `now` (epoch seconds) and not settled become overdue."""
        due = self._due
        while due and due[0][0] <= now:
            sobt, leg_id = heappop(due)
            plan = self._plan.get(leg_id)
            if plan is not None and plan[0] == sobt and leg_id not in self._waiting:
                self._waiting.add(leg_id)
                self._move(plan, 1)

    def of(self, group: str, now: int) -> tuple[int, int]:
        """How many legs of the group are overdue at `now`, and by how many minutes together."""
        count, planned = self._counts.get(group, (0, 0))
        return count, (count * now - planned) // 60

    def _move(self, plan: tuple[int, tuple[str, ...]], sign: int) -> None:
        sobt, groups = plan
        for group in groups:
            counted = self._counts.setdefault(group, [0, 0])
            counted[0] += sign
            counted[1] += sign * sobt
