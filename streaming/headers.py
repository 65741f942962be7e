"""What a message says of its event in headers, for whoever routes or traces without decoding."""

import base64
import json
from collections.abc import Iterable
from uuid import UUID

from domain.events import Event

Headers = list[tuple[str, bytes | None]]

EVENT_ID = "event-id"
CORRELATION_ID = "correlation-id"
CAUSATION_ID = "causation-id"
SCHEMA_VERSION = "schema-version"
SOURCE = "source"
REPLAY_OF = "replay-of"
"""Of a dead letter's record that was sent once more: the dead letter's id."""


def headers(event: Event) -> list[tuple[str, bytes]]:
    """Ids as text, as in the envelope; no causation id where there is none."""
    said = [
        (EVENT_ID, str(event.event_id)),
        (CORRELATION_ID, str(event.correlation_id)),
        (SCHEMA_VERSION, str(event.schema_version)),
        (SOURCE, event.source),
    ]
    if event.causation_id is not None:
        said.append((CAUSATION_ID, str(event.causation_id)))
    return [(name, value.encode()) for name, value in said]


def id_in(given: Iterable[tuple[str, bytes | None]], name: str) -> UUID | None:
    """The id that a header holds; None when there is none or it holds something else."""
    for said, value in given:
        if said == name and value is not None:
            try:
                return UUID(value.decode())
            except ValueError:
                return None
    return None


def packed(given: Iterable[tuple[str, bytes | None]]) -> bytes:
    """Headers as JSON, in their order: [name, text], or {"base64": ...} where it is no text."""
    return json.dumps([[name, _said(value)] for name, value in given]).encode()


def unpacked(kept: bytes) -> Headers:
    """The headers, byte for byte."""
    return [(name, _bytes(value)) for name, value in json.loads(kept)]


def _said(value: bytes | None) -> str | dict[str, str] | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def _bytes(value: str | dict[str, str] | None) -> bytes | None:
    if value is None:
        return None
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])
