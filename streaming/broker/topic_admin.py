"""What the topics of a cluster are like and how much they hold; making them and setting them.

Nothing here deletes. Adding partitions moves keys: who asks for it has to see to their order.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from time import monotonic, sleep
from typing import Any

from confluent_kafka import (
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
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
LARGEST, SEALED = "max.message.bytes", "0"
"""The setting by which a topic refuses every record, and its value."""
MOST_KEYS_READ = 1_000_000
"""Records looked through for a key that repeats; a topic with more is not known to have none."""

_BETWEEN_LEADERS = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}


@dataclass(frozen=True, slots=True)
class Existing:
    """One topic as the cluster has it; all its settings, the broker's defaults included."""

    name: str
    partitions: int
    settings: Mapping[str, str]

    @property
    def sealed(self) -> bool:
        """Whether it takes no records: it is being grown, or that was cut off."""
        return self.settings[LARGEST] == SEALED


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
        self._alter(name, dict(settings), AlterConfigOpType.SET)
        self._wait(
            name, lambda found: settings.items() <= found.settings.items(), ", ".join(settings)
        )

    def reset(self, name: str, setting: str) -> None:
        """Let the broker's default hold again, and wait until it does."""
        before = self.existing([name])[name].settings[setting]
        self._alter(name, {setting: ""}, AlterConfigOpType.DELETE)
        self._wait(name, lambda found: found.settings[setting] != before, setting)

    def add_partitions(self, name: str, partitions: int) -> None:
        """Bring the topic to so many, and wait until they are there."""
        more = [NewPartitions(name, partitions)]
        asked = self._admin.ask().create_partitions(more, request_timeout=SECONDS)
        what = f"cannot add partitions to {name}"
        self._admin.result(asked[name], what, "ALTER", name)
        self._wait(name, lambda found: found.partitions == partitions, f"{partitions} partitions")

    def _alter(self, name: str, settings: Mapping[str, str], how: AlterConfigOpType) -> None:
        entries = [ConfigEntry(*one, incremental_operation=how) for one in settings.items()]
        resource = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=entries)
        asked = self._admin.ask().incremental_alter_configs([resource], request_timeout=SECONDS)
        for future in asked.values():
            what = f"cannot set {', '.join(settings)} of {name}"
            self._admin.result(future, what, "ALTER_CONFIGS", name)

    def _wait(self, name: str, there: Callable[[Existing], bool], what: str) -> None:
        """The controller has it; the broker that is asked hears of it a moment later."""
        deadline = monotonic() + SECONDS
        while monotonic() < deadline:
            if there(self.existing([name])[name]):
                return
            sleep(0.05)
        raise BrokerError(f"{name} was given {what}, and does not show it")

    def ends(self, topic: Existing) -> dict[int, int]:
        """Next offset by partition, open transactions included."""
        return self._offsets(topic, OffsetSpec.latest())  # type: ignore[no-untyped-call]

    def committed_ends(self, topic: Existing) -> dict[int, int]:
        """Next offset by partition that somebody who reads committed records can come to."""
        spec = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        return self._offsets(topic, spec, isolation_level=IsolationLevel.READ_COMMITTED)

    def unread_by_groups(self, topic: Existing) -> dict[str, int]:
        """What consumer groups with members have committed for the topic, short of its end."""
        listed = self._admin.answer(self._admin.ask().list_consumer_groups())
        idle = {ConsumerGroupState.EMPTY, ConsumerGroupState.DEAD}
        found = {}
        ends = self.ends(topic)
        for group in (one.group_id for one in listed.valid if one.state not in idle):
            asked = self._admin.ask().list_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(group)], request_timeout=SECONDS
            )
            what = f"offsets of group {group}"
            places = self._admin.result(asked[group], what, "DESCRIBE", group).topic_partitions
            read = {p.partition: p.offset for p in places if p.topic == topic.name}
            left = sum(end - max(0, read.get(one, 0)) for one, end in ends.items()) if read else 0
            if left:
                found[group] = left
        return found

    def held(self, topic: Existing, since: datetime) -> tuple[int, int]:
        """How many offsets the topic holds, and how many of them were written before `since`."""
        first = self._offsets(topic, OffsetSpec.earliest())  # type: ignore[no-untyped-call]
        end = self.ends(topic)
        moment = int(since.timestamp() * 1000)
        young = self._offsets(topic, OffsetSpec.for_timestamp(moment))
        # -1: no record is as young as that.
        border = {part: at if at >= 0 else end[part] for part, at in young.items()}
        return (
            sum(end[part] - first[part] for part in end),
            sum(border[part] - first[part] for part in end),
        )

    def _offsets(self, topic: Existing, spec: Any, **how: Any) -> dict[int, int]:
        places = {TopicPartition(topic.name, part): spec for part in range(topic.partitions)}
        deadline = monotonic() + SECONDS
        while True:
            asked = self._admin.ask().list_offsets(places, request_timeout=SECONDS, **how)
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
