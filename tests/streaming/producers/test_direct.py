"""What a stranger's consumer finds beside the value: the envelope in headers."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition

from domain.events import MetricEvent
from orchestration.stack import Stack
from streaming.broker import Broker, Message, Publisher
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec
from streaming.producer import EventProducer
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import START


@pytest.fixture
def topic(stack: Stack) -> Iterator[str]:
    broker = Broker(stack.settings.cluster())
    name = f"producer.{uuid4()}"
    broker.ensure_topics([replace(TOPICS["system.metrics"], name=name, partitions=1)])
    yield name
    broker.delete_topic(name)


class Redirected(Publisher):
    """Sends to a topic of the test's own."""

    def __init__(self, cluster: Cluster, topic: str) -> None:
        super().__init__(cluster)
        self._topic = topic

    def send(self, message: Message) -> None:
        super().send(message._replace(topic=self._topic))


@pytest.mark.parametrize("causation_id", [None, UUID(int=3)])
def test_the_envelope_is_in_the_headers(stack: Stack, topic: str, causation_id) -> None:
    cluster = stack.settings.cluster()
    codec = Codec(Registry(str(stack.settings.schema_registry_url)))
    producer = EventProducer(Redirected(cluster, topic), codec)
    event = MetricEvent(
        event_id=UUID(int=1), key="lander", kind="metric_sampled", occurred_at=START,
        produced_at=START, source="test", schema_version=4, correlation_id=UUID(int=2),
        causation_id=causation_id, component="lander", metric="lag_records", value=7.0,
    )  # fmt: skip
    producer.send(event)
    producer.flush()

    consumer = Consumer({"bootstrap.servers": cluster.bootstrap_servers, "group.id": "stranger"})
    consumer.assign([TopicPartition(topic, 0, 0)])
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
