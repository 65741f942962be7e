"""The replay: order, clocks on every partition, planted faults, pace."""

import time
from collections import Counter
from datetime import date, timedelta

from domain.events import Event
from streaming.codec import Codec, Rejected
from streaming.replay import Faults, Pace, replay
from streaming.simulator.scenarios import european_day
from streaming.simulator.scenarios.telling import tell
from streaming.topics import LANDING
from tests.streaming.codec.test_codec import InMemory
from tests.streaming.landing.conftest import START, departure


class Recorder:
    """Stands where the producer stands and keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[Event, int | None]] = []
        self.raw: list[tuple[str, bytes | None]] = []
        self.flushed = False

    def send(self, event: Event, partition: int | None = None) -> None:
        self.sent.append((event, partition))

    def send_raw(self, topic: str, key: bytes, value: bytes | None) -> None:
        self.raw.append((topic, value))

    def flush(self) -> None:
        self.flushed = True


def test_streams_are_merged_by_event_time() -> None:
    recorder = Recorder()
    even = [departure(n) for n in range(0, 100, 2)]
    odd = [departure(n) for n in range(1, 100, 2)]
    sent = replay([even, odd], recorder, pace=Pace(None))
    told = [event for event, partition in recorder.sent if partition is None]
    assert told == [departure(n) for n in range(100)]
    assert sent.events == Counter({"flight.events": 100})
    assert recorder.flushed


def test_every_partition_of_every_landing_topic_is_moved_on() -> None:
    recorder = Recorder()
    events = [departure(n) for n in range(0, 3_600, 60)]  # an hour
    replay([events], recorder, pace=Pace(None), flush_after=timedelta(hours=2))
    clocks = Counter(
        (type(event), partition) for event, partition in recorder.sent if event.kind == "clock"
    )
    wanted = {(topic.model, p) for topic in LANDING for p in range(topic.partitions)}
    assert set(clocks) == wanted
    assert min(clocks.values()) >= 5
    assert recorder.sent[-1][0].occurred_at == events[-1].occurred_at + timedelta(hours=2)


def test_a_replay_of_the_same_day_is_the_same_events() -> None:
    one, two = Recorder(), Recorder()
    for recorder in (one, two):
        replay([[departure(n) for n in range(50)]], recorder, pace=Pace(None))
    assert one.sent == two.sent


def test_every_planted_fault_is_refused_by_the_decoder() -> None:
    codec = Codec(InMemory())
    recorder = Recorder()
    replay(
        [[departure(n) for n in range(100)]], recorder, pace=Pace(None), faults=Faults(codec, 10)
    )
    assert len(recorder.raw) == 10
    refusals = [codec.decode(topic, value) for topic, value in recorder.raw]
    assert all(isinstance(refusal, Rejected) for refusal in refusals)
    types = {refusal.error_type for refusal in refusals if isinstance(refusal, Rejected)}
    assert types == {"undecodable", "unknown_schema", "invalid"}


def test_the_pace_is_kept() -> None:
    began = time.monotonic()
    pace = Pace(speed=600)
    pace.wait_for(START)
    pace.wait_for(START + timedelta(minutes=5))
    assert time.monotonic() - began >= 0.49


def test_the_scripted_day_tells_facts_in_the_order_in_which_they_became_known() -> None:
    day = date(2026, 6, 15)
    events = tell(european_day.LEGS, [], day)
    assert events == sorted(events, key=lambda event: (event.occurred_at, event.event_id.int))
    assert len({event.event_id for event in events}) == len(events)
    cancelled = {leg.flight for leg in european_day.LEGS if leg.cancelled_before is not None}
    arrived = [event for event in events if event.kind == "leg_arrived"]
    assert len(arrived) == len(european_day.LEGS) - len(cancelled)
