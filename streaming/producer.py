"""Sends events: finds the topic by the event's class, encodes, and adds the envelope as headers."""

from datetime import UTC, datetime

from domain.events import Event
from streaming.broker import Message, Publisher
from streaming.codec import Codec
from streaming.headers import headers
from streaming.topics import TOPICS, Topic

_BY_MODEL = {topic.model: topic for topic in TOPICS.values()}


def topic_of(event: Event) -> Topic:
    """The topic that carries this kind of event."""
    return _BY_MODEL[type(event)]


class EventProducer:
    """Idempotent, acknowledged by all; a full buffer makes the caller wait, a failure is raised."""

    def __init__(self, publisher: Publisher, codec: Codec) -> None:
        self._publisher = publisher
        self._codec = codec

    def send(self, event: Event, partition: int | None = None) -> None:
        """Send one event under its key; clock events name their partition.

        `produced_at` becomes the time of sending. Raises DeliveryFailed for an earlier event.
        """
        topic = topic_of(event).name
        sent = event.model_copy(update={"produced_at": datetime.now(UTC)})
        value = self._codec.encode(topic, sent)
        self._publisher.send(Message(topic, event.key.encode(), value, headers(sent), partition))

    def send_raw(self, topic: str, key: bytes, value: bytes | None) -> None:
        """Send bytes as they are, for what must be unreadable on purpose."""
        self._publisher.send(Message(topic, key, value, []))

    def flush(self) -> None:
        """Wait until all is acknowledged. Raises DeliveryFailed."""
        self._publisher.flush()
