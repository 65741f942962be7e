"""Each outbox entry is on Kafka once and in order, whatever kills the relay."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from uuid import UUID, uuid5

import pytest

from domain.events import DeadLetter
from orchestration.stack import Stack
from streaming.broker import Broker, BrokerError, read_to_end
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.relay import relay as relaying
from streaming.store.database import connect
from streaming.store.landing import put_in_outbox
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import START
from tests.streaming.landing.test_backing_off import Impatient

TOPIC = "dead.letter.queue"


def entry(number: int) -> tuple[UUID, str, bytes, dict[str, str]]:
    letter = uuid5(UUID(int=1), str(number))
    event = DeadLetter(
        event_id=letter, key="one", kind="dead_letter", occurred_at=START, produced_at=START,
        source="test", correlation_id=letter, dead_letter_id=letter, origin_cluster_id="c",
        origin_topic_id="t", origin_topic="flight.events", origin_partition=0,
        origin_offset=number, payload=b"\x00\xff", payload_sealed=False,
        error_type="undecodable", reason="planted",
    )  # fmt: skip
    return letter, "one", event.model_dump_json().encode(), {}


@pytest.fixture
def relay(stack: Stack, migrated_url: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts relays on an empty topic; they are killed at the end."""
    cluster = stack.settings.cluster()
    broker = Broker(cluster)
    broker.delete_topic(TOPIC)
    deadline = time.monotonic() + 20
    while True:
        try:
            broker.ensure_topics(TOPICS.values())
            break
        except BrokerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    started: list[subprocess.Popen[bytes]] = []

    def start(**given: object) -> subprocess.Popen[bytes]:
        settings = {
            "database_url": migrated_url,
            "bootstrap_servers": cluster.bootstrap_servers,
            "registry_url": stack.settings.schema_registry_url,
            **given,
        }
        command = [sys.executable, "-m", "tests.streaming.relay.doomed_relay", json.dumps(settings)]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def queue(url: str, numbers: range) -> None:
    with connect(url, "test") as connection:
        put_in_outbox(connection, TOPIC, [entry(number) for number in numbers])


def published(stack: Stack) -> list[int]:
    """Positions in the outbox order, as a read_committed consumer sees them."""
    cluster = stack.settings.cluster()
    records = [r for p in range(TOPICS[TOPIC].partitions) for r in read_to_end(cluster, TOPIC, p)]
    return [int(dict(record.headers)["outbox-sequence"]) for record in records]


def wait_until_empty(url: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with connect(url, "test") as connection:
            if connection.execute("select count(*) from outbox.entries").fetchone() == (0,):
                return
        time.sleep(0.1)
    pytest.fail("the outbox did not empty")


def test_each_message_tells_its_event_in_headers(stack, migrated_url, relay) -> None:
    letter, key, value, _ = entry(0)
    with connect(migrated_url, "test") as connection:
        spoilt = {"kind": "dead_letter", "event-id": "another", "outbox-sequence": "99"}
        put_in_outbox(connection, TOPIC, [(letter, key, value, spoilt)])
    relay()
    wait_until_empty(migrated_url)
    cluster = stack.settings.cluster()
    (record,) = read_to_end(cluster, TOPIC, *range(TOPICS[TOPIC].partitions))
    assert sorted(record.headers) == [
        ("correlation-id", str(letter).encode()),
        ("event-id", str(letter).encode()),
        ("kind", b"dead_letter"),
        ("outbox-sequence", b"1"),
        ("schema-version", b"1"),
        ("source", b"test"),
    ]


def test_entries_go_out_once_and_in_order(stack, migrated_url, relay) -> None:
    queue(migrated_url, range(1_200))
    process = relay()
    wait_until_empty(migrated_url)
    assert published(stack) == list(range(1, 1_201))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.mark.parametrize("point", ["after_produce", "after_commit"])
def test_a_killed_relay_neither_loses_nor_doubles(stack, migrated_url, relay, point) -> None:
    queue(migrated_url, range(700))
    assert relay(die_at=point).wait(30) == -signal.SIGKILL
    queue(migrated_url, range(700, 900))
    relay()
    wait_until_empty(migrated_url)
    assert published(stack) == list(range(1, 901))


def test_a_second_relay_stands_by_and_takes_over(stack, migrated_url, relay) -> None:
    first = relay()
    queue(migrated_url, range(10))
    wait_until_empty(migrated_url)
    relay()
    time.sleep(2)
    first.kill()
    queue(migrated_url, range(10, 20))
    wait_until_empty(migrated_url)
    assert published(stack) == list(range(1, 21))


def test_an_entry_queued_twice_goes_out_once(stack, migrated_url, relay) -> None:
    queue(migrated_url, range(5))
    queue(migrated_url, range(5))
    relay()
    wait_until_empty(migrated_url)
    assert len(published(stack)) == 5


def test_what_is_published_ends_a_row_of_failures(
    stack, migrated_url, relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(migrated_url, range(30))
    monkeypatch.setattr(relaying, "MOST_ENTRIES", 10)
    stop, batches = Impatient(), 0

    def at(point: str) -> None:
        nonlocal batches
        if point == "before_produce":
            batches += 1
            if batches % 2:
                raise BrokerError("away for a moment")
        if point == "after_commit" and batches == 6:
            stop.set()

    relaying.Relay(
        lambda: connect(migrated_url, "relay", autocommit=True),
        Broker(stack.settings.cluster()),
        Codec(Registry(str(stack.settings.schema_registry_url))),
        at=at,
    ).run(stop)
    assert len(stop.pauses) == 3
    assert max(stop.pauses) <= 0.2


def test_the_position_is_kafkas_not_the_databases(stack, migrated_url, relay) -> None:
    """A relay that starts on an empty table goes on numbering after what is on the topic."""
    queue(migrated_url, range(3))
    first = relay()
    wait_until_empty(migrated_url)
    first.kill()
    first.wait()
    queue(migrated_url, range(3, 6))
    relay()
    wait_until_empty(migrated_url)
    assert published(stack) == [1, 2, 3, 4, 5, 6]
