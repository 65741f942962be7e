"""Where flights go: airports, legs, great-circle distances, territories of the law; no state."""

from domain.network.airports import Airport, airport, find_airport
from domain.network.errors import UnknownAirport
from domain.network.great_circle import Distance, measure
from domain.network.legs import Leg, leg_id

__all__ = [
    "Airport",
    "Distance",
    "Leg",
    "UnknownAirport",
    "airport",
    "find_airport",
    "leg_id",
    "measure",
]
