"""When a fact that the files state without a time is taken to have become known.

The files hold the operated aircraft of a flight, recorded afterwards. Announcing it before the
flight, as here, leaks one thing: a flight without a registration was cancelled (all 2,512 of
them). Nothing learnt from the registration may therefore enter a model of cancellations;
`domain.features.names.UNUSABLE` says so to the code. For flights that did operate the leak is
the swaps made after the announcement, which the data cannot show.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumptions:
    """Declared times of knowledge; the defaults are those of the replayed day and of training."""

    zone: str = "America/New_York"
    """Zone in which a model counts its days: all three airports lie in it."""
    schedule_published_local_hour: int = 18
    """The day's schedule is published at this local hour of the day before, where it begins."""
    assignment_lead_hours: int = 6
    """The aircraft is announced this long before the scheduled departure, but not before the
    schedule is published."""
    cancellation_known_after_hours: int = 6
    """The files give no time of cancellation: known this long after the scheduled departure."""
    weather_usable_after_minutes: int = 60
    """Hourly weather labelled hh:00 can hold the hh:51 report: usable from hh+1:00."""


MAX_WIND_KT = 200.0
"""One row says 1,048 mph (EWR, 12 February 2013): above this a wind is unknown, not strong."""

AIRPORTS = frozenset({"EWR", "JFK", "LGA"})
"""The airports whose departures, all of them, the package holds."""
