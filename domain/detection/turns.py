"""How quickly an aircraft has been turned round: the minimum turn time (MTT) at a station.

MTT is the fifth percentile of actual turns of that airline at that station over the last 90 days,
from at least 20 turns; else of that airline anywhere; else the low value of the EUROCONTROL
Standard Inputs (edition 10, 2022: medium aircraft, low scenario, 31 minutes).
"""

from collections import deque
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

DEFAULT_TURN_MINUTES = 31
TRAILING = timedelta(days=90)
KEPT_TURNS = 200
ENOUGH_TURNS = 20
LONGEST_TURN_MINUTES = 240
_ANYWHERE = "*"


class MinimumTurn(NamedTuple):
    """Minutes, and from how many turns they come (0: the published default)."""

    minutes: int
    turns: int


class TurnTimes:
    """The last 200 turns per airline and station; a night stop is not a turn."""

    __slots__ = ("_cached", "_recent")

    def __init__(self) -> None:
        self._recent: dict[tuple[str, str], deque[tuple[datetime, int]]] = {}
        self._cached: dict[tuple[str, str], MinimumTurn] = {}

    def learn(self, airline: str, station: str, aibt: datetime, aobt: datetime) -> None:
        """One actual turn: in-block to off-block of the same aircraft at the same station."""
        minutes = (aobt - aibt) // timedelta(minutes=1)
        if not 0 < minutes <= LONGEST_TURN_MINUTES:
            return
        for key in ((airline, station), (airline, _ANYWHERE)):
            turns = self._recent.get(key)
            if turns is None:
                turns = self._recent[key] = deque(maxlen=KEPT_TURNS)
            turns.append((aobt, minutes))
            while turns[0][0] < aobt - TRAILING:
                turns.popleft()
            self._cached.pop(key, None)

    def minimum(self, airline: str, station: str) -> MinimumTurn:
        """MTT in minutes for this airline at this station, as far as turns have been seen."""
        for key in ((airline, station), (airline, _ANYWHERE)):
            turns = self._recent.get(key)
            if turns is not None and len(turns) >= ENOUGH_TURNS:
                cached = self._cached.get(key)
                if cached is None:
                    minutes = sorted(minutes for _, minutes in turns)
                    fifth = minutes[ceil(0.05 * len(minutes)) - 1]
                    cached = self._cached[key] = MinimumTurn(fifth, len(minutes))
                return cached
        return MinimumTurn(DEFAULT_TURN_MINUTES, 0)
