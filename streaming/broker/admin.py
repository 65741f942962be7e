"""What a cluster is called, which topics it has and under which ids, and making them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from confluent_kafka import (
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    OffsetSpec,
)

from streaming.broker.client import client
from streaming.broker.errors import BrokerError
from streaming.broker.topic_admin import new
from streaming.topics import Topic

SECONDS = 15.0
ASK_SECONDS = 4.0
"""For what is asked with every batch: a question that a broker took with it is asked anew soon."""
DEFAULT_LARGEST_BYTES = 1_048_588
"""max.message.bytes of a topic for which nobody has said more: of a compressed batch."""


@dataclass(frozen=True, slots=True)
class TopicIdentity:
    """One topic of one cluster; the same name made anew has another `topic_id` (KIP-516)."""

    cluster_id: str
    topic_id: str
    name: str
    partitions: int


class Broker:
    """An administrator's view of the cluster at `bootstrap_servers` (host:port, ...)."""

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self._admin = AdminClient({**client(bootstrap_servers), "client.id": "knockon-admin"})

    def cluster_id(self) -> str:
        """Raises BrokerError when the cluster does not answer."""
        return self._cluster_id(self._admin.describe_cluster(request_timeout=SECONDS))

    def _cluster_id(self, asked: Any) -> str:
        try:
            described = asked.result()
        except KafkaException as error:
            raise BrokerError(
                f"Kafka at {self.bootstrap_servers} does not answer ({error.args[0].str()}):"
                " check KAFKA_BOOTSTRAP_SERVERS, or see `knockon status`"
            ) from error
        return str(described.cluster_id)

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the missing topics; an existing one is left as it is.

        Raises BrokerError when one cannot be made, or has fewer partitions than declared.
        """
        wanted = list(topics)
        made = self._admin.create_topics([new(topic) for topic in wanted], request_timeout=SECONDS)
        for name, future in made.items():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise BrokerError(
                        f"cannot create topic {name}: {error.args[0].str()}"
                    ) from error
        found = self.identities(topic.name for topic in wanted)
        for topic in wanted:
            if found[topic.name].partitions < topic.partitions:
                raise BrokerError(
                    f"topic {topic.name} has {found[topic.name].partitions} partitions,"
                    f" {topic.partitions} are declared, and adding some would move keys:"
                    " see `knockon topics plan`, or name another cluster"
                )

    def identities(self, names: Iterable[str]) -> dict[str, TopicIdentity]:
        """The topics by name. Raises BrokerError for one that does not exist."""
        return self.ask_identities(names)()

    def ask_identities(self, names: Iterable[str]) -> Callable[[], dict[str, TopicIdentity]]:
        """Ask now, and be answered on the call, as `identities`: work can be done in between."""
        cluster = self._admin.describe_cluster(request_timeout=ASK_SECONDS)
        topics = self._admin.describe_topics(
            TopicCollection(list(names)), request_timeout=ASK_SECONDS
        )

        def answer() -> dict[str, TopicIdentity]:
            cluster_id = self._cluster_id(cluster)
            found = {}
            for name, future in topics.items():
                try:
                    described = future.result()
                except KafkaException as error:
                    raise BrokerError(f"topic {name}: {error.args[0].str()}") from error
                found[name] = TopicIdentity(
                    cluster_id, str(described.topic_id), name, len(described.partitions)
                )
            return found

        return answer

    def largest_bytes(self, names: Iterable[str]) -> dict[str, int]:
        """How large a batch each topic takes; Kafka's default where we may not ask."""
        resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
        found = {}
        for resource, future in self._admin.describe_configs(
            resources, request_timeout=SECONDS
        ).items():
            try:
                found[resource.name] = int(future.result()["max.message.bytes"].value)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_AUTHORIZATION_FAILED:
                    raise BrokerError(f"{resource.name}: {error.args[0].str()}") from error
                found[resource.name] = DEFAULT_LARGEST_BYTES
        return found

    def ends(self, topics: Iterable[TopicIdentity]) -> dict[tuple[str, int], int]:
        """Next offset after the last committed record, by topic and partition.

        Raises BrokerError when the cluster does not answer.
        """
        asked = {
            TopicPartition(topic.name, partition): OffsetSpec.latest()  # type: ignore[no-untyped-call]
            for topic in topics
            for partition in range(topic.partitions)
        }
        futures = self._admin.list_offsets(
            asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=SECONDS
        )
        try:
            return {
                (place.topic, place.partition): int(future.result().offset)
                for place, future in futures.items()
            }
        except KafkaException as error:
            raise BrokerError(f"no end offsets: {error.args[0].str()}") from error

    def delete_topic(self, name: str) -> None:
        """Remove a topic and its records; one that does not exist is fine."""
        for future in self._admin.delete_topics([name], request_timeout=SECONDS).values():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise BrokerError(f"cannot delete {name}: {error.args[0].str()}") from error
