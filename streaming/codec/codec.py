"""The wire format: a zero byte, the schema's id in four bytes, then Avro.

Bad input is a value (`Rejected`), since a topic that others write to will hold some; only a
registry that does not answer is an exception, because then nothing is known about the record.
"""

import io
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import fastavro
from pydantic import ValidationError

from domain.events import Event
from domain.events.dead_letter import ErrorType
from streaming.schemas import committed
from streaming.topics import TOPICS, Topic

MAGIC = 0
HEADER = struct.Struct(">bI")
LARGEST_BYTES = 1_000_000
"""Of an event, on topics that say nothing of their own."""

LARGEST_ID = 2**31 - 1
"""Registries give 32-bit signed ids; more would not fit the column that keeps them."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a record is no event; `reason` names fields and rules, never values."""

    error_type: ErrorType
    reason: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """An event, the id of the schema it was written with, and what that schema has beyond ours.

    `further` are fields by name that a newer producer fills and this version does not know.
    """

    schema_id: int
    event: Event
    further: Mapping[str, Any] = field(default_factory=dict)


class Schemas(Protocol):
    """What the codec needs of a registry."""

    def register(self, subject: str, schema: str) -> int: ...

    def schema(self, schema_id: int) -> str | None: ...


class Codec:
    """Encodes and decodes the events of all topics; keeps every schema it has met."""

    def __init__(
        self, schemas: Schemas, ours: Callable[[Topic], dict[str, Any]] = committed
    ) -> None:
        """`ours` gives the schema by which this process writes and reads a topic."""
        self.schemas = schemas
        self._ids: dict[str, int] = {}
        self._ours = {name: ours(topic) for name, topic in TOPICS.items()}
        self._parsed = {name: fastavro.parse_schema(one) for name, one in self._ours.items()}
        self._written_with: dict[int, Any] = {}
        self._unknown: dict[tuple[str, int], list[str]] = {}

    def register(self, topic: str) -> int:
        """The registry's id of our schema for the topic; registers it when it is new there."""
        if topic not in self._ids:
            schema = json.dumps(self._ours[topic])
            self._ids[topic] = self.schemas.register(TOPICS[topic].subject, schema)
        return self._ids[topic]

    def encode(self, topic: str, event: Event) -> bytes:
        """The event as it travels."""
        buffer = io.BytesIO()
        buffer.write(HEADER.pack(MAGIC, self.register(topic)))
        fields = dict(event)
        # fastavro reads a tuple in a union as (type, value); ours are plain sequences.
        fastavro.schemaless_writer(buffer, self._parsed[topic], fields, disable_tuple_notation=True)
        return buffer.getvalue()

    def decode(self, topic: str, value: bytes | None) -> Decoded | Rejected:
        """The event in a record's value, or why there is none.

        Raises BrokerError when the registry does not answer for a schema not met before.
        """
        if value is None:
            return Rejected("undecodable", "the record has no value")
        most = TOPICS[topic].largest_bytes or LARGEST_BYTES
        if len(value) > most:
            return Rejected("oversized", f"{len(value)} bytes, at most {most}")
        if len(value) <= HEADER.size or value[0] != MAGIC:
            return Rejected("undecodable", "not in Confluent's wire format")
        schema_id = HEADER.unpack_from(value)[1]
        writer = self._writer(schema_id)
        if isinstance(writer, Rejected):
            return writer
        buffer = io.BytesIO(value)
        buffer.seek(HEADER.size)
        try:
            fields = fastavro.schemaless_reader(buffer, writer, self._parsed[topic])
        # fastavro raises whatever the bytes lead to: a record is input, so each is the record's.
        except Exception as error:
            return Rejected(
                "undecodable", f"schema {schema_id} does not fit: {type(error).__name__}"
            )
        if buffer.tell() != len(value):
            return Rejected("undecodable", f"{len(value) - buffer.tell()} bytes follow the event")
        try:
            event = TOPICS[topic].model.model_validate(fields)
        except ValidationError as error:
            return Rejected("invalid", _without_values(error))
        return Decoded(schema_id, event, self._further(topic, schema_id, value))

    def _further(self, topic: str, schema_id: int, value: bytes) -> dict[str, Any]:
        """The fields that the writer fills and our schema lacks; they are read a second time."""
        if (topic, schema_id) not in self._unknown:
            ours = {one["name"] for one in self._ours[topic]["fields"]}
            theirs = [one["name"] for one in self._written_with[schema_id]["fields"]]
            self._unknown[topic, schema_id] = [name for name in theirs if name not in ours]
        unknown = self._unknown[topic, schema_id]
        if not unknown:
            return {}
        buffer = io.BytesIO(value[HEADER.size :])
        whole: Any = fastavro.schemaless_reader(buffer, self._written_with[schema_id], None)
        return {name: whole[name] for name in unknown if whole[name] is not None}

    @staticmethod
    def schema_id(value: bytes | None) -> int | None:
        """The id on the wire, whether or not a registry knows it; None without one."""
        if value is None or len(value) < HEADER.size or value[0] != MAGIC:
            return None
        found = int(HEADER.unpack_from(value)[1])
        return found if found <= LARGEST_ID else None

    def _writer(self, schema_id: int) -> Any | Rejected:
        if schema_id not in self._written_with:
            text = self.schemas.schema(schema_id) if schema_id <= LARGEST_ID else None
            if text is None:  # not kept: it may be registered later
                return Rejected("unknown_schema", f"the registry has no schema {schema_id}")
            self._written_with[schema_id] = _parsed(schema_id, text)
        return self._written_with[schema_id]


def _parsed(schema_id: int, text: str) -> Any | Rejected:
    try:
        schema = json.loads(text)
        if _endless(schema):
            return Rejected("unknown_schema", f"schema {schema_id} has arrays of nothing")
        return fastavro.parse_schema(schema)
    # A registry keeps JSON Schema and Protobuf too, and fastavro raises whatever they lead to.
    except Exception as error:
        return Rejected(
            "unknown_schema", f"schema {schema_id} is no Avro schema: {type(error).__name__}"
        )


def _endless(schema: Any) -> bool:
    """Whether six bytes could claim a million million items: items of an array may have no size."""
    if isinstance(schema, list):
        return any(map(_endless, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "array" and _nothing(schema.get("items")):
        return True
    parts = (schema.get("type"), schema.get("items"), schema.get("values"))
    fields = (field.get("type") for field in schema.get("fields", ()))
    return any(map(_endless, (*parts, *fields)))


def _nothing(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return bool(schema == "null")
    if schema.get("type") == "record":
        return all(_nothing(field.get("type")) for field in schema.get("fields", ()))
    return schema.get("type") == "null" or schema.get("size") == 0


def _without_values(error: ValidationError) -> str:
    """Field and rule of each failure; pydantic's own text would quote the input."""
    parts = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        field = ".".join(str(part) for part in problem["loc"]) or "event"
        parts.append(f"{field}: {problem['msg']}")
    return "; ".join(parts)[:1_000]
