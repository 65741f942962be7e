"""What a forecast is held to: whether a leg left or arrived a quarter of an hour late."""

LATE_MINUTES = 15
TARGET = "delay_15"


def delay_15(
    departure_delay_minutes: float | None, arrival_delay_minutes: float | None
) -> bool | None:
    """Whether departure or arrival was >= 15 min late; None while it cannot be told.

    A leg that has not departed (cancelled or not yet) and one that left in time and has not
    arrived are not resolved. A departure that late settles it before the arrival.
    """
    if departure_delay_minutes is None:
        return None
    if departure_delay_minutes >= LATE_MINUTES:
        return True
    if arrival_delay_minutes is None:
        return None
    return arrival_delay_minutes >= LATE_MINUTES
