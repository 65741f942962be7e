"""Clock events: they move event time on in every partition, also where nothing happens."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from domain.events import Event
from streaming.topics import LANDING

NAMESPACE = UUID("0b8f5f0e-8f7f-5d0a-8c43-4a3c2f0d9c11")
EVERY = timedelta(minutes=10)


class Clocks:
    """Says, as event time goes by, which clock events are due: one a partition, every `every`."""

    def __init__(self, every: timedelta = EVERY) -> None:
        self._every = every
        self._due: datetime | None = None

    def due(self, now: datetime) -> Iterator[tuple[Event, int]]:
        """Clock events with their partitions, if event time `now` has passed the next full step."""
        if self._due is None:
            self._due = now + self._every
        elif now >= self._due:
            self._due = now + self._every
            yield from tick(now)


def tick(now: datetime) -> Iterator[tuple[Event, int]]:
    """One clock event for every partition of every landing topic."""
    for topic in LANDING:
        for partition in range(topic.partitions):
            clock_id = uuid5(NAMESPACE, f"{topic.name}/{partition}/{now.isoformat()}")
            yield (
                topic.model(
                    event_id=clock_id,
                    key="clock",
                    kind="clock",
                    occurred_at=now,
                    produced_at=now,
                    source="knockon.clock",
                    correlation_id=clock_id,
                ),
                partition,
            )
