"""A producer that knows a field before we do: its records land, and nothing of them is lost."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import fastavro
import pytest

from domain.events import Event
from streaming.codec.codec import HEADER
from streaming.schemas import committed, examples
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import Landing, departure

WHEN = datetime(2026, 6, 15, 6, 30, tzinfo=UTC)
STAND = {
    "type": "record", "name": "Stand",
    "fields": [{"name": "code", "type": "string"}, {"name": "remote", "type": "boolean"}],
}  # fmt: skip
FURTHER = {
    "gate": (["null", "string"], "A\0 12"),
    "stand": (["null", STAND], {"code": "B7", "remote": True}),
    "ctot": (["null", {"type": "long", "logicalType": "timestamp-micros"}], WHEN),
    "taxi_minutes": (["null", "double"], float("nan")),
    "token": (["null", "bytes"], b"\xff\x00"),
}
KEPT = {
    "gate": "A\0 12", "stand": {"code": "B7", "remote": True}, "ctot": "2026-06-15T06:30:00Z",
    "taxi_minutes": "NaN", "token": "_wA=",
}  # fmt: skip


@pytest.fixture
def tomorrow(landing: Landing) -> Callable[..., bytes]:
    """Encodes an event with fields that are not in our schema yet."""

    def encode(topic: str, event: Event, **further: Any) -> bytes:
        schema = committed(TOPICS[topic])
        for name, (kind, _) in FURTHER.items():
            schema["fields"].append({"name": name, "type": kind, "default": None})
        number = landing.codec().schemas.register(TOPICS[topic].subject, json.dumps(schema))
        buffer = io.BytesIO()
        buffer.write(HEADER.pack(0, number))
        whole = dict(event) | further
        fastavro.schemaless_writer(buffer, schema, whole, disable_tuple_notation=True)
        return buffer.getvalue()

    return encode


def send(landing: Landing, topic: str, *values: bytes) -> None:
    for value in values:
        landing.producer.send_raw(topic, b"one key", value)
    landing.producer.flush()


def test_records_land_and_what_is_new_in_them_is_kept(
    landing: Landing, tomorrow: Callable[..., bytes]
) -> None:
    new = {name: value for name, (_, value) in FURTHER.items()}
    send(
        landing, "flight.events",
        tomorrow("flight.events", departure(1), **new),
        tomorrow("flight.events", departure(2)),
        landing.codec().encode("flight.events", departure(3)),
        tomorrow("flight.events", departure(4), gate="C1"),
    )  # fmt: skip
    landing.land(4)
    assert landing.query("select count(*) from landed.flight_events") == [(4,)]
    kept = landing.query('select "offset", fields, sealed from landed.further_fields order by 1')
    assert kept == [(0, KEPT, None), (3, {"gate": "C1"}, None)]


def test_the_column_takes_the_values_over_when_it_comes(
    landing: Landing, tomorrow: Callable[..., bytes]
) -> None:
    """As docs/topics.md tells the migration to do."""
    send(landing, "flight.events", tomorrow("flight.events", departure(1), gate="A12", ctot=WHEN))
    landing.land(1)
    landing.execute(
        "alter table landed.flight_events add column gate text, add column ctot timestamptz;"
        " update landed.flight_events e set gate = f.fields ->> 'gate',"
        " ctot = (f.fields ->> 'ctot')::timestamptz from landed.further_fields f"
        ' where (f.log_id, f.partition, f."offset") = (e.log_id, e.partition, e."offset")'
    )
    assert landing.query("select gate, ctot from landed.flight_events") == [("A12", WHEN)]


def test_what_is_new_about_a_passenger_is_sealed_and_goes_with_the_key(
    landing: Landing, tomorrow: Callable[..., bytes]
) -> None:
    booked = examples(TOPICS["passenger.events"])["a passenger books a connecting journey"]
    erased = booked.model_copy(update={"passenger_ref": UUID(int=9), "key": str(UUID(int=9))})
    keyring = landing.keyring()
    keyring.seal_more([(UUID(int=9), b"")])
    assert keyring.destroy(UUID(int=9))
    send(
        landing, "passenger.events",
        *(tomorrow("passenger.events", event, gate="ask Mary") for event in (booked, erased)),
    )  # fmt: skip
    landing.land(2)
    [(offset, fields, sealed)] = landing.query(
        'select "offset", fields, sealed from landed.further_fields'
    )
    assert (offset, fields) == (0, None)
    assert b"Mary" not in bytes(sealed)
    ref = booked.passenger_ref
    [opened] = keyring.open_more([(ref, bytes(sealed))], actor="test", purpose="test")
    assert isinstance(opened, bytes)
    assert json.loads(opened) == {"gate": "ask Mary"}
