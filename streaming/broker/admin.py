"""What a cluster is called, which topics it has and under which ids, and making them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import ConfigResource, OffsetSpec  # type: ignore[attr-defined]

from streaming.broker.client import Admin
from streaming.broker.errors import (
    AuthenticationFailed,
    BrokerError,
    CertificateRefused,
    NotAuthorised,
)
from streaming.broker.fetched import Place
from streaming.broker.refusals import failure
from streaming.broker.topic_admin import new
from streaming.cluster import Cluster
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
    """An administrator's view of the cluster.

    Beside BrokerError for a cluster that does not answer, every method raises AuthenticationFailed,
    CertificateRefused or NotAuthorised, which are BrokerErrors too, when it does not let us.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._connect()

    def _connect(self) -> None:
        self._admin = Admin(self.cluster, "knockon-admin")

    def cluster_id(self, seconds: float = SECONDS) -> str:
        """Raises BrokerError when the cluster does not answer in that time."""
        return self._cluster_id(self._admin.ask().describe_cluster(request_timeout=seconds))

    def _cluster_id(self, asked: Any) -> str:
        try:
            described = self._admin.answer(asked)
        except KafkaException as error:
            raise BrokerError(
                f"Kafka at {self.cluster.bootstrap_servers} does not answer"
                f" ({error.args[0].str()}): check KAFKA_BOOTSTRAP_SERVERS and"
                f" KNOCKON_KAFKA_SECURITY_PROTOCOL ({self.cluster.protocol}), or see"
                " `knockon status`"
            ) from error
        return str(described.cluster_id)

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the missing topics; one that exists is left as it is, also where we may make none.

        Raises BrokerError when one cannot be made, or has fewer partitions than declared.
        """
        wanted = list(topics)
        made = self._admin.ask().create_topics(
            [new(topic) for topic in wanted], request_timeout=SECONDS
        )
        fresh: list[str] = []
        forbidden: list[NotAuthorised] = []
        for name, future in made.items():
            try:
                self._admin.answer(future)
                fresh.append(name)
            except KafkaException as error:
                if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
                    continue
                what = f"cannot create topic {name}"
                refused = failure(self.cluster, error.args[0], what, "CREATE", name)
                if not isinstance(refused, NotAuthorised):
                    raise refused from error
                forbidden.append(refused)
        self._wait_until_told(fresh)
        try:
            found = self.identities(topic.name for topic in wanted)
        except NotAuthorised:
            raise
        except BrokerError as error:
            raise (forbidden[0] if forbidden else error) from error
        for topic in wanted:
            if found[topic.name].partitions < topic.partitions:
                raise BrokerError(
                    f"topic {topic.name} has {found[topic.name].partitions} partitions,"
                    f" {topic.partitions} are declared, and adding some would move keys:"
                    " see `knockon topics plan`, or name another cluster"
                )

    def _wait_until_told(self, fresh: Sequence[str]) -> None:
        """The controller has them; the broker that is asked hears of them a moment later."""
        deadline = monotonic() + SECONDS
        while fresh:
            try:
                self.identities(fresh)
                return
            except (AuthenticationFailed, CertificateRefused, NotAuthorised):
                raise
            except BrokerError:
                if monotonic() > deadline:
                    raise
            sleep(0.05)

    def identities(self, names: Iterable[str]) -> dict[str, TopicIdentity]:
        """The topics by name. Raises BrokerError for one that does not exist."""
        return self.ask_identities(names)()

    def ask_identities(self, names: Iterable[str]) -> Callable[[], dict[str, TopicIdentity]]:
        """Ask now, and be answered on the call, as `identities`: work can be done in between."""
        admin = self._admin.ask()
        cluster = admin.describe_cluster(request_timeout=ASK_SECONDS)
        topics = admin.describe_topics(TopicCollection(list(names)), request_timeout=ASK_SECONDS)

        def answer() -> dict[str, TopicIdentity]:
            try:
                cluster_id = self._cluster_id(cluster)
            except BrokerError:
                # The client waits for the broker that it was told is the controller, dead or not
                # (librdkafka asks again after five minutes): another client is told of another.
                self._connect()
                raise
            found = {}
            for name, future in topics.items():
                described = self._admin.result(future, f"topic {name}", "DESCRIBE", name)
                found[name] = TopicIdentity(
                    cluster_id, str(described.topic_id), name, len(described.partitions)
                )
            return found

        return answer

    def largest_bytes(self, names: Iterable[str]) -> dict[str, int]:
        """How large a batch each topic takes; Kafka's default where we may not ask.

        Raises BrokerError for a topic that takes none: nobody may conclude from that on a size.
        """
        resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
        found = {}
        asked = self._admin.ask().describe_configs(resources, request_timeout=SECONDS)
        for resource, future in asked.items():
            name = resource.name
            try:
                settings = self._admin.result(future, name, "DESCRIBE_CONFIGS", name)
                found[name] = int(settings["max.message.bytes"].value)
            except NotAuthorised:
                found[name] = DEFAULT_LARGEST_BYTES
        if sealed := [name for name, most in found.items() if not most]:
            raise BrokerError(
                f"{', '.join(sealed)} takes no records: it is being grown, or that was cut off (see"
                " `knockon topics check`)"
            )
        return found

    def ends(
        self, topics: Iterable[TopicIdentity], *, committed: bool = True
    ) -> dict[tuple[str, int], int]:
        """Next offset after the last committed record, or after the last one of all.

        A transaction is told to be committed before its records count as such everywhere.

        Raises BrokerError when the cluster does not answer.
        """
        isolation = IsolationLevel.READ_COMMITTED if committed else IsolationLevel.READ_UNCOMMITTED
        asked = {
            TopicPartition(topic.name, partition): OffsetSpec.latest()  # type: ignore[no-untyped-call]
            for topic in topics
            for partition in range(topic.partitions)
        }
        futures = self._admin.ask().list_offsets(
            asked, isolation_level=isolation, request_timeout=SECONDS
        )
        found = {}
        for place, future in futures.items():
            told = self._admin.result(future, "no end offsets", "DESCRIBE", place.topic)
            found[place.topic, place.partition] = int(told.offset)
        return found

    def tell(self, group: str, offsets: Mapping[Place, int]) -> None:
        """Report next offsets, for Kafka's lag displays; nothing is ever read from there.

        Not by the consumer: one that may not commit never gets done with it, and does not close.
        Whether it is taken is not waited for.
        """
        places = [TopicPartition(topic, part, at) for (topic, part), at in offsets.items()]
        said = ConsumerGroupTopicPartitions(group, places)
        self._admin.ask().alter_consumer_group_offsets([said])

    def delete_topic(self, name: str) -> None:
        """Remove a topic and its records; one that does not exist is fine."""
        asked = self._admin.ask().delete_topics([name], request_timeout=SECONDS)
        for future in asked.values():
            self._admin.result(
                future, f"cannot delete {name}", "DELETE", name,
                fine=KafkaError.UNKNOWN_TOPIC_OR_PART,
            )  # fmt: skip
