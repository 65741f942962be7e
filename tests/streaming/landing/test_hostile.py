"""More than two hundred hostile records: each ends in a typed dead letter, none stops the line."""

from threading import Event as Signal
from threading import Thread

from confluent_kafka import Producer
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from streaming.broker import Broker, read_to_end
from streaming.relay import Relay
from streaming.store.database import connect
from streaming.topics import LANDING, TOPICS
from tests.streaming.landing.conftest import Landing, departure
from tests.streaming.landing.hostile import Hostile, corpus

HEADERS = [
    ("", b""),
    ("correlation-id", b"\xff\xfe"),
    ("x" * 1_000, bytes(5_000)),
    ("event-id", b"1"),
]
KEYS = (b"", b"\0", b"\xff" * 300, b"k" * 100_000)


def of(landing: Landing) -> list[Hostile]:
    client = SchemaRegistryClient({"url": str(landing.stack.settings.schema_registry_url)})
    codec = landing.codec()
    return corpus(
        {topic.name: codec.register(topic.name) for topic in LANDING},
        lambda subject, schema, kind: client.register_schema(subject, Schema(schema, kind)),
    )


def test_each_becomes_a_typed_dead_letter_and_none_stops_the_line(landing: Landing) -> None:
    records = of(landing)
    assert len(records) >= 200
    # A producer of their own, that takes what ours would not.
    servers = {"bootstrap.servers": landing.bootstrap_servers, "message.max.bytes": 2_000_000}
    producer = Producer({**servers, "compression.type": "lz4"})
    good = landing.codec().encode("flight.events", departure(1))
    ends = {topic.name: 0 for topic in LANDING}
    names: dict[tuple[str, int], Hostile] = {}
    rights = 0
    for number, one in enumerate(records):
        producer.produce(one.topic, one.value, b"", 0, headers=HEADERS[: number % 5])
        names[one.topic, ends[one.topic]] = one
        ends[one.topic] += 1
        if number % 10 == 0:  # a right record among them, under a key and headers that are none
            key = KEYS[number // 10 % len(KEYS)]
            producer.produce("flight.events", good, key, 0, headers=HEADERS)
            ends["flight.events"] += 1
            rights += 1
    assert producer.flush(30) == 0
    landing.land(len(records) + rights)
    found = landing.query(
        'select l.name, d."offset", d.error_type from landed.dead_letters d'
        " join logs.logs l using (log_id)"
    )
    became = {names[topic, offset].name: error_type for topic, offset, error_type in found}
    wrong = {
        one.name: became.get(one.name)
        for one in records
        if became.get(one.name) not in one.becomes.split(" or ")
    }
    assert wrong == {}
    assert landing.query("select count(*) from landed.flight_events") == [(rights,)]
    assert relayed(landing, len(records)) == len(records)


def relayed(landing: Landing, count: int) -> int:
    """Run the relay until so many messages are on `dead.letter.queue`; how many there are."""
    topic = TOPICS["dead.letter.queue"]
    Broker(landing.cluster).delete_topic(topic.name)
    landing.make_anew()
    stop = Signal()
    relay = Relay(
        lambda: connect(landing.database_url, "relay", autocommit=True),
        Broker(landing.cluster),
        landing.codec(),
    )
    thread = Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        while thread.is_alive() and relay.published < count:
            stop.wait(0.1)
    finally:
        stop.set()
        thread.join()
    partitions = range(topic.partitions)
    return sum(1 for _ in read_to_end(landing.cluster, topic.name, *partitions))
