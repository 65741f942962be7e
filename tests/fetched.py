"""What a fetch brings, made up: values of one topic as if the Kafka client had handed them over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from streaming.broker import Columns


@dataclass(frozen=True)
class Message:
    """As the Kafka client's."""

    _topic: str
    _partition: int
    _offset: int
    _value: bytes | None
    _at: datetime

    def topic(self) -> str:
        return self._topic

    def partition(self) -> int:
        return self._partition

    def offset(self) -> int:
        return self._offset

    def timestamp(self) -> tuple[int, int]:
        return 1, int(self._at.timestamp() * 1000)

    def key(self) -> bytes:
        return b"key"

    def value(self) -> bytes | None:
        return self._value

    def headers(self) -> list[tuple[str, bytes]]:
        return []


def fetched(
    topic: str, values: Sequence[bytes | None], at: datetime, partition: int = 3
) -> Columns:
    """The values from offset 0 on, all written at the same time."""
    count = len(values)
    return Columns(
        topic, list(values), np.full(count, partition), np.arange(count),
        np.full(count, int(at.timestamp() * 1000)),
        [Message(topic, partition, offset, value, at) for offset, value in enumerate(values)],
    )  # fmt: skip
