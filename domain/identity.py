"""Identity computed from facts, by one namespace and one canonical form: a replay meets itself."""

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel

NAMESPACE = UUID("6d1f0b0a-5a53-5d0e-9a3c-2f6a1c7e4b10")
"""The project's own namespace. Every stored id hangs on it: it never changes."""

# ASCII unit separator: no code holds it, so parts cannot run together.
_SEPARATOR = "\x1f"


def name_uuid(kind: str, *parts: object) -> UUID:
    """UUIDv5 (RFC 9562) of a kind and its parts in order; `None` and `""` are different parts."""
    texts = ["\x00" if part is None else str(part) for part in parts]
    return uuid5(NAMESPACE, _SEPARATOR.join([kind, *texts]))


def canonical_json(value: Any) -> bytes:
    """The one byte form of a value: sorted keys, no blanks, UTC times, UTF-8.

    Takes pydantic models, mappings, sequences, sets (sorted), dates, UUIDs, decimals and JSON
    scalars. Raises TypeError for anything else and for naive times, which have no one meaning.
    """
    return json.dumps(
        _plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def content_hash(*values: Any) -> str:
    """SHA-256, hexadecimal, of the canonical form of the values in order."""
    return hashlib.sha256(canonical_json(list(values))).hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a mapping needs text keys to have one canonical form")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise TypeError("a time without its zone has no canonical form: give UTC")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    if isinstance(value, AbstractSet):
        return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form: turn it into plain data first")
