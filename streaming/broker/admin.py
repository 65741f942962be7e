"""What a cluster is called, which topics it has and under which ids, and making them."""

from collections.abc import Iterable
from dataclasses import dataclass

from confluent_kafka import (
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    NewTopic,
    OffsetSpec,
)

from streaming.broker.errors import BrokerError
from streaming.topics import Topic

SECONDS = 15.0


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
        self._admin = AdminClient(
            {"bootstrap.servers": bootstrap_servers, "client.id": "knockon-admin"}
        )

    def cluster_id(self) -> str:
        """Raises BrokerError when the cluster does not answer."""
        try:
            described = self._admin.describe_cluster(request_timeout=SECONDS).result()
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
        made = self._admin.create_topics([_new(topic) for topic in wanted], request_timeout=SECONDS)
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
                    f" {topic.partitions} are declared: add partitions, or name another cluster"
                )

    def identities(self, names: Iterable[str]) -> dict[str, TopicIdentity]:
        """The topics by name. Raises BrokerError for one that does not exist."""
        wanted = list(names)
        cluster_id = self.cluster_id()
        futures = self._admin.describe_topics(TopicCollection(wanted), request_timeout=SECONDS)
        found = {}
        for name, future in futures.items():
            try:
                described = future.result()
            except KafkaException as error:
                raise BrokerError(f"topic {name}: {error.args[0].str()}") from error
            found[name] = TopicIdentity(
                cluster_id, str(described.topic_id), name, len(described.partitions)
            )
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


def _new(topic: Topic) -> NewTopic:
    return NewTopic(
        topic.name,
        num_partitions=topic.partitions,
        replication_factor=-1,  # the broker's default
        config={
            "retention.ms": str(int(topic.retention.total_seconds() * 1000)),
            "cleanup.policy": "delete",
        },
    )
