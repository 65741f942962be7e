"""One hostile record, and how it is made: a right event of which one thing is spoilt."""

import io
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import fastavro

from domain.events import Event
from streaming.schemas import committed, examples
from streaming.topics import TOPICS

FLIGHT, WEATHER, PASSENGER = "flight.events", "external.data", "passenger.events"
Register = Callable[[str, str, str], int]
"""Registers (subject, schema, type) and gives the id."""


class Hostile(NamedTuple):
    """A record that must not land, and the types that its dead letter may have."""

    name: str
    topic: str
    value: bytes | None
    becomes: str


def right(topic: str) -> Event:
    """A right event of the topic, with many facts set."""
    found = examples(TOPICS[topic])
    return max(found.values(), key=lambda event: len(event.model_dump(exclude_none=True)))


def encoded(topic: str, schema_id: int, schema: Any = None, **changes: Any) -> bytes:
    """The right event with changes, whatever they say, as far as Avro can say it."""
    buffer = io.BytesIO()
    buffer.write(struct.pack(">bI", 0, schema_id))
    fields = dict(right(topic)) | changes
    parsed = fastavro.parse_schema(schema or committed(TOPICS[topic]))
    fastavro.schemaless_writer(buffer, parsed, fields, disable_tuple_notation=True)
    return buffer.getvalue()


def varint(number: int) -> bytes:
    """As Avro writes a long."""
    left, found = (number << 1) ^ (number >> 63), bytearray()
    while left > 0x7F:
        found.append(left & 0x7F | 0x80)
        left >>= 7
    found.append(left)
    return bytes(found)
