"""`knockon topics` on the real broker, on topics of its own."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.stack import Stack
from streaming.broker import Broker, TopicAdmin
from streaming.cluster import Cluster
from streaming.provisioning import apply, plan
from streaming.provisioning.drift import span
from streaming.topics import TOPICS, Topic

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def bootstrap(stack: Stack) -> str:
    return str(stack.settings.kafka_bootstrap_servers)


@pytest.fixture
def admin(bootstrap: str) -> TopicAdmin:
    return TopicAdmin(Cluster(bootstrap))


@pytest.fixture
def topic(bootstrap: str) -> Iterator[Topic]:
    """A declaration of this test alone, of two partitions; not made yet."""
    name = f"provisioning.{uuid4()}"
    yield replace(TOPICS["system.metrics"], name=name, partitions=2, retention=7 * DAY)
    Broker(Cluster(bootstrap)).delete_topic(name)


@pytest.fixture
def knockon(bootstrap: str, topic: Topic, monkeypatch) -> Callable[..., Any]:
    """Runs `knockon topics` with the one topic declared."""

    def run(*words: str, declared: Topic = topic, servers: str = bootstrap) -> Any:
        monkeypatch.setattr("streaming.topics.TOPICS", {declared.name: declared})
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", servers)
        return CliRunner().invoke(app, ["topics", *words])

    return run


def make(bootstrap: str, name: str, partitions: int, **config: str) -> None:
    settings = {key.replace("_", "."): value for key, value in config.items()}
    new = NewTopic(name, num_partitions=partitions, replication_factor=1, config=settings)
    client = AdminClient({"bootstrap.servers": bootstrap})
    client.create_topics([new])[name].result()
    deadline = time.monotonic() + 20
    while (
        name not in TopicAdmin(Cluster(bootstrap)).existing([name]) and time.monotonic() < deadline
    ):
        time.sleep(0.05)


def produce(bootstrap: str, name: str, *records: tuple[str | None, int]) -> None:
    """Records by key and age in days, on a topic with CreateTime."""
    producer = Producer({"bootstrap.servers": bootstrap})
    for key, age in records:
        stamp = int((time.time() - age * 86_400) * 1000)
        producer.produce(name, b"value", key=key, timestamp=stamp)
    assert producer.flush(20) == 0


def test_a_missing_topic_is_planned_made_and_then_in_order(admin, topic, knockon) -> None:
    assert [(drift.setting, drift.found) for drift in plan(admin, [topic]).drifts] == [
        ("topic", None)
    ]
    assert "missing" in knockon("plan").output
    assert knockon("check").exit_code == 1
    first = knockon("apply", "--json")
    assert (first.exit_code, json.loads(first.output)["in_order"]) == (0, True)
    made = admin.existing([topic.name])[topic.name]
    assert made.partitions == 2
    assert {name: made.settings[name] for name in topic.settings} == topic.settings
    again = json.loads(knockon("apply", "--json").output)
    assert again == {"in_order": True, "topics": [topic.name], "drifts": []}
    assert knockon("check").exit_code == 0


def test_settings_that_cost_nothing_are_set(admin, bootstrap, topic, knockon) -> None:
    make(bootstrap, topic.name, 2, retention_ms="1000", message_timestamp_type="CreateTime")
    declared = replace(topic, largest_bytes=2_000_000, in_sync_replicas=1)
    applied = apply(admin, plan(admin, [declared]))
    assert not applied.refused
    assert {drift.setting for drift in applied.done} == {
        "retention.ms", "message.timestamp.type", "max.message.bytes"
    }  # fmt: skip
    assert plan(admin, [declared]).in_order


def test_a_retention_cut_is_refused_with_its_figures_unless_allowed(
    admin, bootstrap, topic, knockon
) -> None:
    make(bootstrap, topic.name, 2, retention_ms=str(14 * 86_400_000))
    produce(bootstrap, topic.name, ("a", 10), ("b", 9), ("c", 1))
    refused = knockon("apply")
    assert refused.exit_code == 1
    assert topic.name in refused.output
    assert "kept 14 d and would be 7 d: 2 of 3 are older" in refused.output
    assert "--allow-retention-cut" in refused.output
    kept = admin.existing([topic.name])[topic.name].settings
    assert kept["retention.ms"] == str(14 * 86_400_000)
    assert kept["message.timestamp.type"] == "LogAppendTime", "the rest is done"
    assert knockon("apply", "--allow-retention-cut").exit_code == 0
    assert plan(admin, [topic]).in_order


def test_time_that_begins_to_count_on_a_compacted_topic_is_a_cut(admin, bootstrap, topic) -> None:
    make(bootstrap, topic.name, 2, cleanup_policy="compact")
    found = plan(admin, [replace(topic, cleanup="compact,delete")]).drifts
    (policy,) = (drift for drift in found if drift.setting == "cleanup.policy")
    assert policy.refused is not None
    assert "kept for ever and would be 7 d" in policy.refused


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ([("a", 0), ("b", 0), ("a", 0)], "not the first of its key"),
        ([(None, 0)], "has no key"),
        ([("a", 0), ("b", 0)], None),
    ],
)
def test_compaction_is_refused_where_a_record_would_go(
    admin, bootstrap, topic, records, why
) -> None:
    make(bootstrap, topic.name, 2, message_timestamp_type="LogAppendTime")
    produce(bootstrap, topic.name, *records)
    declared = replace(topic, cleanup="compact,delete")
    applied = apply(admin, plan(admin, [declared], allow_retention_cut=True))
    policy = admin.existing([topic.name])[topic.name].settings["cleanup.policy"]
    if why is None:
        assert (applied.refused, policy) == ((), "compact,delete")
    else:
        (drift,) = applied.refused
        assert why in str(drift.refused)
        assert policy == "delete"


def test_partitions_are_not_added_in_passing(admin, bootstrap, topic, knockon) -> None:
    make(bootstrap, topic.name, 1)
    said = knockon("apply", "--allow-retention-cut")
    assert said.exit_code == 1
    assert "1 partitions, 2 are declared; keys would move" in said.output
    assert admin.existing([topic.name])[topic.name].partitions == 1
    said = knockon("migrate", topic.name, "2", "--hold", "0", "--json")
    assert said.exit_code == 0
    assert json.loads(said.stdout)["after"] == 2
    assert knockon("check").exit_code == 0


def test_a_topic_that_was_grown_is_in_order(bootstrap, topic, knockon) -> None:
    make(bootstrap, topic.name, 3, **{"message.timestamp.type": "LogAppendTime"})
    assert knockon("check").exit_code == 0


def test_a_cluster_that_is_away_is_one_line(knockon) -> None:
    began = time.monotonic()
    said = knockon("check", servers="127.0.0.1:1")
    assert said.exit_code == 1
    assert len(said.output.strip().splitlines()) == 1
    assert "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1 cannot be used" in said.output
    assert time.monotonic() - began < 5


def test_a_topic_that_is_not_declared_is_named(knockon, topic) -> None:
    said = knockon("plan", "flight.evnts")
    assert said.exit_code == 2
    assert "flight.evnts" in said.output


def test_the_declaration_makes_sense() -> None:
    assert {name: topic.partitions for name, topic in TOPICS.items()} == {
        "flight.events": 6, "disruption.events": 3, "passenger.events": 4, "external.data": 8,
        "notifications": 2, "ml.features": 4, "ml.predictions": 4, "system.metrics": 2,
        "dead.letter.queue": 2,
    }  # fmt: skip
    for topic in TOPICS.values():
        assert not (topic.lands and topic.relayed)
        # A landed record is one row, so none may be compacted away before it has landed.
        assert topic.cleanup == "delete" or not topic.lands


def test_spans_are_told_as_people_do() -> None:
    assert [span(timedelta(hours=h)) for h in (168, 36, 1)] == ["7 d", "36 h", "1 h"]
    assert span(timedelta(seconds=90)) == "90 s"
