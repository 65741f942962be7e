"""External assets: topics, landed tables and findings; other processes write them, we show them."""

import dagster as dg

from assets.catalogue import described, key, team, topic_key
from streaming.topics import TOPICS, Topic

_STORIES = {
    "landed.flight_events": "What happened to legs: schedules, movements, cancellations.",
    "landed.external_data": "What the world around the airline reports: weather.",
    "landed.passenger_events": "Bookings, notices and offers; personal data only sealed.",
}


_SOURCES = {"disruption.events": "detected.findings", "dead.letter.queue": "landed.dead_letters"}
"""Topic that we write to table that it tells of; one that nobody writes yet is not drawn."""


def _topic(topic: Topic) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=topic_key(topic.name),
        deps=[] if topic.lands else [key(_SOURCES[topic.name])],
        description=topic.reason,
        group_name="topics" if topic.lands else "published",
        owners=[team(topic.owner)],
        kinds={"kafka", "avro"},
        tags={"layer": "kafka", "personal": "sealed" if topic.personal else "none"},
        metadata={
            "partitions": topic.partitions,
            "key": topic.key,
            "model": topic.model.__name__,
            "lands": topic.lands,
        },
    )


def _landed(topic: Topic) -> dg.AssetSpec:
    table = f"landed.{topic.table}"
    return dg.AssetSpec(
        deps=[topic_key(topic.name)],
        **described(table, _STORIES[table], group="landed", owner=topic.owner),
    )


LANDED_LOGS = {topic.name: f"landed.{topic.table}" for topic in TOPICS.values() if topic.lands}
"""Log name to table, for every topic that lands."""

SPECS = [
    *(_topic(topic) for topic in TOPICS.values() if topic.lands or topic.name in _SOURCES),
    *(_landed(topic) for topic in TOPICS.values() if topic.lands),
    dg.AssetSpec(
        deps=[topic_key(topic) for topic in LANDED_LOGS],
        **described(
            "landed.dead_letters",
            "Records that could not be read, whole, with a typed reason.",
            group="landed",
            owner="streaming",
        ),
    ),
    dg.AssetSpec(
        deps=[key("landed.flight_events")],
        **described(
            "detected.findings",
            "What the detectors said: which leg makes which other leg late.",
            group="detected",
            owner="operations",
        ),
    ),
    dg.AssetSpec(
        deps=[key("landed.flight_events")],
        **described(
            "detected.late_records",
            "Records that came too late to be folded: counted here, and folded once a day by the "
            "restatement.",
            group="detected",
            owner="operations",
        ),
    ),
    dg.AssetSpec(
        deps=[key("landed.flight_events")],
        **described(
            "detected.versions",
            "Which version of each detector took over when: its findings stand, those of the "
            "versions before are superseded.",
            group="detected",
            owner="operations",
        ),
    ),
]
