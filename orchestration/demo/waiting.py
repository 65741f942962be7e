"""Waits until everything that was sent is landed, detected, derived, assessed and booked."""

import time
from collections.abc import Callable

from domain.detection.registry import DETECTORS
from streaming.detect.detection import reader_of
from streaming.replay import Sent
from streaming.settings import Settings
from streaming.store import progress
from streaming.store.database import connect

PAUSE_SECONDS = 0.5
SETTLED_ROUNDS = 3
"""Looks without anything behind before it counts as settled: one reader feeds the next."""

READERS: tuple[tuple[str, str], ...] = (
    *((reader_of(name), "flight.events") for name in DETECTORS),
    ("derived.disruptions", "flight.events"),
    ("derived.disruptions", "passenger.events"),
    ("derived.disruptions", "detected.findings"),
    ("derived.features", "flight.events"),
    ("derived.features", "external.data"),
    ("derived.forecasts", "derived.features"),
    ("derived.passenger_impacts", "derived.disruptions"),
    ("derived.assessments", "derived.passenger_impacts"),
    ("ledger.transactions", "derived.assessments"),
    ("derived.care_clock", "passenger.events"),
    ("derived.care_clock", "derived.assessments"),
    ("ledger.seals", "ledger.transactions"),
)
"""Who reads which log; all of them at the end is the end of the work."""


class NotSettled(Exception):
    """The work did not end in time; the message says who is behind, and where to look."""


def until_landed(settings: Settings, sent: Sent, seconds: float = 60) -> None:
    """Wait until every record sent is landed or dead-lettered. Raises NotSettled."""
    url = settings.owner_database_url()
    deadline = time.monotonic() + seconds
    with connect(url, "knockon-demo", autocommit=True) as connection:
        while True:
            missing = {
                topic: (sent.events + sent.clocks + sent.faults)[topic] - landed
                for topic in sent.clocks
                if (landed := progress.landed(connection, topic))
                < (sent.events + sent.clocks + sent.faults)[topic]
            }
            if not missing:
                return
            if time.monotonic() > deadline:
                raise NotSettled(f"not landed after {seconds:g} s: {missing}; see `knockon logs`")
            time.sleep(PAUSE_SECONDS)


def until_settled(
    settings: Settings, tell: Callable[[dict[str, int]], None], seconds: float = 150
) -> None:
    """Wait until no reader lacks anything. Raises NotSettled."""
    url = settings.owner_database_url()
    deadline = time.monotonic() + seconds
    quiet = 0
    with connect(url, "knockon-demo", autocommit=True) as connection:
        while quiet < SETTLED_ROUNDS:
            behind: dict[str, int] = {}
            for reader, log in READERS:
                if count := progress.unread(connection, reader, log):
                    behind[reader] = behind.get(reader, 0) + count
            quiet = 0 if behind else quiet + 1
            tell(behind)
            if time.monotonic() > deadline:
                raise NotSettled(
                    f"still at work after {seconds:g} s: {behind}; see `knockon status`"
                )
            time.sleep(PAUSE_SECONDS)
