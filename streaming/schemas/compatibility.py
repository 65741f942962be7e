"""Whether data written with one Avro schema can be read with another, and if not, at which field.

Avro's rules of schema resolution, as registries apply them, with two differences: a logical type
belongs to the type (microseconds read as milliseconds would resolve, and be wrong), and only what
py-avro-schema makes of our models is known: anything else is told as a problem, not passed over.
"""

from collections.abc import Iterator
from typing import Any

Schema = Any
"""A parsed schema: a name, a list of branches, or an object."""

PROMOTED = {
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}
PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


def both_ways(one: Schema, other: Schema) -> list[str]:
    """What is in the way of reading either's data with the other (FULL); empty when nothing is."""
    told = [*problems(one, other), *problems(other, one)]
    return list(dict.fromkeys(told))


def problems(reader: Schema, writer: Schema, at: str = "") -> Iterator[str]:
    """What is in the way of reading the writer's data with the reader's schema, by field."""
    place = at or "record"
    if isinstance(writer, list):
        # Any branch may be written, so each must be readable.
        for branch in writer:
            yield from problems(reader, branch, at)
        return
    if isinstance(reader, list):
        if all(any(problems(branch, writer, at)) for branch in reader):
            yield f"{place}: {_told(writer)} is written, {_told(reader)} cannot read it"
        return
    read, written = _kind(reader), _kind(writer)
    if read != written:
        promoted = _plain(reader) and _plain(writer) and read in PROMOTED.get(written, set())
        if not promoted:
            yield f"{place}: {_told(writer)} is written, {_told(reader)} cannot read it"
    elif _logical(reader) != _logical(writer):
        yield f"{place}: {_told(writer)} is written, {_told(reader)} would misread it"
    elif read == "record":
        yield from _records(reader, writer, at)
    elif read == "array":
        yield from problems(reader["items"], writer["items"], f"{place}[]")
    elif read == "map":
        yield from problems(reader["values"], writer["values"], f"{place}{{}}")
    elif read not in PRIMITIVES:
        yield f"{place}: {read} is not a type that events use"


def _records(reader: Schema, writer: Schema, at: str) -> Iterator[str]:
    if _full_name(reader) != _full_name(writer):
        yield f"{at or 'record'}: its name is {_full_name(writer)}, not {_full_name(reader)}"
    written = {field["name"]: field for field in writer["fields"]}
    for field in reader["fields"]:
        place = f"{at}.{field['name']}" if at else field["name"]
        if field["name"] in written:
            yield from problems(field["type"], written[field["name"]]["type"], place)
        elif "default" not in field:
            yield f"{place}: one side lacks it, and it has no default"


def _kind(schema: Schema) -> str:
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def _logical(schema: Schema) -> str | None:
    return schema.get("logicalType") if isinstance(schema, dict) else None


def _plain(schema: Schema) -> bool:
    return _logical(schema) is None


def _full_name(schema: Schema) -> str:
    return ".".join(part for part in (schema.get("namespace"), schema.get("name")) if part)


def _told(schema: Schema) -> str:
    if isinstance(schema, list):
        return " or ".join(map(_told, schema))
    return _logical(schema) or _kind(schema)
