"""The relay's position is the number in the last message on Kafka, so it cannot disagree with it.

A batch goes out in one Kafka transaction. After a crash the new relay first fences the old one
(init_transactions aborts what it left open), then reads the end of every partition: the highest
number there is the last one published.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event as Signal
from uuid import UUID

import structlog

from domain.events import DeadLetter, Event
from streaming.broker import (
    LARGEST_BYTES,
    Broker,
    BrokerError,
    Message,
    TransactionalPublisher,
    last_header,
)
from streaming.codec import Codec
from streaming.failures import Retrying
from streaming.headers import headers
from streaming.logging import ids
from streaming.store import outbox
from streaming.store.database import Connection, Unavailable
from streaming.store.derive_wake import claim, listen, wait
from streaming.store.errors import StoreError
from streaming.store.outbox import Entry
from streaming.topics import RELAYED, TOPICS

SEQUENCE = "outbox-sequence"
TRANSACTIONAL_ID = "knockon-relay"
MOST_ENTRIES = 500
MOST_BYTES = 16_000_000
OVERHEAD_BYTES = 512
"""What a record batch takes beside key, value and headers, and some."""
POLL_SECONDS = 1.0
PUBLISHED = tuple(topic.name for topic in RELAYED)

log = structlog.get_logger(__name__)


class Relay:
    """Moves entries from the outbox to their topics; of several, all but one stand by."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        broker: Broker,
        codec: Codec,
        *,
        at: Callable[[str], None] = lambda point: None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._connect = connect
        self._broker = broker
        self._codec = codec
        self._at = at
        self._beat = beat
        self._retrying = Retrying("relay")
        self.published = 0
        self._largest: dict[str, int] = {}

    def run(self, stop: Signal) -> None:
        """Publish until `stop` is set; broken connections are made anew."""
        while not stop.is_set():
            try:
                self._relay(stop)
            except Exception as error:
                passing = isinstance(error, (StoreError, BrokerError))
                self._retrying.after(error, stop, passing=passing)

    def _relay(self, stop: Signal) -> None:
        connection = self._connect()
        try:
            # Numbers are given in this session, and only by the one that holds this duty.
            while not claim(connection, "outbox relay"):
                self._beat()
                if stop.wait(POLL_SECONDS):
                    return
            cluster = self._broker.cluster
            publisher = TransactionalPublisher(cluster, TRANSACTIONAL_ID, self._at)
            position = self.position()
            self._largest = self._broker.largest_bytes(PUBLISHED)
            log.info("relay.started", position=position)
            listen(connection, ["outbox"])
            while not stop.is_set():
                self._beat()
                sent = self._batch(connection, publisher, position)
                if sent:
                    position = sent
                else:
                    wait(connection, POLL_SECONDS, debounce_seconds=0.02)
        finally:
            with suppress(Unavailable):
                connection.close()

    def position(self) -> int:
        """The number of the last entry that is on Kafka; 0 when none is."""
        found = self._broker.identities(PUBLISHED)
        numbers = [
            last_header(self._broker.cluster, name, partition, SEQUENCE)
            for name, topic in found.items()
            for partition in range(topic.partitions)
        ]
        return max((int(number) for number in numbers if number is not None), default=0)

    def _batch(
        self, connection: Connection, publisher: TransactionalPublisher, position: int
    ) -> int | None:
        outbox.number(connection, position, MOST_ENTRIES)
        entries = outbox.numbered(connection, position, MOST_ENTRIES, MOST_BYTES)
        if not entries:
            return None
        messages, correlations = self._messages(entries)
        publisher.publish(messages)
        self._retrying.succeeded()
        last = entries[-1].sequence
        outbox.forget(connection, last)
        self.published += len(entries)
        log.info(
            "relay.published",
            entries=len(entries),
            position=last,
            correlation_ids=ids(correlations),
        )
        return last

    def _messages(self, entries: Sequence[Entry]) -> tuple[list[Message], list[UUID]]:
        """The messages, and the correlation id of each."""
        messages, correlations = [], []
        for entry in entries:
            event = TOPICS[entry.topic].model.model_validate_json(entry.value)
            message = self._message(entry, event)
            if isinstance(event, DeadLetter) and self._too_large(message):
                message = self._message(entry, event.without_bytes())
                log.warning("relay.shortened", dead_letter_id=str(event.dead_letter_id))
            messages.append(message)
            correlations.append(event.correlation_id)
        return messages, correlations

    def _message(self, entry: Entry, event: Event) -> Message:
        said = dict(headers(event)) | {SEQUENCE: str(entry.sequence).encode()}
        # The event and the number have the last word over what the entry was given.
        given = {name: str(value).encode() for name, value in entry.headers.items()}
        value = self._codec.encode(entry.topic, event)
        return Message(entry.topic, entry.key.encode(), value, list((given | said).items()))

    def _too_large(self, message: Message) -> bool:
        """Reckoned without compression, which sealed bytes do not bear."""
        return message.size + OVERHEAD_BYTES > min(self._largest[message.topic], LARGEST_BYTES)
