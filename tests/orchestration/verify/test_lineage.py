"""The walk back from every sampled euro, forecast and finding ends in records on Kafka."""

import json
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from domain.features import values_hash
from orchestration.lineage.report import as_json
from orchestration.lineage.walk import Broken, Step, walk
from streaming.broker import read_to_end
from streaming.settings import Settings
from streaming.store.database import connect
from streaming.topics import TOPICS

SAMPLE = 40
STARTS = {
    "ledger": ("ledger.transactions", "transaction_id"),
    "assessment": ("derived.assessments", "assessment_id"),
    "forecast": ("derived.forecasts", "forecast_id"),
    "finding": ("detected.findings", "finding_id"),
}
VERSIONS = {
    "ledger.transactions": ("code_version", "rulebook"),
    "derived.assessments": ("code_version", "rulebook", "citations", "rules_hit"),
    "derived.disruptions": ("code_version",),
    "derived.passenger_impacts": ("code_version", "facts"),
    "derived.forecasts": ("code_version", "model_name", "model_version", "features_hash"),
    "derived.features": ("code_version", "feature_set", "values"),
    "detected.findings": ("code_version", "detector", "detector_version"),
}


@pytest.fixture
def connection(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with connect(settings.owner_database_url(), "test", autocommit=True) as made:
        yield made


def sampled(connection: psycopg.Connection[Any], kind: str) -> list[str]:
    """The ids of seeded rows of the kind, all of them when there are few."""
    table, column = STARTS[kind]
    rows = connection.execute(f"select {column}::text from {table} order by 1").fetchall()
    assert rows
    return random.Random(7).sample([row[0] for row in rows], min(SAMPLE, len(rows)))


def ends(start: Step) -> list[Step]:
    return [step for step in start.steps() if not step.because]


@pytest.mark.parametrize("kind", STARTS)
def test_each_walk_ends_on_kafka_and_says_which_version_did_each_step(
    connection: psycopg.Connection[Any], kind: str
) -> None:
    for key in sampled(connection, kind):
        start = walk(connection, kind, key)
        assert all(step.on_kafka for step in ends(start)), key
        for step in start.steps():
            assert step.row is not None
            for name in VERSIONS.get(step.log.name, ()):
                assert step.row[name], f"{step.log.name} {step.reference} has no {name}"


def test_the_records_that_a_walk_names_are_there_for_an_independent_consumer(
    settings: Settings, connection: psycopg.Connection[Any]
) -> None:
    cluster = settings.cluster()
    there = {
        (name, record.partition, record.offset)
        for name in ("flight.events", "passenger.events", "external.data")
        for record in read_to_end(cluster, name, *range(TOPICS[name].partitions))
    }
    named = {
        (step.log.name, step.reference.partition, step.reference.offset)
        for kind in STARTS
        for key in sampled(connection, kind)
        for step in ends(walk(connection, kind, key))
    }
    assert len(named) > 100
    assert named <= there


def test_a_posting_leads_through_each_storey(connection: psycopg.Connection[Any]) -> None:
    for key in sampled(connection, "ledger"):
        tables = {s.log.name for s in walk(connection, "ledger", key).steps()}
        assert tables >= {
            "ledger.transactions", "derived.assessments", "derived.passenger_impacts",
            "derived.disruptions", "flight.events", "passenger.events",
        }  # fmt: skip


def test_a_forecast_rests_on_the_very_feature_values_that_it_names(
    connection: psycopg.Connection[Any],
) -> None:
    for key in sampled(connection, "forecast"):
        start = walk(connection, "forecast", key)
        [features] = [s for s in start.steps() if s.log.name == "derived.features"]
        assert start.row is not None
        assert features.row is not None
        assert start.row["features_hash"] == features.row["values_hash"]
        assert values_hash(features.row["values"]) == features.row["values_hash"]
        assert (start.row["model_name"], start.row["model_version"]) == ("knockon-delay15", "7")


def test_json_holds_every_step_with_what_it_rests_on(
    connection: psycopg.Connection[Any],
) -> None:
    key = sampled(connection, "ledger")[0]
    told = json.loads(json.dumps(as_json(walk(connection, "ledger", key)), default=str))
    steps = {step["reference"]: step for step in told["steps"]}
    assert steps[told["start"]]["log"] == "ledger.transactions"
    reached, ahead = set[str](), [told["start"]]
    while ahead:
        reached.add(one := ahead.pop())
        ahead += [r for r in steps[one]["because"] if r not in reached]
    assert reached == set(steps)
    assert all(s["topic_id"] and s["cluster_id"] for s in steps.values() if not s["because"])


def test_a_key_that_leads_nowhere_is_told(connection: psycopg.Connection[Any]) -> None:
    [key] = sampled(connection, "ledger")[:1]
    step = next(s for s in ends(walk(connection, "ledger", key)) if s.log.name == "flight.events")
    log_id, partition, offset = str(step.reference).split("/")
    connection.execute(
        'delete from landed.flight_events where (log_id, partition, "offset") = (%s, %s, %s)',
        (log_id, partition, offset),
    )
    with pytest.raises(Broken, match=rf"flight\.events has no record {step.reference}"):
        walk(connection, "ledger", key)


def test_an_id_that_is_none_or_several_is_told(connection: psycopg.Connection[Any]) -> None:
    for key in ("no such id", ""):
        with pytest.raises(LookupError, match="give the whole id"):
            walk(connection, "ledger", key)
