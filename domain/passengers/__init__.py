"""Journeys of passengers, and what a disruption did to each: bookings and legs in, facts out.

Knows pseudonyms only. What the law says to the facts is `domain.passenger_rights`.
"""

from domain.passengers.impact import Impact, Unplaced, impacts
from domain.passengers.journeys import Journey, JourneyRecord, Offer, fold_journeys

__all__ = [
    "Impact",
    "Journey",
    "JourneyRecord",
    "Offer",
    "Unplaced",
    "fold_journeys",
    "impacts",
]
