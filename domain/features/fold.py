"""The fold that emits a leg's features once everything known at its T has been taken in."""

from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.features import rotation, weather
from domain.features.history import History, Region
from domain.features.names import FEATURE_SET, HORIZON_MINUTES
from domain.features.network import OperatingDay
from domain.features.outcomes import delay_15
from domain.features.row import FeatureRow
from domain.features.scheduled import ScheduledLeg
from domain.network_state.legs import LegBook, LegState
from domain.network_state.observations import WeatherBook, WeatherRecord
from domain.network_state.records import FlightRecord, Known, Reference
from domain.network_state.statistics import Overdue, Sums, Tally

STATE_VERSION = "1"
"""Of stored states; another version folds again from the start of the log."""
_LEAD = timedelta(minutes=HORIZON_MINUTES)
_KEEP = timedelta(days=2)


class FeatureFold:
    """Takes records in event-time order (`domain.detection.ordering`), gives rows at SOBT - 2 h.

    A leg gets no row if it does not depart from the history's region, if at T it is not
    scheduled, has departed or is cancelled, or if T lies before the starting history.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        """Outcomes so far; its `as_of` moves on at local midnights."""
        self._history_id = history.content_id()
        self._starts_at = history.as_of
        self._home = ZoneInfo(history.region.zone)
        self._airports = history.region.airports
        self._book = LegBook()
        self._weather = WeatherBook()
        self._days: dict[date, OperatingDay] = {}
        self._scheduled: dict[UUID, ScheduledLeg] = {}
        self._due: list[tuple[datetime, UUID]] = []
        self._frontier: dict[tuple[int, int], int] = {}

    def __getstate__(self) -> dict[str, Any]:
        """All but the zone, which is looked up again: a zone is no value to keep."""
        return {name: value for name, value in self.__dict__.items() if name != "_home"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._home = ZoneInfo(self.history.region.zone)

    @property
    def version(self) -> str:
        """What rows depend on beside the log; another version folds from the start."""
        return f"{FEATURE_SET} state={STATE_VERSION} history={self._history_id}"

    def step(self, record: FlightRecord | WeatherRecord) -> list[FeatureRow]:
        """Rows of all T before this record; then the record is taken in."""
        rows = self.advance(record.occurred_at)
        place = (record.log_id, record.partition)
        if self._frontier.get(place, -1) < record.offset:
            self._frontier[place] = record.offset
        if isinstance(record, WeatherRecord):
            self._weather.apply(record)
        else:
            self._apply(record)
        return rows

    def advance(self, to: datetime) -> list[FeatureRow]:
        """Rows of all T before `to`: nothing that occurred before `to` is still to come."""
        rows: list[FeatureRow] = []
        while self._due and self._due[0][0] < to:
            at, leg_id = heappop(self._due)
            scheduled, leg = self._scheduled.get(leg_id), self._book.legs.get(leg_id)
            if scheduled is None or leg is None or scheduled.sobt - _LEAD != at:
                continue  # forgotten, or scheduled to another time since
            if leg.departed is None and leg.cancelled is None:
                rows.append(self._row(scheduled, leg, at))
        return rows

    def _apply(self, record: FlightRecord) -> None:
        known = self._book.legs.get(record.leg_id) if record.leg_id else None
        left, landed = (known.departed, known.arrived) if known else (None, None)
        leg = self._book.apply(record)
        if leg is None or leg.departure_airport not in self._airports:
            return
        if record.kind == "leg_scheduled":
            self._schedule(leg, record.occurred_at)
            return
        scheduled = self._scheduled.get(leg.leg_id)
        if scheduled is None:
            return
        day, at = self._days[scheduled.day], int(record.occurred_at.timestamp())
        if record.kind == "leg_departed" and left is None:
            delay = _whole(leg.departure_delay_minutes)
            day.departed(leg.leg_id, at, delay, scheduled.network_groups)
        elif record.kind == "leg_arrived" and landed is None:
            delay = _whole(leg.arrival_delay_minutes)
            day.arrived(at, delay, scheduled.network_groups)
            late = delay_15(leg.departure_delay_minutes, leg.arrival_delay_minutes)
            if late is not None:
                self.history.resolve(record.occurred_at, scheduled.history_groups, late)
        elif record.kind == "leg_cancelled":
            day.overdue.settle(leg.leg_id)

    def _schedule(self, leg: LegState, now: datetime) -> None:
        scheduled = ScheduledLeg.of(leg, self._home)
        if scheduled is None:
            return
        if scheduled.day not in self._days:
            self._open(scheduled.day)
        self._scheduled[leg.leg_id] = scheduled
        day = self._days[scheduled.day]
        day.planned(leg.leg_id, scheduled.sobt_seconds, scheduled.network_groups)
        at = scheduled.sobt - _LEAD
        if leg.departed or leg.cancelled:
            day.overdue.settle(leg.leg_id)
        elif at >= max(now, self._starts_at):
            heappush(self._due, (at, leg.leg_id))

    def _open(self, day: date) -> None:
        """Begin an operating day, and forget those that have long ended."""
        self._days[day] = OperatingDay()
        oldest = day - _KEEP
        self._days = {each: counts for each, counts in self._days.items() if each >= oldest}
        self._scheduled = {k: leg for k, leg in self._scheduled.items() if leg.day >= oldest}

    def _row(self, scheduled: ScheduledLeg, leg: LegState, at: datetime) -> FeatureRow:
        self.history.advance(at)
        day, groups = self._days[scheduled.day], scheduled.network_groups
        air, reports = weather.features(self._weather, scheduled.origin, self._airports, at)
        before = (
            (earlier, other)
            for other in self._book.before(leg)
            if (earlier := self._scheduled.get(other.leg_id)) and earlier.day == scheduled.day
        )
        aircraft, previous = rotation.features(scheduled, before, at)
        numbers = (
            *scheduled.schedule,
            *day.plan(scheduled.sobt_seconds, groups),
            *self.history.rates(scheduled.history_groups),
            *air,
            *day.features(int(at.timestamp()), groups),
            *aircraft,
        )
        labels = (scheduled.airline, scheduled.origin, scheduled.destination, self._history_id)
        evidence = {*_records(leg), *(report.ref for report in reports)}
        evidence.update(_records(previous) if previous else ())
        evidence.update(Reference(*place, last) for place, last in self._frontier.items())
        return FeatureRow(leg.leg_id, at, numbers, labels, tuple(sorted(evidence)))


STATE_TYPES: tuple[type, ...] = (
    FeatureFold, History, Region, OperatingDay, ScheduledLeg, LegBook, LegState, WeatherBook,
    WeatherRecord, Known, Reference, Tally, Overdue, Sums,
)  # fmt: skip
"""What a frozen fold is made of."""


def _records(leg: LegState) -> list[Reference]:
    facts: tuple[Known | None, ...] = (
        leg.scheduled, leg.assigned, leg.estimated, leg.departed, leg.arrived, leg.cancelled,
        leg.diverted,
    )  # fmt: skip
    return [known.ref for known in facts if known is not None]


def _whole(delay: float | None) -> int:
    """Whole minutes, rounded down; a delay that cannot be told counts as none."""
    return 0 if delay is None else int(delay // 1)
