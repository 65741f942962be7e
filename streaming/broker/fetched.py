"""What one fetch brought: per topic the records as columns, and one by one for whoever asks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from confluent_kafka import Message
from numpy.typing import NDArray

Place = tuple[str, int]
"""Topic and partition."""

EARLIEST_MS, LATEST_MS = 0, int(datetime(2199, 12, 31, tzinfo=UTC).timestamp()) * 1000
"""A producer may stamp a record (CreateTime) with any 64 bits: the nearest time that is one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Record(NamedTuple):
    """One record as it lies on Kafka; headers in their order."""

    topic: str
    partition: int
    offset: int
    recorded_at: datetime
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


def record(message: Any) -> Record:
    """The client's message as a record."""
    return Record(
        message.topic(),
        message.partition(),
        message.offset(),
        _EPOCH + timedelta(milliseconds=min(max(message.timestamp()[1], EARLIEST_MS), LATEST_MS)),
        message.key(),
        message.value(),
        message.headers() or [],
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """The records of one topic, in the order of their partitions' offsets."""

    topic: str
    values: list[bytes | None]
    partitions: NDArray[np.int64]
    offsets: NDArray[np.int64]
    recorded_ms: NDArray[np.int64]
    _messages: Sequence[Any]

    def __len__(self) -> int:
        return len(self.values)

    def record(self, place: int) -> Record:
        """One of them, whole."""
        return record(self._messages[place])

    def place(self, partition: int, offset: int) -> int:
        """Where the record with this offset is."""
        return int(np.flatnonzero((self.partitions == partition) & (self.offsets == offset))[0])

    def places_of(self, partitions: Iterable[int]) -> list[int]:
        """Where the records of these partitions are."""
        chosen = np.isin(self.partitions, list(partitions))
        return [int(place) for place in np.flatnonzero(chosen)]

    def following(self) -> Iterator[tuple[Place, int]]:
        """Per partition the offset after the last record."""
        for partition in np.unique(self.partitions):
            last = self.offsets[self.partitions == partition].max()
            yield (self.topic, int(partition)), int(last) + 1


def columns(messages: Sequence[Message]) -> list[Columns]:
    """The messages by topic; attribute by attribute, as that is a fifth cheaper than by message."""
    by_topic: dict[str, list[Message]] = {}
    for topic, message in zip(map(Message.topic, messages), messages, strict=True):
        assert topic is not None  # only errors have none
        by_topic.setdefault(topic, []).append(message)
    return [
        Columns(
            topic,
            list(map(Message.value, found)),
            np.fromiter(map(Message.partition, found), np.int64, len(found)),
            np.fromiter(map(Message.offset, found), np.int64, len(found)),
            np.clip(
                np.fromiter((ms for _, ms in map(Message.timestamp, found)), np.int64, len(found)),
                EARLIEST_MS,
                LATEST_MS,
            ),
            found,
        )
        for topic, found in by_topic.items()
    ]
