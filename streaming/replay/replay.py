"""The replay itself: merge, pace, send."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from operator import attrgetter

from domain.events import Event
from streaming.producers import Producers, topic_of
from streaming.replay.clocks import Clocks, tick
from streaming.replay.faults import Faults

WAVE_SECONDS = 0.02
"""Sleeps shorter than this are saved up."""


@dataclass(slots=True)
class Sent:
    """What went out, per topic; `until` is the event time of the last event or clock."""

    events: Counter[str] = field(default_factory=Counter)
    clocks: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    until: datetime | None = None

    @property
    def total(self) -> int:
        return self.events.total() + self.clocks.total() + self.faults.total()


class Pace:
    """Compressed time: `speed` seconds of event time pass in one second; None does not wait."""

    def __init__(self, speed: float | None) -> None:
        self._speed = speed
        self._from: tuple[datetime, float] | None = None

    def wait_for(self, event_time: datetime) -> None:
        """Return when it is time for what occurred at `event_time`."""
        if self._speed is None:
            return
        if self._from is None:
            self._from = (event_time, time.monotonic())
        start, began = self._from
        ahead = (event_time - start).total_seconds() / self._speed - (time.monotonic() - began)
        if ahead > WAVE_SECONDS:
            time.sleep(ahead)


def replay(
    streams: Iterable[Iterable[Event]],
    producer: Producers,
    *,
    pace: Pace,
    faults: Faults | None = None,
    flush_after: timedelta = timedelta(hours=1),
    progress: Callable[[datetime, int], None] = lambda event_time, sent: None,
) -> Sent:
    """Send the merged streams (each ordered by occurred_at), then a last clock to every partition.

    The last clock lies `flush_after` beyond the last event, so that whoever waits for event time
    to pass (watermarks, decision times) gets there. Raises DeliveryFailed.
    """
    sent = Sent()
    clocks = Clocks()
    last: datetime | None = None
    for event in merge(*streams, key=attrgetter("occurred_at")):
        pace.wait_for(event.occurred_at)
        for clock, partition in clocks.due(event.occurred_at):
            _clock(producer, sent, clock, partition)
        producer.send(event)
        sent.events[topic_of(event).name] += 1
        for topic, key, value in faults.of(event) if faults else ():
            producer.send_raw(topic, key, value)
            sent.faults[topic] += 1
        last = sent.until = event.occurred_at
        progress(event.occurred_at, sent.total)
    if last is not None:
        sent.until = last + flush_after
        for clock, partition in tick(sent.until):
            _clock(producer, sent, clock, partition)
    producer.flush()
    return sent


def _clock(producer: Producers, sent: Sent, clock: Event, partition: int) -> None:
    producer.send(clock, partition)
    sent.clocks[topic_of(clock).name] += 1
