"""Whatever a broker holds can be landed and announced: no record is too large to be heard of."""

import os
import time
from hashlib import sha256
from threading import Event as Signal
from threading import Thread

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from domain.events import DeadLetter
from streaming.broker import Broker, read_to_end
from streaming.codec import Decoded
from streaming.relay import Relay
from streaming.store.database import connect
from streaming.topics import LARGEST_LETTER_BYTES, TOPICS
from tests.streaming.landing.conftest import Landing, landing

TOPIC = "dead.letter.queue"
SIZES = (1_000_001, 1_048_500)
"""Over the client's default; and nearly all that a batch may have (1,048,588) beside its header."""


def announced(landing: Landing) -> dict[tuple[str, int], DeadLetter]:
    """What a relay puts on the topic, by original topic and offset."""
    stop = Signal()
    url = landing.database_url
    relay = Relay(
        lambda: connect(url, "relay", autocommit=True),
        Broker(landing.cluster),
        landing.codec(),
    )
    thread = Thread(target=relay.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 20
    while landing.query("select 1 from outbox.entries limit 1") and time.monotonic() < deadline:
        time.sleep(0.1)
    stop.set()
    thread.join()
    codec = landing.codec()
    letters = {}
    for record in read_to_end(landing.cluster, TOPIC, *range(TOPICS[TOPIC].partitions)):
        decoded = codec.decode(TOPIC, record.value)
        assert isinstance(decoded, Decoded)
        assert isinstance(decoded.event, DeadLetter)
        letter = decoded.event
        letters[letter.origin_topic, letter.origin_offset] = letter
    return letters


def produce(landing: Landing, topic: str, *values: bytes) -> None:
    """Raw records in one partition, by a client that lets them pass."""
    failed: list[object] = []
    producer = Producer(
        {
            "bootstrap.servers": landing.bootstrap_servers,
            "message.max.bytes": 16_000_000,
            "compression.type": "lz4",
        }
    )
    for value in values:
        producer.produce(topic, value, partition=0, on_delivery=lambda e, m: failed.append(e))
        producer.flush(20)
    assert failed == [None] * len(values)


def test_the_largest_records_are_announced_whole(landing: Landing) -> None:
    """Those of a personal topic sealed, which makes them larger still."""
    landing.make_anew(TOPIC)
    values = [os.urandom(size) for size in SIZES]
    for topic in ("flight.events", "passenger.events"):
        produce(landing, topic, *values, b"small")
    landing.land(6)
    letters = announced(landing)
    for offset, value in enumerate([*values, b"small"]):
        plain, sealed = letters["flight.events", offset], letters["passenger.events", offset]
        assert plain.payload == value
        assert sealed.payload is not None
        assert value not in sealed.payload
        opened = landing.keyring().open_dead_letters(
            {sealed.dead_letter_id: sealed.payload}, actor="test", purpose="look"
        )
        assert list(opened.values()) == [value]
        assert (
            plain.error_type == sealed.error_type == ("oversized" if offset < 2 else "undecodable")
        )
        assert plain.payload_length is None


@pytest.mark.parametrize("limit", [LARGEST_LETTER_BYTES, 1_048_588])
def test_what_no_letter_can_hold_is_announced_by_its_length_and_hash(
    landing: Landing, limit: int
) -> None:
    """Compressed, a broker holds more than its limit; and a topic of old takes less than ours."""
    landing.make_anew(TOPIC)
    topic = ConfigResource(
        ConfigResource.Type.TOPIC,
        TOPIC,
        incremental_configs=[
            ConfigEntry(
                "max.message.bytes", str(limit), incremental_operation=AlterConfigOpType.SET
            )
        ],
    )
    admin = AdminClient({"bootstrap.servers": landing.bootstrap_servers})
    for future in admin.incremental_alter_configs([topic]).values():
        future.result()
    values = [bytes(limit * 2), os.urandom(SIZES[1]), b"small"]
    produce(landing, "flight.events", *values)
    landing.land(3)
    letters = announced(landing)
    shortened = [0] if limit == LARGEST_LETTER_BYTES else [0, 1]
    for offset in range(3):
        letter = letters["flight.events", offset]
        if offset in shortened:
            assert (letter.payload, letter.payload_length) == (None, len(values[offset]))
            assert letter.payload_sha256 == sha256(values[offset]).hexdigest()
        else:
            assert letter.payload == values[offset]
    kept = landing.query('select payload from landed.dead_letters order by "offset"')
    assert [payload for (payload,) in kept] == values


__all__ = ["landing"]
