"""What is said of a topic, and the settings that Kafka is given for it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from domain.events import Event

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    `lands`: every record becomes a row of `landed.<table>`. What we derive ourselves does not
    land: it is in PostgreSQL before it is on Kafka. `relayed`: written by the outbox relay and by
    nobody else, since the relay reads its own position off the topic's end. `personal`: values may
    hold personal data (sealed), so an unreadable record must be kept sealed too.
    `largest_bytes` of a message and `in_sync_replicas` where they are not for the broker to say.
    """

    name: str
    model: type[Event]
    key: str
    partitions: int
    retention: timedelta
    lands: bool
    relayed: bool
    personal: bool
    owner: str
    reason: str
    cleanup: Literal["delete", "compact,delete"] = "delete"
    largest_bytes: int | None = None
    in_sync_replicas: int | None = None

    @property
    def table(self) -> str:
        """The table in schema `landed`; only topics that land have one."""
        return self.name.replace(".", "_")

    @property
    def subject(self) -> str:
        """The registry's subject for values (TopicNameStrategy)."""
        return f"{self.name}-value"

    @property
    def settings(self) -> dict[str, str]:
        """Kafka's settings of the topic by their names; what is not here is the broker's."""
        said = {
            "retention.ms": str(self.retention // MILLISECOND),
            "cleanup.policy": self.cleanup,
            # Else a producer says when a record was written, and so when retention removes it.
            "message.timestamp.type": "LogAppendTime",
        }
        if self.largest_bytes is not None:
            said["max.message.bytes"] = str(self.largest_bytes)
        if self.in_sync_replicas is not None:
            said["min.insync.replicas"] = str(self.in_sync_replicas)
        return said
