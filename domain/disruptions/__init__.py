"""Correlated disruptions: irregular legs and knock-on links that share one root leg."""

from domain.disruptions.correlate import Link, correlate
from domain.disruptions.legs import IRREGULAR_FROM_MINUTES, Leg, observe
from domain.disruptions.revision import Disruption, disruption_id, revisions
from domain.disruptions.severity import Severity, severity_of
from domain.disruptions.travellers import Travellers

__all__ = [
    "IRREGULAR_FROM_MINUTES",
    "Disruption",
    "Leg",
    "Link",
    "Severity",
    "Travellers",
    "correlate",
    "disruption_id",
    "observe",
    "revisions",
    "severity_of",
]
