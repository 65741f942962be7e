"""The baseline: how often flights of this airline at this local hour were late, shrunk."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

WEIGHT = 100
"""A cell counts as if it held this many more flights at its airline's rate."""


@dataclass(frozen=True)
class Climatology:
    """Late rates by airline and local hour, by airline, and overall, as [flights, late]."""

    counts: dict[str, list[int]]

    @classmethod
    def fit(cls, flights: Iterable[tuple[str, int, bool]]) -> "Climatology":
        """From (airline, local hour, late) of resolved flights."""
        counts: dict[str, list[int]] = {}
        for airline, hour, late in flights:
            for cell in ("", airline, f"{airline}:{hour}"):
                counted = counts.setdefault(cell, [0, 0])
                counted[0] += 1
                counted[1] += bool(late)
        return cls(counts)

    def probability(self, airline: str, hour: int) -> float:
        """P(late), pulled towards the airline's and then everyone's rate where flights are few."""
        overall = self._shrunk("", 0.2)
        return self._shrunk(f"{airline}:{hour}", self._shrunk(airline, overall))

    def to_json(self) -> str:
        return json.dumps(self.counts, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Climatology":
        return cls(json.loads(text))

    def _shrunk(self, cell: str, prior: float) -> float:
        flights, late = self.counts.get(cell, (0, 0))
        return (late + WEIGHT * prior) / (flights + WEIGHT)
