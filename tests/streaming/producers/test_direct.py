"""What is sent directly: as a stranger reads it, and only by the family that it belongs to."""

from uuid import UUID

import pytest
from confluent_kafka import Consumer, TopicPartition

from domain.events import MetricEvent
from orchestration.stack import Stack
from streaming.broker import Publisher
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec, Decoded
from streaming.producers import (
    ExternalProducer,
    FlightProducer,
    MetricProducer,
    Misplaced,
    PassengerProducer,
    Producers,
)
from streaming.schemas import examples
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import START
from tests.streaming.producers.conftest import Place

FAMILIES = (FlightProducer, ExternalProducer, PassengerProducer, MetricProducer)
CLOSED = Cluster("127.0.0.1:1")


@pytest.fixture
def codec(stack: Stack) -> Codec:
    return Codec(Registry(str(stack.settings.schema_registry_url)))


@pytest.mark.parametrize("causation_id", [None, UUID(int=3)])
def test_the_envelope_is_in_the_headers(place: Place, codec: Codec, causation_id) -> None:
    event = MetricEvent(
        event_id=UUID(int=1), key="lander", kind="metric_sampled", occurred_at=START,
        produced_at=START, source="test", schema_version=4, correlation_id=UUID(int=2),
        causation_id=causation_id, component="lander", metric="lag_records", value=7.0,
    )  # fmt: skip
    with place.publisher() as publisher:
        MetricProducer(publisher, codec).send(event)

    servers = place.cluster.bootstrap_servers
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "stranger"})
    consumer.assign([TopicPartition(place.name, 0, 0)])
    message = consumer.poll(20)
    consumer.close()
    assert message is not None
    assert message.error() is None
    assert message.key() == b"lander"
    assert dict(message.headers() or []) == {
        "event-id": str(event.event_id).encode(),
        "correlation-id": str(event.correlation_id).encode(),
        "schema-version": b"4",
        "source": b"test",
        **({} if causation_id is None else {"causation-id": str(causation_id).encode()}),
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_sends_its_events_in_their_order(place: Place, codec: Codec, family) -> None:
    events = list(examples(family.topic).values())
    with place.publisher() as publisher:
        producer = family(publisher, codec)
        for event in events:
            producer.send(event, 0 if event.kind == "clock" else None)
    assert publisher.delivered == len(events)
    records = place.records()
    assert [record.key for record in records] == [event.key.encode() for event in events]
    for record, event in zip(records, events, strict=True):
        decoded = codec.decode(family.topic.name, record.value)
        assert isinstance(decoded, Decoded)
        assert decoded.event.produced_at > event.produced_at
        sent = decoded.event.model_copy(update={"produced_at": event.produced_at})
        assert sent == event


@pytest.mark.parametrize("family", FAMILIES)
def test_what_does_not_belong_is_refused(codec: Codec, family) -> None:
    with_fact = next(e for e in examples(family.topic).values() if e.kind != "clock")
    publisher = Publisher(CLOSED)
    producer = family(publisher, codec)
    for topic in TOPICS.values():
        if topic is not family.topic:
            with pytest.raises(Misplaced, match=f"does not belong on {family.topic.name}"):
                producer.send(next(iter(examples(topic).values())))
    with pytest.raises(Misplaced, match=f"its key is not {family.topic.key}"):
        producer.send(with_fact.model_copy(update={"key": "another"}))
    with pytest.raises(Misplaced, match="the key chooses the partition"):
        producer.send(with_fact, 0)
    with pytest.raises(Misplaced, match="names its partition"):
        producer.send(with_fact.model_copy(update={"kind": "clock", "key": "clock"}))
    assert publisher.waiting == 0


def test_a_mixed_story_takes_no_relayed_events(codec: Codec) -> None:
    producers = Producers(Publisher(CLOSED), codec)
    for name in ("disruption.events", "notifications", "ml.features", "dead.letter.queue"):
        with pytest.raises(Misplaced, match="goes through the outbox"):
            producers.send(next(iter(examples(TOPICS[name]).values())))
