"""Fields that a newer producer fills and our tables have no columns for: kept beside the row.

The value waits in `landed.further_fields` until a migration adds the column and moves it there. On
a topic with personal data nobody knows what a new field says, so it is sealed under the key of the
passenger whom the record is about, and dropped if that one was erased.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from pydantic_core import to_json

from domain.events import Event
from streaming.broker import Record
from streaming.codec import Decoded
from streaming.store.landing import written
from streaming.topics import TOPICS

Said = Sequence[tuple[Record, Decoded]]
"""Records with fields beyond ours."""


class SealingMore(Protocol):
    """What this needs of the keyring."""

    def seal_more(self, said: Sequence[tuple[UUID, bytes]]) -> list[bytes | None]: ...


def further_rows(said: Said, logs: Mapping[str, int], sealing: SealingMore) -> list[Sequence[Any]]:
    """The rows of `landed.further_fields`."""
    if not said:
        return []
    rows: list[Sequence[Any]] = []
    personal = [(record, one) for record, one in said if TOPICS[record.topic].personal]
    sealed = sealing.seal_more([(_subject(one.event), as_json(one.further)) for _, one in personal])
    for (record, _), value in zip(personal, sealed, strict=True):
        if value is not None:
            rows.append((*_place(record, logs), None, value))
    for record, one in said:
        if not TOPICS[record.topic].personal:
            rows.append((*_place(record, logs), written(as_json(one.further)), None))
    return rows


def as_json(fields: Mapping[str, Any]) -> bytes:
    """Times as ISO 8601, bytes in base64, and numbers that JSON lacks as words: nothing is lost."""
    return to_json(fields, bytes_mode="base64", inf_nan_mode="strings")


def _place(record: Record, logs: Mapping[str, int]) -> tuple[int, int, int]:
    return logs[record.topic], record.partition, record.offset


def _subject(event: Event) -> UUID:
    """Whose key seals it; an event about nobody (a clock) gets a key of its own."""
    ref: UUID | None = getattr(event, "passenger_ref", None)
    return ref or event.event_id
