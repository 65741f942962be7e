"""The vocabulary: one frozen pydantic model per topic; everybody depends on it, it depends on nobody."""

from domain.events.envelope import Event
from domain.events.external import ExternalEvent
from domain.events.flight import FlightEvent
from domain.events.passenger import PassengerEvent, PersonalData
from domain.events.disruption import DisruptionEvent
from domain.events.dead_letter import DeadLetter

__all__ = [
    "DeadLetter",
    "DisruptionEvent",
    "Event",
    "ExternalEvent",
    "FlightEvent",
    "PassengerEvent",
    "PersonalData",
]
