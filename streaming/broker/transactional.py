"""Producing many messages in one Kafka transaction."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic

from confluent_kafka import KafkaException, Producer

from streaming.broker.client import Ear, make
from streaming.broker.errors import BrokerError
from streaming.broker.messages import SECONDS, SETTINGS, Message, produce
from streaming.broker.refusals import failure
from streaming.cluster import Cluster

ASK_SECONDS = 1.0
"""After so long it is looked whether waiting helps."""
LARGEST_BYTES = 16 * 2**20
"""The largest message that the client takes in a transaction; topics have limits of their own."""


class TransactionalPublisher:
    """Publishes batches wholly or not at all; a newer one of the same name fences this one.

    `at` is called at named points, for tests that kill.
    """

    def __init__(
        self,
        cluster: Cluster,
        transactional_id: str,
        at: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._at = at
        self._cluster = cluster
        self._ear = Ear(cluster)
        self._producer = make(
            Producer,
            self._ear,
            {
                **SETTINGS,
                "client.id": transactional_id,
                "transactional.id": transactional_id,
                "transaction.timeout.ms": 30_000,
                "message.max.bytes": LARGEST_BYTES,
            },
        )
        deadline = monotonic() + SECONDS
        while True:
            try:
                self._producer.init_transactions(ASK_SECONDS)
                return
            except KafkaException as error:
                refused = self._failure("no Kafka transactions", error, transactional_id)
                if not error.args[0].retriable() or monotonic() > deadline:
                    raise refused from error

    def publish(self, messages: Iterable[Message]) -> None:
        """One transaction. Raises BrokerError when it did not commit; then nothing is visible."""
        topics: set[str] = set()
        try:
            self._at("before_produce")
            self._producer.begin_transaction()
            for message in messages:
                topics.add(message.topic)
                produce(self._producer, message, None)
            self._at("after_produce")
            self._at("before_commit")
            self._producer.commit_transaction(SECONDS)
            self._at("after_commit")
        except BufferError as error:
            raise BrokerError(f"the transaction did not commit: {error}") from error
        except KafkaException as error:
            what = "the transaction did not commit"
            raise self._failure(what, error, ", ".join(sorted(topics))) from error

    def _failure(self, what: str, error: KafkaException, name: str) -> Exception:
        with suppress(KafkaException):  # the same error, where it is fatal
            self._producer.poll(0)
        self._ear.raise_heard()
        return failure(self._cluster, error.args[0], what, "WRITE", name)
