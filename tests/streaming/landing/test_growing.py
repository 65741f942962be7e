"""A topic grows while producers and a lander run: no key loses its order, no record is lost."""

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from threading import Event as Signal
from threading import Thread
from uuid import uuid5

import pytest
from confluent_kafka import Consumer

from domain.events import FlightEvent
from streaming.broker import Broker, BrokerError, Publisher, TopicAdmin
from streaming.producers import Producers
from streaming.provisioning import GrowthRefused, NotDrained, apply, grow, plan
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import SPACE, START, Landing

TOPIC = "flight.events"
KEYS = 30
Told = dict[str, list[int]]
"""Numbers by key, in the order in which somebody met them."""


def numbered(producer: int, leg: int, number: int) -> FlightEvent:
    """The number-th event of a producer's leg."""
    key = uuid5(SPACE, f"{producer}/{leg}")
    return FlightEvent(
        event_id=uuid5(key, str(number)), key=str(key), kind="leg_estimated", occurred_at=START,
        produced_at=START, source="test", correlation_id=key, leg_id=key, repeat_number=number,
    )  # fmt: skip


@contextmanager
def running(work: Callable[[Signal], None]):
    """The work in a thread until the end of the block; what it raises is raised there."""
    stop, failed = Signal(), list[BaseException]()

    def run() -> None:
        try:
            work(stop)
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def producing(landing: Landing, which: int, sent: Told, pause: float) -> Callable[[Signal], None]:
    """Sends events of all its legs in turn, and tells what it has sent."""

    def work(stop: Signal) -> None:
        with Publisher(landing.cluster, f"producer-{which}") as publisher:
            producers = Producers(publisher, landing.codec())
            number = 0
            while not stop.is_set():
                number += 1
                for leg in range(KEYS):
                    event = numbered(which, leg, number)
                    producers.send(event)
                    sent[event.key].append(number)
                stop.wait(pause)

    return work


def consuming(landing: Landing, met: Told, places: dict[str, set[int]]) -> Callable[[Signal], None]:
    """Somebody else's consumer, with a group; commits what it has read."""
    codec = landing.codec()

    def work(stop: Signal) -> None:
        consumer = Consumer(
            {
                "bootstrap.servers": landing.bootstrap_servers, "group.id": "foreign",
                "auto.offset.reset": "earliest", "topic.metadata.refresh.interval.ms": 500,
                "auto.commit.interval.ms": 200,
            }
        )  # fmt: skip
        consumer.subscribe([TOPIC])
        quiet = time.monotonic()
        while not (stop.is_set() and time.monotonic() - quiet > 3):
            for message in consumer.consume(500, 0.1):
                if message.error() is None:
                    quiet = time.monotonic()
                    event = codec.decode(TOPIC, message.value()).event
                    met[event.key].append(event.repeat_number)
                    places[event.key].add(message.partition())
        consumer.close()

    return work


def on_kafka(admin: TopicAdmin) -> int:
    return sum(admin.ends(admin.existing([TOPIC])[TOPIC]).values())


def test_a_topic_grows_and_every_key_keeps_its_order(landing: Landing) -> None:
    admin = TopicAdmin(landing.cluster)
    sent, met, places = defaultdict(list), defaultdict(list), defaultdict(set)
    said: list[str] = []
    with ExitStack() as stack:
        stack.enter_context(running(landing.here().run))
        stack.enter_context(running(consuming(landing, met, places)))
        stack.enter_context(running(producing(landing, 1, sent, 0.02)))
        stack.enter_context(running(producing(landing, 2, sent, 0.3)))
        stack.enter_context(running(producing(landing, 3, sent, 7)))  # mostly idle
        time.sleep(3)
        grown = grow(
            admin, TOPIC, 9, say=said.append,
            unread=lambda: {"lander": on_kafka(admin) - landing.accounted()},
        )  # fmt: skip
        time.sleep(4)
    landing.wait_until_accounted(sum(map(len, sent.values())))
    assert (grown.before, grown.after) == (6, 9)
    assert admin.existing([TOPIC])[TOPIC].partitions == 9
    rows = landing.query(
        "select key, repeat_number, partition from landed.flight_events"
        ' order by landed_at, partition, "offset"'
    )
    landed = defaultdict(list)
    for key, number, _ in rows:
        landed[key].append(number)
    assert {key: sorted(numbers) for key, numbers in landed.items()} == dict(sent)
    assert dict(landed) == dict(sent)
    assert dict(met) == dict(sent)
    # It would prove little if no key had moved, or nobody had been refused.
    assert sum(len(found) > 1 for found in places.values()) > KEYS / 2
    assert grown.sealed_seconds > 10


def test_what_was_cut_off_goes_on(landing: Landing) -> None:
    admin = TopicAdmin(landing.cluster)
    admin.set(TOPIC, {"max.message.bytes": "0"})
    [drift] = plan(admin, [TOPICS[TOPIC]]).drifts
    assert "run it again" in str(drift.refused)
    said: list[str] = []
    assert grow(admin, TOPIC, 7, hold_seconds=0, say=said.append).after == 7
    assert said[0] == "sealed before, going on"
    admin.set(TOPIC, {"max.message.bytes": "0"})  # cut off between adding and opening
    grow(admin, TOPIC, 7, hold_seconds=0)
    landing.produce(10)
    assert grow(admin, TOPIC, 7).sealed_seconds == 0


@pytest.mark.parametrize("topic", [TOPIC, "dead.letter.queue"])
def test_nobody_opens_a_topic_that_is_being_grown(landing: Landing, topic: str) -> None:
    """Also one whose declaration says how large its messages may be."""
    admin, declared = TopicAdmin(landing.cluster), [TOPICS[topic]]
    before = admin.existing([topic])[topic].settings["max.message.bytes"]
    admin.set(topic, {"max.message.bytes": "0"})
    try:
        assert [one.setting for one in apply(admin, plan(admin, declared)).refused] == [
            "max.message.bytes"
        ]
        assert admin.existing([topic])[topic].sealed
        with pytest.raises(BrokerError, match="being grown"):
            Broker(landing.cluster).largest_bytes([topic])
    finally:
        admin.set(topic, {"max.message.bytes": before})


def test_a_reader_that_does_not_come_to_the_end_stops_it(landing: Landing) -> None:
    admin = TopicAdmin(landing.cluster)
    with pytest.raises(NotDrained, match="lander: 5"):
        grow(admin, TOPIC, 7, unread=lambda: {"lander": 5}, wait_seconds=1)
    assert admin.existing([TOPIC])[TOPIC].partitions == 6
    landing.produce(10)  # it takes records again


@pytest.mark.parametrize(("topic", "partitions", "why"), [
    (TOPIC, 5, "cannot take any away"), ("ml.features", 8, "compacted"), ("nowhere", 8, "no topic"),
])  # fmt: skip
def test_what_would_lose_data_or_order_is_refused(
    landing: Landing, topic: str, partitions: int, why: str
) -> None:
    with pytest.raises(GrowthRefused, match=why):
        grow(TopicAdmin(landing.cluster), topic, partitions)
