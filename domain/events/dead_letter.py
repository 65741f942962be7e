"""dead.letter.queue: records that could not be landed, whole, with where they came from and why."""

from hashlib import sha256
from typing import Literal
from uuid import UUID

from domain.events.envelope import Event, FreeText, Int32, Int64

ErrorType = Literal["undecodable", "unknown_schema", "invalid", "oversized", "refused"]
"""`refused`: a well-formed event of which PostgreSQL did not take the row."""


class DeadLetter(Event):
    """The original bytes and their origin; those of a personal topic sealed (`payload_sealed`).

    One that no message can hold is announced without them: then `payload_length` and
    `payload_sha256` are set, of the bytes (sealed where the others are) in landed.dead_letters.
    """

    kind: Literal["dead_letter"]
    dead_letter_id: UUID
    origin_cluster_id: FreeText
    origin_topic_id: FreeText
    origin_topic: FreeText
    origin_partition: Int32
    origin_offset: Int64
    origin_key: bytes | None = None
    payload: bytes | None = None
    payload_sealed: bool
    error_type: ErrorType
    reason: FreeText
    payload_length: Int64 | None = None
    payload_sha256: FreeText | None = None

    def without_bytes(self) -> "DeadLetter":
        """The same letter with the payload's length and SHA-256 in place of payload and key."""
        payload = self.payload
        return self.model_copy(
            update={
                "origin_key": None,
                "payload": None,
                "payload_length": None if payload is None else len(payload),
                "payload_sha256": None if payload is None else sha256(payload).hexdigest(),
            }
        )
