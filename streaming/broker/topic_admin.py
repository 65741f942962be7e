"""What the topics of a cluster are like and how much they hold; making them and setting them.

Nothing here deletes, and partitions are only counted: adding some would move keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from time import monotonic, sleep
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    OffsetSpec,
)

from streaming.broker.client import Admin
from streaming.broker.consuming import read_to_end
from streaming.broker.errors import BrokerError
from streaming.broker.refusals import failure
from streaming.cluster import Cluster
from streaming.topics import Topic

SECONDS = 15.0
MOST_KEYS_READ = 1_000_000
"""Records looked through for a key that repeats; a topic with more is not known to have none."""

_BETWEEN_LEADERS = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}


@dataclass(frozen=True, slots=True)
class Existing:
    """One topic as the cluster has it; all its settings, the broker's defaults included."""

    name: str
    partitions: int
    settings: Mapping[str, str]


class TopicAdmin:
    """The topics of the cluster.

    Every method raises BrokerError when the cluster does not answer or does not permit.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._admin = Admin(cluster, "knockon-topics")

    def existing(self, names: Iterable[str]) -> dict[str, Existing]:
        """Those of the topics that there are."""
        asked = TopicCollection(list(names))
        partitions = {}
        topics = self._admin.ask().describe_topics(asked, request_timeout=SECONDS)
        for name, future in topics.items():
            topic = self._admin.result(
                future, f"topic {name}", "DESCRIBE", name, fine=KafkaError.UNKNOWN_TOPIC_OR_PART
            )
            if topic is not None:
                partitions[name] = len(topic.partitions)
        resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in partitions]
        if not resources:
            return {}
        found = {}
        described = self._admin.ask().describe_configs(resources, request_timeout=SECONDS)
        for resource, future in described.items():
            name = resource.name
            what = f"the settings of {name}"
            entries = self._admin.result(future, what, "DESCRIBE_CONFIGS", name)
            settings = {setting: str(entry.value) for setting, entry in entries.items()}
            found[name] = Existing(name, partitions[name], settings)
        return found

    def create(self, topic: Topic) -> None:
        """Make the topic as it is declared; fine when somebody else has just made it."""
        asked = self._admin.ask().create_topics([new(topic)], request_timeout=SECONDS)
        self._admin.result(
            asked[topic.name], f"cannot create topic {topic.name}", "CREATE", topic.name,
            fine=KafkaError.TOPIC_ALREADY_EXISTS,
        )  # fmt: skip
        deadline = monotonic() + SECONDS
        while topic.name not in self.existing([topic.name]):
            if monotonic() > deadline:
                raise BrokerError(f"topic {topic.name} was made, and is not there")
            sleep(0.05)

    def set(self, name: str, settings: Mapping[str, str]) -> None:
        """Give the topic these settings and wait until they are told; all others stay."""
        resource = ConfigResource(
            ConfigResource.Type.TOPIC,
            name,
            incremental_configs=[
                ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
                for setting, value in settings.items()
            ],
        )
        asked = self._admin.ask().incremental_alter_configs([resource], request_timeout=SECONDS)
        for future in asked.values():
            what = f"cannot set {', '.join(settings)} of {name}"
            self._admin.result(future, what, "ALTER_CONFIGS", name)
        # The controller has them; the broker that is asked hears of them a moment later.
        deadline = monotonic() + SECONDS
        while monotonic() < deadline:
            if settings.items() <= self.existing([name])[name].settings.items():
                return
            sleep(0.05)
        raise BrokerError(f"{name} was given {', '.join(settings)}, and does not show them")

    def held(self, topic: Existing, since: datetime) -> tuple[int, int]:
        """How many offsets the topic holds, and how many of them were written before `since`."""
        first = self._offsets(topic, OffsetSpec.earliest())  # type: ignore[no-untyped-call]
        end = self._offsets(topic, OffsetSpec.latest())  # type: ignore[no-untyped-call]
        moment = int(since.timestamp() * 1000)
        young = self._offsets(topic, OffsetSpec.for_timestamp(moment))
        # -1: no record is as young as that.
        border = {part: at if at >= 0 else end[part] for part, at in young.items()}
        return (
            sum(end[part] - first[part] for part in end),
            sum(border[part] - first[part] for part in end),
        )

    def _offsets(self, topic: Existing, spec: Any) -> dict[int, int]:
        places = {TopicPartition(topic.name, part): spec for part in range(topic.partitions)}
        deadline = monotonic() + SECONDS
        while True:
            asked = self._admin.ask().list_offsets(places, request_timeout=SECONDS)
            try:
                return {
                    place.partition: int(self._admin.answer(future).offset)
                    for place, future in asked.items()
                }
            except KafkaException as error:
                # A topic just made, or a leader just gone: another is on its way.
                if error.args[0].code() not in _BETWEEN_LEADERS or monotonic() > deadline:
                    what = f"offsets of {topic.name}"
                    raise failure(
                        self._cluster, error.args[0], what, "DESCRIBE", topic.name
                    ) from error
            sleep(0.1)

    def lost_by_compaction(self, topic: Existing) -> str | None:
        """The first record found that compaction would remove, and why; None when there is none."""
        seen: set[bytes] = set()
        records = read_to_end(self._cluster, topic.name, *range(topic.partitions))
        for record in islice(records, MOST_KEYS_READ):
            place = f"{record.partition}/{record.offset}"
            if record.key is None:
                return f"record {place} has no key"
            if record.key in seen:
                return f"record {place} is not the first of its key"
            seen.add(record.key)
        if len(seen) == MOST_KEYS_READ:
            return f"more than {MOST_KEYS_READ:,} records, not all were looked through"
        return None


def new(topic: Topic) -> NewTopic:
    """What the cluster is asked for when the topic is made."""
    return NewTopic(
        topic.name,
        num_partitions=topic.partitions,
        replication_factor=-1,  # the broker's default
        config=topic.settings,
    )
