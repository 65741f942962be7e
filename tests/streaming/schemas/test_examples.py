"""Every example is what its topic promises: valid, the same through Avro, and a row if it lands."""

from collections.abc import Iterator
from typing import Any, get_args
from uuid import UUID

import pytest
from psycopg import sql

from domain.events import Event
from streaming.broker import TopicIdentity
from streaming.codec import Codec, Decoded
from streaming.landing import Sort
from streaming.landing.batch import IDENTITY
from streaming.schemas import EXAMPLES, examples
from streaming.store.database import Connection, connect
from streaming.store.intervals import register_kafka_log
from streaming.topics import LANDING, TOPICS, Topic
from tests.fetched import fetched


class OneSchema:
    """A registry that knows the schema registered last."""

    def register(self, subject: str, schema: str) -> int:
        self._schema = schema
        return 1

    def schema(self, schema_id: int) -> str | None:
        return self._schema


class Unasked:
    """No example is unreadable, so there is nothing to seal."""

    def seal_dead_letters(self, payloads: Any) -> dict[UUID, bytes]:
        assert not payloads
        return {}


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_every_kind_of_event_has_an_example(topic: Topic) -> None:
    found = examples(topic)
    where = f"streaming/schemas/examples/{topic.name}/<situation>.json"
    assert found, f"{topic.name} has no examples: add {where}"
    kinds = set(get_args(topic.model.model_fields["kind"].annotation))
    missing = kinds - {event.kind for event in found.values()}
    assert not missing, f"{topic.name} has no example of {', '.join(sorted(missing))}: add {where}"


def test_there_are_examples_of_topics_alone() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir()} == set(TOPICS)


CASES = [
    pytest.param(topic, event, id=f"{topic.name}: {situation}")
    for topic in TOPICS.values()
    for situation, event in examples(topic).items()
]


@pytest.mark.parametrize(("topic", "event"), CASES)
def test_an_example_comes_back_from_avro_as_it_was(topic: Topic, event: Event) -> None:
    codec = Codec(OneSchema())
    assert codec.decode(topic.name, codec.encode(topic.name, event)) == Decoded(1, event)


@pytest.fixture
def owner(migrated_url: str) -> Iterator[Connection]:
    with connect(migrated_url, "test") as connection:
        yield connection


@pytest.mark.parametrize("topic", LANDING, ids=lambda topic: topic.name)
def test_the_examples_of_a_topic_that_lands_are_rows(owner: Connection, topic: Topic) -> None:
    codec = Codec(OneSchema())
    events = list(examples(topic).values())
    values = [codec.encode(topic.name, event) for event in events]
    at = events[-1].produced_at
    records = fetched(topic.name, values, at)
    logs = {topic.name: register_kafka_log(owner, "c", "t", topic.name)}
    identities = {topic.name: TopicIdentity("c", "t", topic.name, topic.partitions)}
    sort = Sort(codec, Unasked())
    batch = sort([records], logs, identities, at)
    table = sort.tables[topic.name]
    table.copy_stream(owner, batch.laid_out[topic.name].copy)
    table.copy(owner, batch.rows.get(topic.name, ()))
    facts = table.columns[len(IDENTITY) :]
    select = sql.SQL('select {} from {} order by "offset"').format(
        sql.SQL(", ").join(map(sql.Identifier, facts)), sql.Identifier("landed", topic.table)
    )
    kept = [
        topic.model.model_validate(dict(zip(facts, row, strict=True)))
        for row in owner.execute(select)
    ]
    assert kept == events
