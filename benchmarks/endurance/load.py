"""Plays the day at a steady rate: real facts at their time, estimates for all the rest."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from benchmarks.endurance.day import START, Day, Leg
from benchmarks.landing.bench import TOPIC
from benchmarks.landing.producing import EPOCH, varint
from domain.events import FlightEvent
from streaming.broker import Message, Publisher
from streaming.codec import Codec
from streaming.replay.clocks import Clocks

TICK_SECONDS = 0.02
SPOILED_EVERY = 10_000
_MARKS = [datetime(2101, 3, 4, 5, 6, 7, number, tzinfo=UTC) for number in (1, 2, 3, 4)]
_LEG, _EVENT = UUID(int=2**127 + 1), UUID(int=2**127 + 2)


class Estimates:
    """Encodes `leg_estimated` events by filling in what differs: 1 µs each instead of 60."""

    def __init__(self, codec: Codec) -> None:
        occurred, produced, eobt, eibt = _MARKS
        event = FlightEvent(
            event_id=_EVENT, key=str(_LEG), kind="leg_estimated", occurred_at=occurred,
            produced_at=produced, source="endurance", correlation_id=_LEG, leg_id=_LEG,
            eobt=eobt, eibt=eibt,
        )  # fmt: skip
        self._pattern = codec.encode(TOPIC, event)
        self._times = [self._pattern.index(varint(_micros(mark))) for mark in _MARKS]
        self._event = self._pattern.index(str(_EVENT).encode())
        text, self._legs, at = str(_LEG).encode(), list[int](), -1
        while (at := self._pattern.find(text, at + 1)) >= 0:
            self._legs.append(at)

    def encode(self, number: int, key: bytes, *times: int) -> bytes:
        """Event `number` of the leg; times in microseconds, as occurred, produced, off, on."""
        value = bytearray(self._pattern)
        value[self._event : self._event + 36] = str(UUID(int=number)).encode()
        for at in self._legs:
            value[at : at + 36] = key
        for at, micros in zip(self._times, times, strict=True):
            value[at : at + 8] = varint(micros)
        return bytes(value)


class Load:
    """Sends `events` in `seconds`; event time covers 24 hours meanwhile."""

    def __init__(
        self, day: Day, codec: Codec, publisher: Publisher, events: int, seconds: int
    ) -> None:
        self._day, self._codec, self._publisher = day, codec, publisher
        self._events, self._seconds = events, seconds
        self._estimates = Estimates(codec)
        self._clocks = Clocks()
        self._chance = random.Random(20130101)
        self._active: list[Leg] = []
        self._next_leg = self._next_fact = self._turn = 0
        self.sent = self.spoiled = 0
        self.late_seconds = 0.0

    def run(self, progress: Callable[[int, datetime], None]) -> None:
        """Send until all is sent; `progress` hears of it about once a second."""
        began = time.monotonic()
        while self.sent < self._events:
            gone = time.monotonic() - began
            share = min(1.0, gone / self._seconds)
            due = int(self._events * share)
            self.late_seconds = max(
                self.late_seconds, (due - self.sent) * self._seconds / self._events - TICK_SECONDS
            )
            now = START + timedelta(hours=24) * share
            self._facts(now)
            self._estimate(now, due - self.sent)
            progress(self.sent, now)
            time.sleep(TICK_SECONDS)
        self._publisher.flush()

    def _facts(self, now: datetime) -> None:
        facts = self._day.facts
        while self._next_fact < len(facts) and facts[self._next_fact].occurred_at <= now:
            self._send(facts[self._next_fact])
            self._next_fact += 1
        for event, partition in self._clocks.due(now):
            if isinstance(event, FlightEvent):
                self._send(event, partition)

    def _send(self, event: FlightEvent, partition: int | None = None) -> None:
        value = self._codec.encode(
            TOPIC, event.model_copy(update={"produced_at": datetime.now(UTC)})
        )
        self._publisher.send(Message(TOPIC, event.key.encode(), value, [], partition))
        self.sent += 1

    def _estimate(self, now: datetime, count: int) -> None:
        legs = self._day.legs
        while self._next_leg < len(legs) and legs[self._next_leg].since <= now:
            self._active.append(legs[self._next_leg])
            self._next_leg += 1
        occurred = _micros(now)
        for _ in range(count):
            if not (leg := self._one(now)):
                return
            jitter = 60_000_000 * self._chance.randrange(2)
            key = str(leg.leg_id).encode()
            value = self._estimates.encode(
                self.sent, key, occurred, time.time_ns() // 1_000,
                _micros(leg.off_block) + jitter, _micros(leg.in_block) + jitter,
            )  # fmt: skip
            if self.sent % SPOILED_EVERY == 1:
                value, self.spoiled = value[: len(value) // 2], self.spoiled + 1
            self._publisher.send(Message(TOPIC, key, value, []))
            self.sent += 1

    def _one(self, now: datetime) -> Leg | None:
        """The next leg in turn that is still under way."""
        while self._active:
            self._turn = (self._turn + 1) % len(self._active)
            leg = self._active[self._turn]
            if leg.until > now:
                return leg
            self._active[self._turn] = self._active[-1]
            self._active.pop()
            self._turn -= 1
        return None


def _micros(when: datetime) -> int:
    return (when - EPOCH) // timedelta(microseconds=1)
