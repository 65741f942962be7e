"""What a message says of its event in headers, for whoever routes or traces without decoding."""

from domain.events import Event

EVENT_ID = "event-id"
CORRELATION_ID = "correlation-id"
CAUSATION_ID = "causation-id"
SCHEMA_VERSION = "schema-version"
SOURCE = "source"


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
