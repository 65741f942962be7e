"""The vocabulary: one frozen model per topic; everybody depends on it, it on nobody."""

from domain.events.dead_letter import DeadLetter
from domain.events.disruption import DisruptionEvent
from domain.events.envelope import Event
from domain.events.external import ExternalEvent
from domain.events.feature import FeatureEvent
from domain.events.flight import FlightEvent
from domain.events.metric import MetricEvent
from domain.events.notification import NotificationEvent
from domain.events.passenger import PassengerEvent, PersonalData
from domain.events.prediction import PredictionEvent

__all__ = [
    "DeadLetter",
    "DisruptionEvent",
    "Event",
    "ExternalEvent",
    "FeatureEvent",
    "FlightEvent",
    "MetricEvent",
    "NotificationEvent",
    "PassengerEvent",
    "PersonalData",
    "PredictionEvent",
]
