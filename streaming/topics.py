"""The topics as data: what travels on each, its key, retention, owner, and whether it lands."""

from dataclasses import dataclass
from datetime import timedelta

from domain.events import (
    DeadLetter,
    DisruptionEvent,
    Event,
    ExternalEvent,
    FlightEvent,
    PassengerEvent,
)

LARGEST_LETTER_BYTES = 4 * 2**20
"""Four times a broker's default, so that a letter has room for the largest record and its story."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    `lands`: every record becomes a row of `landed.<table>`. What we derive ourselves does not
    land: it is in PostgreSQL before it is on Kafka. `personal`: values may hold personal data
    (sealed), so an unreadable record must be kept sealed too. `largest_bytes` of a message, where
    it is not for the broker to say.
    """

    name: str
    model: type[Event]
    key: str
    partitions: int
    retention: timedelta
    lands: bool
    personal: bool
    owner: str
    reason: str
    largest_bytes: int | None = None

    @property
    def table(self) -> str:
        """The table in schema `landed`; only topics that land have one."""
        return self.name.replace(".", "_")

    @property
    def subject(self) -> str:
        """The registry's subject for values (TopicNameStrategy)."""
        return f"{self.name}-value"


_ALL = (
    Topic(
        "flight.events", FlightEvent, "leg_id", 6, timedelta(days=7),
        lands=True, personal=False, owner="operations",
        reason="What happened to a leg; one leg's facts stay in order.",
    ),
    Topic(
        "external.data", ExternalEvent, "station", 8, timedelta(days=7),
        lands=True, personal=False, owner="operations",
        reason="Weather and what else the world reports; one station's reports stay in order.",
    ),
    Topic(
        "passenger.events", PassengerEvent, "passenger_ref", 4, timedelta(days=7),
        lands=True, personal=True, owner="passenger care",
        reason="Bookings, notices and offers; one passenger's stay in order.",
    ),
    Topic(
        "disruption.events", DisruptionEvent, "scope", 3, timedelta(days=7),
        lands=False, personal=False, owner="operations",
        reason="Findings of our detectors, for others to act on; derived, so never landed.",
    ),
    Topic(
        "dead.letter.queue", DeadLetter, "origin topic and partition", 2, timedelta(days=30),
        lands=False, personal=True, owner="data",
        reason="Records that could not be landed, whole; derived, so never landed.",
        largest_bytes=LARGEST_LETTER_BYTES,
    ),
)  # fmt: skip

TOPICS: dict[str, Topic] = {topic.name: topic for topic in _ALL}
"""By name."""

LANDING: tuple[Topic, ...] = tuple(topic for topic in _ALL if topic.lands)
"""The topics whose records become rows."""
