"""Producing: idempotent and acknowledged by all; or many messages in one Kafka transaction."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import KafkaException, Producer

from streaming.broker.client import client
from streaming.broker.errors import BrokerError, DeliveryFailed

SECONDS = 30.0
LARGEST_BYTES = 16 * 2**20
"""The largest message that the client takes in a transaction; topics have limits of their own."""


class Message(NamedTuple):
    """What to produce; without a partition the key chooses it."""

    topic: str
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]
    partition: int | None = None


def _settings(bootstrap_servers: str, name: str) -> dict[str, str | int | float | bool]:
    return {
        **client(bootstrap_servers),
        "client.id": name,
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": 5,
        "compression.type": "lz4",
        # Java clients' partitioner, so that a key has one partition whoever produces it.
        "partitioner": "murmur2_random",
        "queue.buffering.max.messages": 100_000,
    }


class Publisher:
    """Sends at once and keeps count; what could not be delivered is raised, never forgotten."""

    def __init__(self, bootstrap_servers: str, name: str = "knockon-publisher") -> None:
        self._producer = Producer(_settings(bootstrap_servers, name))
        self._failed: list[str] = []
        self.delivered = 0

    def send(self, message: Message) -> None:
        """Hand over one message; waits while the buffer is full.

        Raises DeliveryFailed when an earlier message was given up by then.
        """
        while True:
            try:
                _produce(self._producer, message, self._heard)
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)
        self._raise_failed()

    def flush(self) -> None:
        """Wait until all is acknowledged. Raises DeliveryFailed."""
        left = self._producer.flush(SECONDS)
        self._raise_failed()
        if left:
            raise DeliveryFailed(f"{left} messages were not acknowledged in {SECONDS:g} s")

    def _heard(self, error: Any, message: Any) -> None:
        if error is None:
            self.delivered += 1
        else:
            self._failed.append(f"{message.topic()}: {error.str()}")

    def _raise_failed(self) -> None:
        if self._failed:
            failed, self._failed = self._failed, []
            raise DeliveryFailed(f"{len(failed)} messages not delivered; first: {failed[0]}")


class TransactionalPublisher:
    """Publishes batches wholly or not at all; a newer one of the same name fences this one."""

    def __init__(self, bootstrap_servers: str, transactional_id: str) -> None:
        self._producer = Producer(
            _settings(bootstrap_servers, transactional_id)
            | {
                "transactional.id": transactional_id,
                "transaction.timeout.ms": 30_000,
                "message.max.bytes": LARGEST_BYTES,
            }
        )
        try:
            self._producer.init_transactions(SECONDS)
        except KafkaException as error:
            raise BrokerError(f"no Kafka transactions: {error.args[0].str()}") from error

    def publish(self, messages: Iterable[Message]) -> None:
        """One transaction. Raises BrokerError when it did not commit; then nothing is visible."""
        try:
            self._producer.begin_transaction()
            for message in messages:
                _produce(self._producer, message, None)
            self._producer.commit_transaction(SECONDS)
        except (KafkaException, BufferError) as error:
            reason = error.args[0].str() if isinstance(error, KafkaException) else str(error)
            raise BrokerError(f"the transaction did not commit: {reason}") from error


def _produce(producer: Producer, message: Message, heard: Any) -> None:
    arguments: dict[str, Any] = {
        "key": message.key,
        "value": message.value,
        "headers": message.headers,
        "on_delivery": heard,
    }
    if message.partition is not None:
        arguments["partition"] = message.partition
    producer.produce(message.topic, **arguments)
