"""Families that go through the outbox: published by the relay once their transaction is there."""

from collections.abc import Iterable
from typing import ClassVar

from domain.events import DisruptionEvent, FeatureEvent, NotificationEvent, PredictionEvent
from streaming.producers.family import E, Family
from streaming.store.database import Connection
from streaming.store.landing import put_in_outbox
from streaming.topics import TOPICS, Topic


class Relayed(Family[E]):
    """Puts events into the outbox in the caller's transaction, and knows nothing of Kafka."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, events: Iterable[E]) -> None:
        """Queue the events in their order; one whose id is queued already is passed over.

        Raises Misplaced before any of them is queued.
        """
        queued = list(events)
        for event in queued:
            self._require_fit(event)
        entries = [
            (event.event_id, event.key, event.model_dump_json().encode(), {"kind": event.kind})
            for event in queued
        ]
        put_in_outbox(self._connection, self.topic.name, entries)


class DisruptionProducer(Relayed[DisruptionEvent]):
    """Findings, in the order of their scope."""

    topic: ClassVar[Topic] = TOPICS["disruption.events"]


class NotificationProducer(Relayed[NotificationEvent]):
    """Who is to be told what, in the recipient's order."""

    topic: ClassVar[Topic] = TOPICS["notifications"]


class FeatureProducer(Relayed[FeatureEvent]):
    """Feature rows, in the leg's order: the last one is what counts."""

    topic: ClassVar[Topic] = TOPICS["ml.features"]


class PredictionProducer(Relayed[PredictionEvent]):
    """Forecasts as they were made, in the leg's order."""

    topic: ClassVar[Topic] = TOPICS["ml.predictions"]
