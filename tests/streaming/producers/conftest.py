"""A topic of each test's own, and publishers that send there whatever the family."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from orchestration.stack import Stack
from streaming.broker import Broker, Message, Publisher, Record, read_to_end
from streaming.cluster import Cluster
from streaming.topics import TOPICS


@dataclass(frozen=True)
class Place:
    """The topic, of one partition."""

    cluster: Cluster
    name: str

    def publisher(self, **bounds: Any) -> Publisher:
        return Redirected(self.cluster, self.name, **bounds)

    def records(self) -> list[Record]:
        return list(read_to_end(self.cluster, self.name, 0))


class Redirected(Publisher):
    """Sends to a topic of the test's own."""

    def __init__(self, cluster: Cluster, topic: str, **bounds: Any) -> None:
        super().__init__(cluster, **bounds)
        self._topic = topic

    def send(self, message: Message) -> None:
        super().send(message._replace(topic=self._topic, partition=0))


@pytest.fixture
def place(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Place]:
    """`param` are further facts of the topic."""
    cluster, name = stack.settings.cluster(), f"producers.{uuid4()}"
    facts = getattr(request, "param", {})
    broker = Broker(cluster)
    broker.ensure_topics([replace(TOPICS["system.metrics"], name=name, partitions=1, **facts)])
    yield Place(cluster, name)
    broker.delete_topic(name)
