"""Features and outcomes of the flights of a window, as known at the window's end."""

import hashlib
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from domain.features import NAMES, FeatureFold, FeatureRow, History
from domain.features.outcomes import delay_15
from domain.network_state.observations import WeatherRecord
from domain.network_state.records import FlightRecord

Progress = Callable[[date], None]
_MINUTE = 60
_NAN = float("nan")


@dataclass(frozen=True)
class Dataset:
    """One row a resolved flight; `at` is T in epoch seconds, `late` 0 or 1."""

    at: NDArray[np.int64]
    features: NDArray[np.float64]
    late: NDArray[np.int64]
    airlines: list[str]
    hours: list[int]

    def __len__(self) -> int:
        return len(self.late)

    def between(self, start: datetime, end: datetime) -> "Dataset":
        """The rows with T in [start, end)."""
        first, last = np.searchsorted(self.at, [start.timestamp(), end.timestamp()])
        rows = slice(int(first), int(last))
        return Dataset(
            self.at[rows],
            self.features[rows],
            self.late[rows],
            self.airlines[rows],
            self.hours[rows],
        )

    def flights(self) -> Iterable[tuple[str, int, bool]]:
        """Airline, local hour and outcome of each row."""
        return zip(self.airlines, self.hours, self.late.astype(bool), strict=True)

    def content_hash(self) -> str:
        """SHA-256 over times, values and outcomes: the same data give the same hash."""
        digest = hashlib.sha256()
        for column in (self.at, self.features, self.late):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()


def build(
    records: Iterable[FlightRecord | WeatherRecord],
    history: History,
    until: datetime,
    progress: Progress | None = None,
) -> tuple[Dataset, History]:
    """The resolved flights of the records, and the history at `until` (a local midnight, UTC).

    Nothing that became known at or after `until` is looked at. Records are in event-time order.
    """
    fold, outcomes = FeatureFold(history), _Outcomes()
    rows, values = [], array("d")
    home, today = ZoneInfo(history.region.zone), None
    for record in records:
        if record.occurred_at >= until:
            break
        if progress is not None and record.kind == "leg_departed":
            day = record.occurred_at.astimezone(home).date()
            if day != today:
                today = day
                progress(day)
        for row in fold.step(record):
            rows.append((row.leg_id, int(row.as_of.timestamp()), row.labels[0]))
            values.extend(numbers(row))
        if isinstance(record, FlightRecord):
            outcomes.apply(record)
    fold.history.advance(until)
    return _resolved(rows, values, outcomes), fold.history


def numbers(row: FeatureRow) -> list[float]:
    """The numeric values of a row in the order of NAMES; NaN where there is none."""
    return [_NAN if value is None else value for value in row.numbers]


class _Outcomes:
    """Departure and arrival delays by leg, in minutes."""

    def __init__(self) -> None:
        self._departure: dict[UUID, float] = {}
        self._arrival: dict[UUID, float] = {}

    def apply(self, record: FlightRecord) -> None:
        if record.leg_id is None:
            return
        if record.kind == "leg_departed" and record.aobt and record.sobt:
            delay = (record.aobt - record.sobt).total_seconds() / _MINUTE
            self._departure[record.leg_id] = delay
        elif record.kind == "leg_arrived" and record.aibt and record.sibt:
            delay = (record.aibt - record.sibt).total_seconds() / _MINUTE
            self._arrival[record.leg_id] = delay

    def late(self, leg_id: UUID) -> bool | None:
        return delay_15(self._departure.get(leg_id), self._arrival.get(leg_id))


def _resolved(
    rows: list[tuple[UUID, int, str]], values: "array[float]", outcomes: _Outcomes
) -> Dataset:
    known = [outcomes.late(leg_id) for leg_id, _, _ in rows]
    kept = np.array([late is not None for late in known], dtype=bool)
    features = np.frombuffer(values, dtype=float).reshape(len(rows), len(NAMES))[kept]
    hour = NAMES.index("local_hour")
    return Dataset(
        at=np.array([at for _, at, _ in rows], dtype=np.int64)[kept],
        features=features,
        late=np.array([late for late in known if late is not None], dtype=np.int64),
        airlines=[row[2] for row, keep in zip(rows, kept, strict=True) if keep],
        hours=features[:, hour].astype(int).tolist(),
    )
