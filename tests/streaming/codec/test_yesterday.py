"""Processes of yesterday and of today share a topic and a running registry, both ways."""

from typing import Any
from uuid import UUID

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

from orchestration.stack import Stack
from streaming.broker.registry import Registry
from streaming.codec import Codec, Decoded
from streaming.schemas import committed
from streaming.topics import Topic
from tests.streaming.codec.test_codec import scheduled

TOPIC = "flight.events"
SINCE_TODAY = "irregularity_cause"
"""Taken out, the schema is one that may have been published before this fact was known."""


def yesterdays(topic: Topic) -> dict[str, Any]:
    schema = committed(topic)
    schema["fields"] = [field for field in schema["fields"] if field["name"] != SINCE_TODAY]
    return schema


@pytest.fixture
def yesterday(stack: Stack) -> Codec:
    codec = Codec(Registry(str(stack.settings.schema_registry_url)), yesterdays)
    codec.register(TOPIC)
    return codec


@pytest.fixture
def today(stack: Stack, yesterday: Codec) -> Codec:
    """Registered after yesterday's, as in a deployment."""
    codec = Codec(Registry(str(stack.settings.schema_registry_url)))
    codec.register(TOPIC)
    return codec


def test_todays_consumer_reads_yesterdays_producer(yesterday: Codec, today: Codec) -> None:
    decoded = today.decode(TOPIC, yesterday.encode(TOPIC, scheduled()))
    assert decoded == Decoded(yesterday.register(TOPIC), scheduled())
    assert decoded.schema_id != today.register(TOPIC)


def test_yesterdays_consumer_reads_todays_producer(yesterday: Codec, today: Codec) -> None:
    """The fact that it does not know comes beside the event, for a column that comes later."""
    whole = scheduled(irregularity_cause="weather")
    value = today.encode(TOPIC, whole)
    further = {SINCE_TODAY: "weather"}
    assert yesterday.decode(TOPIC, value) == Decoded(today.register(TOPIC), scheduled(), further)
    assert today.decode(TOPIC, value) == Decoded(today.register(TOPIC), whole)


def test_yesterdays_process_registers_again_and_gets_the_id_it_had(
    stack: Stack, yesterday: Codec, today: Codec
) -> None:
    again = Codec(Registry(str(stack.settings.schema_registry_url)), yesterdays)
    assert again.register(TOPIC) == yesterday.register(TOPIC)


def test_the_level_is_set_before_the_first_schema(stack: Stack) -> None:
    """Asked of the requests: afterwards it would look the same."""
    registry = Registry(str(stack.settings.schema_registry_url))
    order: list[str] = []
    client: SchemaRegistryClient = registry._client
    for name in ("set_config", "register_schema_full_response"):
        _note(client, name, order)
    subject = f"level-{UUID(int=5)}"
    registry.register(subject, '{"type": "record", "name": "r", "fields": []}')
    assert order == ["set_config", "register_schema_full_response"]
    assert client.get_config(subject).compatibility_level == "FULL_TRANSITIVE"


def _note(client: SchemaRegistryClient, name: str, order: list[str]) -> None:
    real = getattr(client, name)

    def noted(*given: Any) -> Any:
        order.append(name)
        return real(*given)

    setattr(client, name, noted)
