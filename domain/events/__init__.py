"""The vocabulary: one frozen model per topic; everybody depends on it, it on nobody."""

from domain.events.dead_letter import DeadLetter
from domain.events.disruption import DisruptionEvent
from domain.events.envelope import Event
from domain.events.external import ExternalEvent
from domain.events.flight import FlightEvent
from domain.events.passenger import PassengerEvent, PersonalData

__all__ = [
    "DeadLetter",
    "DisruptionEvent",
    "Event",
    "ExternalEvent",
    "FlightEvent",
    "PassengerEvent",
    "PersonalData",
]
