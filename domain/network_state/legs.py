"""What is known of every leg now, and which legs each aircraft flies in which order.

`LegBook.apply` takes records in event-time order (see `domain.detection.ordering`) and keeps, for
each fact, the record that told it, so that whoever derives something can name its evidence.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from domain.network_state.records import FlightRecord, Known

KEEP_HOURS = 36
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class LegState:
    """One leg as known so far; times are UTC, a fact not yet told is None.

    `scheduled` to `diverted` say since when and from which record the fact is known; a later
    record of the same kind replaces the earlier one. `first_sobt` is the first schedule told.
    """

    leg_id: UUID
    correlation_id: UUID
    told_at: datetime
    airline: str | None = None
    flight_number: str | None = None
    departure_airport: str | None = None
    arrival_airport: str | None = None
    origin_date: date | None = None
    operating_licence: str | None = None
    registration: str | None = None
    first_sobt: datetime | None = None
    sobt: datetime | None = None
    sibt: datetime | None = None
    eobt: datetime | None = None
    eibt: datetime | None = None
    aobt: datetime | None = None
    aibt: datetime | None = None
    doors_open_at: datetime | None = None
    diverted_to: str | None = None
    delay_code: str | None = None
    irregularity_cause: str | None = None
    scheduled: Known | None = None
    assigned: Known | None = None
    estimated: Known | None = None
    departed: Known | None = None
    arrived: Known | None = None
    cancelled: Known | None = None
    diverted: Known | None = None

    @property
    def block_minutes(self) -> float | None:
        """Scheduled block time."""
        if self.sobt is None or self.sibt is None:
            return None
        return (self.sibt - self.sobt) / _MINUTE

    @property
    def departure_delay_minutes(self) -> float | None:
        """AOBT - SOBT; negative is early, None is not departed or not scheduled."""
        if self.aobt is None or self.sobt is None:
            return None
        return (self.aobt - self.sobt) / _MINUTE

    @property
    def arrival_delay_minutes(self) -> float | None:
        """AIBT - SIBT; None is not arrived or not scheduled."""
        if self.aibt is None or self.sibt is None:
            return None
        return (self.aibt - self.sibt) / _MINUTE

    @property
    def ended_at(self) -> datetime:
        """Event time after which nothing more is expected of the leg."""
        times = (self.told_at, self.sibt, self.eibt, self.aibt)
        return max(time for time in times if time is not None)


def _hour(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(hours=1)


def _place(leg: LegState) -> tuple[datetime, UUID]:
    # A leg enters a chain once it has a schedule, so the epoch never stands in for one there.
    return leg.sobt or _EPOCH, leg.leg_id


class LegBook:
    """Legs by id, and per registration its legs ordered by SOBT; bounded by event time.

    A leg is forgotten `keep_hours` after its last known time, to the hour: legs wait in the
    event-time hour at which to look at them again, so forgetting costs nothing per record (a
    sweep over all legs cost 15 us per record at 14,000 legs) and depends on the records alone.
    """

    __slots__ = ("_chains", "_due", "_sweep_at", "keep", "legs", "now")

    def __init__(self, keep_hours: int = KEEP_HOURS) -> None:
        self.legs: dict[UUID, LegState] = {}
        self.keep = timedelta(hours=keep_hours)
        self.now: datetime | None = None
        self._chains: dict[str, list[LegState]] = {}
        self._due: dict[int, list[UUID]] = {}
        self._sweep_at: datetime | None = None

    def __len__(self) -> int:
        return len(self.legs)

    def apply(self, event: FlightRecord) -> LegState | None:
        """Take in one record; returns the leg as it is after it, None for a clock event."""
        self.now = event.occurred_at
        if self._sweep_at is None or event.occurred_at >= self._sweep_at:
            self._sweep(_hour(event.occurred_at))
        leg_id = event.leg_id
        if leg_id is None:
            return None
        leg = self.legs.get(leg_id)
        if leg is None:
            leg = self.legs[leg_id] = LegState(leg_id, event.correlation_id, event.occurred_at)
            self._due.setdefault(_hour(event.occurred_at) + 1, []).append(leg_id)
        leg.told_at = event.occurred_at
        leg.correlation_id = event.correlation_id
        if event.delay_code is not None:
            leg.delay_code = event.delay_code
        if event.irregularity_cause is not None:
            leg.irregularity_cause = event.irregularity_cause
        known = Known(event.occurred_at, event.event_id, event.ref)
        kind = event.kind
        if kind == "leg_departed":
            leg.aobt, leg.departed = event.aobt, known
            leg.eibt = event.eibt or leg.eibt
        elif kind == "leg_arrived":
            leg.aibt, leg.arrived = event.aibt, known
            leg.doors_open_at = event.doors_open_at or leg.doors_open_at
        elif kind == "leg_estimated":
            leg.eobt, leg.eibt = event.eobt or leg.eobt, event.eibt or leg.eibt
            leg.estimated = known
        elif kind == "aircraft_assigned":
            self._unchain(leg)
            leg.registration, leg.assigned = event.registration, known
            self._chain(leg)
        elif kind == "leg_scheduled":
            self._unchain(leg)
            self._schedule(leg, event, known)
            self._chain(leg)
        elif kind == "leg_cancelled":
            leg.cancelled = known
        elif kind == "leg_diverted":
            leg.diverted_to, leg.diverted = event.diverted_to, known
            leg.eibt = event.eibt or leg.eibt
        return leg

    def chain(self, registration: str) -> tuple[LegState, ...]:
        """The legs of an aircraft by SOBT, cancelled ones too."""
        return tuple(self._chains.get(registration, ()))

    def before(self, leg: LegState) -> Iterator[LegState]:
        """Legs of the same aircraft with an earlier SOBT, nearest first."""
        chain, at = self._position(leg)
        return iter(chain[at - 1 :: -1]) if at > 0 else iter(())

    def after(self, leg: LegState) -> Iterator[LegState]:
        """Legs of the same aircraft with a later SOBT, nearest first."""
        chain, at = self._position(leg)
        return iter(chain[at + 1 :]) if at >= 0 else iter(())

    def _position(self, leg: LegState) -> tuple[list[LegState], int]:
        if leg.registration is None or leg.sobt is None:
            return [], -1
        chain = self._chains.get(leg.registration, [])
        at = bisect_left(chain, _place(leg), key=_place)
        if at == len(chain) or chain[at] is not leg:
            return [], -1
        return chain, at

    def _schedule(self, leg: LegState, event: FlightRecord, known: Known) -> None:
        leg.airline, leg.flight_number = event.airline, event.flight_number
        leg.departure_airport = event.departure_airport
        leg.arrival_airport = event.arrival_airport
        leg.origin_date, leg.sobt, leg.sibt = event.origin_date, event.sobt, event.sibt
        leg.operating_licence = event.operating_licence or leg.operating_licence
        leg.registration = event.registration or leg.registration
        leg.first_sobt = leg.first_sobt or event.sobt
        leg.scheduled = known

    def _chain(self, leg: LegState) -> None:
        if leg.registration is not None and leg.sobt is not None:
            insort(self._chains.setdefault(leg.registration, []), leg, key=_place)

    def _unchain(self, leg: LegState) -> None:
        chain, at = self._position(leg)
        if at >= 0:
            del chain[at]
            if not chain and leg.registration is not None:
                del self._chains[leg.registration]

    def _sweep(self, hour: int) -> None:
        self._sweep_at = _EPOCH + timedelta(hours=hour + 1)
        for due in sorted(due for due in self._due if due <= hour):
            for leg_id in self._due.pop(due):
                leg = self.legs[leg_id]
                again = _hour(leg.ended_at + self.keep) + 1
                if again > hour:
                    self._due.setdefault(again, []).append(leg_id)
                else:
                    self._unchain(leg)
                    del self.legs[leg_id]
