"""The one pure picture of the network as of an event time, which every fold reads."""

from domain.network_state.legs import LegBook, LegState
from domain.network_state.records import FlightRecord, Known, Reference

__all__ = ["FlightRecord", "Known", "LegBook", "LegState", "Reference"]
