"""Schemas that the registry holds under other subjects, and that are not ours."""

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streaming.schemas import committed
from streaming.topics import TOPICS
from tests.streaming.landing.hostile.record import FLIGHT, Hostile, Register, encoded


def foreign_schemas(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """Schemas that the registry holds under other subjects, and that are not ours."""
    members = '{"type": "object", "properties": {"a": {"type": "string"}}}'
    object_ = register("hostile-json", members, "JSON")
    text = 'syntax = "proto3"; message A { string b = 1; }'
    message = register("hostile-protobuf", text, "PROTOBUF")
    good = encoded(FLIGHT, ids[FLIGHT])
    for kind, number in (("a JSON schema", object_), ("Protobuf", message)):
        value = struct.pack(">bI", 0, number) + good[5:]
        yield Hostile(f"written with {kind}", FLIGHT, value, "unknown_schema")
    for name, spoil in _SPOILT_SCHEMAS.items():
        schema = committed(TOPICS[FLIGHT])
        changes = spoil({field["name"]: field for field in schema["fields"]}, schema)
        number = register(f"hostile-{name.replace(' ', '-')}", json.dumps(schema), "AVRO")
        becomes = "unknown_schema" if name == "an array of nothing" else "undecodable"
        value = encoded(FLIGHT, number, schema, **changes)
        yield Hostile(f"a schema in which {name}", FLIGHT, value, becomes)
    deep = {
        "type": "record", "name": "Deep",
        "fields": [{"name": "below", "type": ["null", "Deep"]}],
    }  # fmt: skip
    number = register("hostile-deep", json.dumps(deep), "AVRO")
    for depth in (10, 1_000, 100_000):
        value = struct.pack(">bI", 0, number) + b"\x02" * depth + b"\0"
        yield Hostile(f"{depth} levels deep", FLIGHT, value, "undecodable")


def _as(kind: Any, value: Any, field: str) -> Callable[..., dict[str, Any]]:
    def spoil(fields: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        fields[field]["type"] = kind
        fields[field].pop("default", None)
        return {field: value}

    return spoil


def _without(field: str) -> Callable[..., dict[str, Any]]:
    def spoil(fields: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        schema["fields"].remove(fields[field])
        return {}

    return spoil


def _endless(fields: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    items = {"type": "array", "items": "null"}
    schema["fields"].append({"name": "nothings", "type": items})
    return {"nothings": [None] * 3}


_SPOILT_SCHEMAS: dict[str, Callable[..., dict[str, Any]]] = {
    "the key is a number": _as("long", 7, "key"),
    "the key has two bytes": _as({"type": "fixed", "name": "F", "size": 2}, b"ab", "key"),
    "the time is a text": _as("string", "2026-06-15T06:00:00Z", "occurred_at"),
    "the time is a double": _as("double", 1.0, "occurred_at"),
    "the kind is an array": _as({"type": "array", "items": "string"}, ["a"], "kind"),
    "the kind is optional": _as(["null", "string"], None, "kind"),
    "there is no event id": _without("event_id"),
    "there is no correlation id": _without("correlation_id"),
    "an array of nothing": _endless,
}  # fmt: skip
