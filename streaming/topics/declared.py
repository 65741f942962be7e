"""The nine topics. Which later facts travel on which of them is written in docs/topics.md."""

from datetime import timedelta

from domain.events import (
    DeadLetter,
    DisruptionEvent,
    ExternalEvent,
    FeatureEvent,
    FlightEvent,
    MetricEvent,
    NotificationEvent,
    PassengerEvent,
    PredictionEvent,
)
from streaming.topics.topic import Topic

LARGEST_LETTER_BYTES = 4 * 2**20
"""Four times a broker's default, so that a letter has room for the largest record and its story."""

_ALL = (
    Topic(
        "flight.events", FlightEvent, "leg_id", 6, timedelta(days=7),
        lands=True, relayed=False, personal=False, owner="operations",
        reason="What happened to a leg; one leg's facts stay in order. Seven days outlast an"
        " outage of landing; afterwards PostgreSQL is the record. Each fact counts: no compaction.",
    ),
    Topic(
        "external.data", ExternalEvent, "station", 8, timedelta(days=7),
        lands=True, relayed=False, personal=False, owner="operations",
        reason="Weather and what else the world reports; one station's reports stay in order."
        " A report does not replace the one before it: features look back.",
    ),
    Topic(
        "passenger.events", PassengerEvent, "passenger_ref", 4, timedelta(days=7),
        lands=True, relayed=False, personal=True, owner="passenger care",
        reason="Bookings, notices and offers; one passenger's stay in order. Erasure destroys the"
        " key, so records need not be removed before their time.",
    ),
    Topic(
        "disruption.events", DisruptionEvent, "scope", 3, timedelta(days=7),
        lands=False, relayed=True, personal=False, owner="operations",
        reason="Findings of our detectors, for others to act on; recovery plans and decisions will"
        " follow them here, in the order of the scope that they are about.",
    ),
    Topic(
        "notifications", NotificationEvent, "recipient", 2, timedelta(days=3),
        lands=False, relayed=True, personal=False, owner="passenger care",
        reason="Who is to be told what, and what became of it; one recipient's stay in order."
        " Pseudonyms and a template only: the text is made where it is sent. Three days outlast a"
        " weekend; what is older would only mislead. Each counts: no compaction.",
    ),
    Topic(
        "ml.features", FeatureEvent, "leg_id", 4, timedelta(days=7),
        lands=False, relayed=True, personal=False, owner="data science", cleanup="compact,delete",
        reason="Feature rows for whoever serves a model. The newest row of a leg replaces the ones"
        " before it (their history is in derived.features), hence compaction: a server that starts"
        " reads one row a leg. After seven days nobody asks about the leg.",
    ),
    Topic(
        "ml.predictions", PredictionEvent, "leg_id", 4, timedelta(days=7),
        lands=False, relayed=True, personal=False, owner="data science",
        reason="Forecasts as they were made; one leg's stay in order. An earlier forecast is what"
        " somebody acted on, not a worse copy of the later one: no compaction.",
    ),
    Topic(
        "system.metrics", MetricEvent, "component", 2, timedelta(days=3),
        lands=False, relayed=False, personal=False, owner="data",
        reason="Samples of how we run; alerts, breakers' states and what a simulator plays will"
        " join them. Sent directly: a lost sample is followed by the next, and telling of a"
        " database's trouble must not need the database. States are told again every minute, so"
        " that no reader needs history: no compaction.",
    ),
    Topic(
        "dead.letter.queue", DeadLetter, "origin topic and partition", 2, timedelta(days=30),
        lands=False, relayed=True, personal=True, owner="data",
        reason="Records that could not be landed, whole. Thirty days, since a person has to look."
        " Replaying or discarding one is not told here: the one goes to its origin, the other is"
        " written down in PostgreSQL.",
        largest_bytes=LARGEST_LETTER_BYTES,
    ),
)  # fmt: skip

TOPICS: dict[str, Topic] = {topic.name: topic for topic in _ALL}
"""By name."""

LANDING: tuple[Topic, ...] = tuple(topic for topic in _ALL if topic.lands)
"""The topics whose records become rows."""

RELAYED: tuple[Topic, ...] = tuple(topic for topic in _ALL if topic.relayed)
"""The topics that the outbox relay writes, alone."""
