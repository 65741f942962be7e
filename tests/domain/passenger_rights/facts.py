"""Facts for tests: a plain long delay, changed by keyword."""

from datetime import date
from typing import Any

from domain.passenger_rights import RightsFacts


def facts(**changes: Any) -> RightsFacts:
    """A UK carrier, Manchester to Malaga (1863 km), 200 minutes late for a routine fault."""
    plain: dict[str, Any] = {
        "flight_date": date(2026, 11, 20),
        "operating_licence": "uk",
        "departure_airport": "MAN",
        "arrival_airport": "AGP",
        "event": "delay",
        "departure_delay_minutes": 210,
        "arrival_delay_minutes": 200,
        "overnight": False,
        "waiting_at_airport": True,
        "cause": "technical_routine",
        "checked_in": True,
    }
    return RightsFacts.model_validate(plain | changes)
