"""dead.letter.queue: records that could not be landed, whole, with where they came from and why."""

from typing import Literal
from uuid import UUID

from domain.events.envelope import Event

ErrorType = Literal["undecodable", "unknown_schema", "invalid", "oversized"]


class DeadLetter(Event):
    """The original bytes and their origin; those of a personal topic sealed (`payload_sealed`)."""

    kind: Literal["dead_letter"]
    dead_letter_id: UUID
    origin_cluster_id: str
    origin_topic_id: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    origin_key: bytes | None = None
    payload: bytes | None = None
    payload_sealed: bool
    error_type: ErrorType
    reason: str
