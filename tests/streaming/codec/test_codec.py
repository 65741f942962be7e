"""The wire format, against an in-memory registry and the real one: the same suite for both."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import FlightEvent, PassengerEvent
from orchestration.stack import Stack
from streaming.broker import BrokerError
from streaming.broker.registry import Registry
from streaming.codec import Codec, Decoded, Rejected
from streaming.codec.codec import Schemas
from streaming.schemas import committed, generated, path
from streaming.topics import TOPICS
from tests.landing_rows import SEALED

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ID = UUID(int=7)


class InMemory:
    """A registry that forgets nothing and refuses nothing."""

    def __init__(self) -> None:
        self.known: list[str] = []

    def register(self, subject: str, schema: str) -> int:
        if schema not in self.known:
            self.known.append(schema)
        return self.known.index(schema) + 1

    def schema(self, schema_id: int) -> str | None:
        return self.known[schema_id - 1] if 0 < schema_id <= len(self.known) else None


def scheduled(**changes: object) -> FlightEvent:
    facts = {
        "event_id": ID, "key": "k", "kind": "leg_scheduled", "occurred_at": NOW,
        "produced_at": NOW, "source": "test", "correlation_id": ID, "leg_id": ID,
        "airline": "9Q", "flight_number": "101", "departure_airport": "LHR",
        "arrival_airport": "AMS", "origin_date": date(2026, 6, 15), "sobt": NOW,
        "sibt": NOW + timedelta(hours=1),
    }  # fmt: skip
    return FlightEvent.model_validate({**facts, **changes})


@pytest.fixture(params=["in memory", "real"])
def schemas(request: pytest.FixtureRequest) -> Schemas:
    if request.param == "in memory":
        return InMemory()
    stack: Stack = request.getfixturevalue("stack")
    return Registry(str(stack.settings.schema_registry_url))


def test_an_event_comes_back_as_it_was(schemas: Schemas) -> None:
    codec = Codec(schemas)
    event = scheduled()
    decoded = codec.decode("flight.events", codec.encode("flight.events", event))
    assert decoded == Decoded(codec.register("flight.events"), event)


def test_arrays_and_bytes_come_back(schemas: Schemas) -> None:
    codec = Codec(schemas)
    booked = PassengerEvent(
        event_id=ID, key=str(ID), kind="journey_booked", occurred_at=NOW, produced_at=NOW,
        source="test", correlation_id=ID, passenger_ref=ID, journey_id=ID,
        leg_ids=(ID, UUID(int=8)), sealed=SEALED + b"\x00\xff",
    )  # fmt: skip
    decoded = codec.decode("passenger.events", codec.encode("passenger.events", booked))
    assert isinstance(decoded, Decoded)
    assert decoded.event == booked


@pytest.mark.parametrize(
    ("spoil", "error_type"),
    [
        (lambda whole: None, "undecodable"),
        (lambda whole: b"", "undecodable"),
        (lambda whole: b"{}", "undecodable"),
        (lambda whole: whole[: len(whole) // 2], "undecodable"),
        (lambda whole: whole + b"\x00", "undecodable"),
        (lambda whole: whole[:1] + (2**31 - 1).to_bytes(4) + whole[5:], "unknown_schema"),
        (lambda whole: b"\x00" * 1_000_001, "oversized"),
    ],
)
def test_bad_bytes_are_refused_with_their_type(schemas, spoil, error_type) -> None:
    codec = Codec(schemas)
    refused = codec.decode("flight.events", spoil(codec.encode("flight.events", scheduled())))
    assert isinstance(refused, Rejected)
    assert refused.error_type == error_type


def test_well_formed_nonsense_is_invalid_and_its_values_are_not_quoted(schemas) -> None:
    codec = Codec(schemas)
    nonsense = scheduled().model_copy(update={"kind": "teleported", "airline": "secret"})
    refused = codec.decode("flight.events", codec.encode("flight.events", nonsense))
    assert isinstance(refused, Rejected)
    assert refused.error_type == "invalid"
    assert "kind" in refused.reason
    assert "airline" in refused.reason
    assert "teleported" not in refused.reason
    assert "secret" not in refused.reason


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_decoder(value: bytes) -> None:
    codec = Codec(InMemory())
    codec.register("flight.events")
    assert isinstance(codec.decode("flight.events", b"\x00\x00\x00\x00\x01" + value), Rejected)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_the_committed_schema_is_the_models(topic) -> None:
    assert path(topic).read_text() == generated(topic), "run `python -m streaming.schemas`"


def test_the_registry_refuses_an_incompatible_change(stack: Stack) -> None:
    registry = Registry(str(stack.settings.schema_registry_url))
    codec = Codec(registry)
    codec.register("external.data")
    changed = committed(TOPICS["external.data"])
    changed["fields"] = [f for f in changed["fields"] if f["name"] != "correlation_id"]

    with pytest.raises(BrokerError, match="refuses external"):
        registry.register("external.data-value", json.dumps(changed))


@pytest.mark.parametrize(
    "text",
    [
        'syntax = "proto3"; message A { string b = 1; }',
        '{"type": "object", "properties": {"a": {"type": "string"}}}',
        "",
        "[]",
        '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "nowhere.Defined"}]}',
    ],
)
def test_a_schema_that_is_none_of_avro_is_an_unknown_schema(text: str) -> None:
    schemas = InMemory()
    codec = Codec(schemas)
    whole = codec.encode("flight.events", scheduled())
    foreign = schemas.register("other", text)
    refused = codec.decode("flight.events", whole[:1] + foreign.to_bytes(4) + whole[5:])
    assert isinstance(refused, Rejected)
    # An empty union is Avro; no record was written with it.
    assert refused.error_type == ("undecodable" if text == "[]" else "unknown_schema")


def test_an_id_that_no_registry_can_give_is_not_asked_for() -> None:
    codec = Codec(InMemory())
    whole = codec.encode("flight.events", scheduled())
    refused = codec.decode("flight.events", whole[:1] + b"\xff\xff\xff\xff" + whole[5:])
    assert refused == Rejected("unknown_schema", f"the registry has no schema {2**32 - 1}")
