"""dead.letter.queue: records that could not be landed, whole, with where they came from and why."""

from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.events.envelope import Event, FreeText, Int32, Int64

ErrorType = Literal[
    "undecodable", "unknown_schema", "invalid", "oversized", "refused", "replayed_already"
]
"""`refused`: a well-formed event of which PostgreSQL did not take the row.

`replayed_already`: a second copy of a replayed dead letter; the first one has been landed.
"""


class DeadLetter(Event):
    """The original bytes and their origin; those of a personal topic sealed (`payload_sealed`).

    One that no message can hold is announced without them: then `payload_length` and
    `payload_sha256` are set, of the bytes (sealed where the others are) in landed.dead_letters.
    """

    kind: Annotated[Literal["dead_letter"], Field(description="Always dead_letter.")]
    dead_letter_id: Annotated[
        UUID,
        Field(description="UUIDv5 of the record's cluster id, topic id, partition and offset."),
    ]
    origin_cluster_id: Annotated[FreeText, Field(description="Kafka cluster id of the record.")]
    origin_topic_id: Annotated[
        FreeText, Field(description="Kafka topic id of the record (KIP-516).")
    ]
    origin_topic: Annotated[FreeText, Field(description="Topic of the record, by name.")]
    origin_partition: Annotated[Int32, Field(description="Partition of the record.")]
    origin_offset: Annotated[Int64, Field(description="Offset of the record.")]
    origin_key: Annotated[
        bytes | None,
        Field(description="Key of the record, byte for byte; sealed where the payload is."),
    ] = None
    payload: Annotated[
        bytes | None,
        Field(description="Value of the record, byte for byte; sealed on personal topics."),
    ] = None
    payload_sealed: Annotated[
        bool, Field(description="Whether payload and key are sealed: true on personal topics.")
    ]
    error_type: Annotated[ErrorType, Field(description="Why it could not be landed, as a word.")]
    reason: Annotated[FreeText, Field(description="Why in words: fields and rules, never a value.")]
    origin_headers: Annotated[
        bytes | None,
        Field(description="Headers of the record as JSON; sealed where the payload is."),
    ] = None
    schema_id: Annotated[
        Int32 | None, Field(description="Registry id on the wire, where the record has one.")
    ] = None
    replay_of: Annotated[
        UUID | None, Field(description="The dead letter that was replayed as this record.")
    ] = None
    payload_length: Annotated[
        Int64 | None, Field(description="Bytes of a payload that no message can hold.")
    ] = None
    payload_sha256: Annotated[
        FreeText | None,
        Field(description="SHA-256, hexadecimal, of a payload that no message can hold."),
    ] = None

    def without_bytes(self) -> "DeadLetter":
        """The same letter with the payload's length and SHA-256 in place of all the bytes."""
        payload = self.payload
        return self.model_copy(
            update={
                "origin_key": None,
                "origin_headers": None,
                "payload": None,
                "payload_length": None if payload is None else len(payload),
                "payload_sha256": None if payload is None else sha256(payload).hexdigest(),
            }
        )
