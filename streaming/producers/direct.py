"""Families that go to Kafka directly: idempotent, acknowledged by all, bounded by the publisher."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from domain.events import Event, ExternalEvent, FlightEvent, MetricEvent, PassengerEvent
from streaming.broker import Message, Publisher
from streaming.codec import Codec
from streaming.headers import headers
from streaming.producers.errors import Misplaced
from streaming.producers.family import E, Family
from streaming.topics import TOPICS, Topic


class Direct(Family[E]):
    """Encodes, adds the envelope as headers, and hands over; delivery is the publisher's."""

    def __init__(self, publisher: Publisher, codec: Codec) -> None:
        self._publisher = publisher
        self._codec = codec

    def send(self, event: E, partition: int | None = None) -> None:
        """Send one event; a clock event, and no other, names its partition.

        `produced_at` becomes the time of sending. Raises Misplaced, and what `Publisher.send`
        raises; the event was not taken then.
        """
        self._require_fit(event, partition)
        topic = self.topic.name
        sent = event.model_copy(update={"produced_at": datetime.now(UTC)})
        value = self._codec.encode(topic, sent)
        self._publisher.send(Message(topic, event.key.encode(), value, headers(sent), partition))


class FlightProducer(Direct[FlightEvent]):
    """What happened to a leg, in the leg's order."""

    topic: ClassVar[Topic] = TOPICS["flight.events"]


class ExternalProducer(Direct[ExternalEvent]):
    """What the world reports, in the station's order."""

    topic: ClassVar[Topic] = TOPICS["external.data"]


class PassengerProducer(Direct[PassengerEvent]):
    """What happened to a passenger's journey, in the passenger's order; sealed by the model."""

    topic: ClassVar[Topic] = TOPICS["passenger.events"]


class MetricProducer(Direct[MetricEvent]):
    """How the platform runs, in the component's order; needs no database."""

    topic: ClassVar[Topic] = TOPICS["system.metrics"]


class Producers:
    """All direct families on one publisher, for whoever tells a mixed story in its order."""

    def __init__(self, publisher: Publisher, codec: Codec) -> None:
        self._publisher = publisher
        made = (FlightProducer, ExternalProducer, PassengerProducer, MetricProducer)
        self._by_model: dict[type[Event], Direct[Any]] = {
            family.topic.model: family(publisher, codec) for family in made
        }

    def send(self, event: Event, partition: int | None = None) -> None:
        """Send it by its family. Raises as `Direct.send` does."""
        family = self._by_model.get(type(event))
        if family is None:
            raise Misplaced(f"{type(event).__name__} goes through the outbox")
        family.send(event, partition)

    def send_raw(self, topic: str, key: bytes, value: bytes | None) -> None:
        """Send bytes as they are, for what must be unreadable on purpose."""
        self._publisher.send(Message(topic, key, value, []))

    def flush(self) -> None:
        """Wait until all is acknowledged. Raises as `Publisher.flush` does."""
        self._publisher.flush()
