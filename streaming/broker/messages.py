"""What is produced, and what every producer of ours is told."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from confluent_kafka import Producer

SECONDS = 30.0
METADATA_SECONDS = 5
"""A client knows how many partitions a topic has, as of so long ago."""


class Message(NamedTuple):
    """What to produce; without a partition the key chooses it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    partition: int | None = None

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        headers = sum(len(name) + len(value or b"") for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers


SETTINGS: dict[str, Any] = {
    "enable.idempotence": True,
    "acks": "all",
    "linger.ms": 5,
    "compression.type": "lz4",
    # Java clients' partitioner, so that a key has one partition whoever produces it.
    "partitioner": "murmur2_random",
    "topic.metadata.refresh.interval.ms": METADATA_SECONDS * 1_000,
}


def produce(producer: Producer, message: Message, heard: Any) -> None:
    """Hand one message over. Raises KafkaException, or BufferError while the buffer is full."""
    arguments: dict[str, Any] = {
        "key": message.key,
        "value": message.value,
        "headers": list(message.headers),
        "on_delivery": heard,
    }
    if message.partition is not None:
        arguments["partition"] = message.partition
    producer.produce(message.topic, **arguments)
