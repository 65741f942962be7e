"""One producer per family of events: it takes its own events only, each under the key that orders.

What happens outside goes to Kafka directly; what we conclude goes through the outbox, in the
transaction that writes it down. Dead letters are written by landing alone, and have none here.
"""

from streaming.producers.direct import (
    ExternalProducer,
    FlightProducer,
    MetricProducer,
    PassengerProducer,
    Producers,
)
from streaming.producers.errors import Misplaced
from streaming.producers.family import topic_of
from streaming.producers.relayed import (
    DisruptionProducer,
    FeatureProducer,
    NotificationProducer,
    PredictionProducer,
)

__all__ = [
    "DisruptionProducer",
    "ExternalProducer",
    "FeatureProducer",
    "FlightProducer",
    "MetricProducer",
    "Misplaced",
    "NotificationProducer",
    "PassengerProducer",
    "PredictionProducer",
    "Producers",
    "topic_of",
]
