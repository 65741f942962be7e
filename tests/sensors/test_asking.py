"""Sensors ask for exactly what is missing: again after a failure, not while a run is in flight."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import psycopg
import pytest

from domain.events import FlightEvent
from domain.identity import name_uuid
from orchestration.definitions.realtime import defs
from sensors.asking import FIRST_PAUSE, INTERVAL_TAG, LOST_AFTER
from sensors.light import MATERIALISER_DUTY, light_assets_without_materialiser
from sensors.response import disruptions_to_answer
from streaming.derivation import from_text
from streaming.store.database import connect
from streaming.store.derive import Database
from streaming.store.derive_wake import claim
from tests.landing_rows import land

DAY = datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.fixture
def database(migrated_url: str) -> Database:
    return Database(migrated_url, "test")


@pytest.fixture
def connection(migrated_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(migrated_url, "test", autocommit=True) as made:
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def late_legs(*numbers: int) -> list[FlightEvent]:
    """A schedule and a departure 30 minutes late, per number."""
    made = []
    for number in numbers:
        shared: dict[str, Any] = {
            "key": str(number), "occurred_at": DAY, "produced_at": DAY, "source": "test",
            "correlation_id": name_uuid("correlation", number), "leg_id": name_uuid("leg", number),
        }  # fmt: skip
        schedule = FlightEvent(
            event_id=name_uuid("scheduled", number), kind="leg_scheduled", airline="UA",
            flight_number="1", departure_airport="EWR", arrival_airport="ORD",
            origin_date=DAY.date(), sobt=DAY, sibt=DAY + timedelta(hours=2), **shared,
        )  # fmt: skip
        departure = FlightEvent(
            event_id=name_uuid("departed", number), kind="leg_departed",
            aobt=DAY + timedelta(minutes=30), **shared,
        )  # fmt: skip
        made += [schedule, departure]
    return made


def tick(
    sensor: dg.SensorDefinition, instance: dg.DagsterInstance, database: Database
) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_sensor_context(instance, resources={"database": database}, definitions=defs)
    [answer] = [sensor(context)]
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def started(instance: dg.DagsterInstance, asked: dg.RunRequest, status: dg.DagsterRunStatus) -> str:
    """A run as the daemon would start it, then in the status given."""
    run_id = dg.DagsterRun(job_name="any").run_id
    instance.add_run(dg.DagsterRun("any", run_id=run_id, status=status, tags=dict(asked.tags)))
    return run_id


def requested(answer: dg.RunRequest | dg.SkipReason) -> dg.RunRequest:
    assert isinstance(answer, dg.RunRequest), answer
    return answer


def test_nothing_pending_asks_for_nothing(instance: dg.DagsterInstance, database: Database) -> None:
    answer = tick(light_assets_without_materialiser, instance, database)
    assert isinstance(answer, dg.SkipReason)


def test_a_living_materialiser_needs_no_safety_net(
    instance: dg.DagsterInstance, database: Database, connection: psycopg.Connection[Any]
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    with database.connect() as materialiser:
        assert claim(materialiser, MATERIALISER_DUTY)
        living = tick(light_assets_without_materialiser, instance, database)
    dead = tick(light_assets_without_materialiser, instance, database)
    assert isinstance(living, dg.SkipReason)
    assert isinstance(dead, dg.RunRequest)


def test_exactly_the_pending_offsets_are_asked_for(
    instance: dg.DagsterInstance, database: Database, connection: psycopg.Connection[Any]
) -> None:
    land(connection, "flight.events", 2, late_legs(1, 2))
    asked = requested(tick(light_assets_without_materialiser, instance, database))
    config = asked.run_config["ops"]["derived__disruptions"]["config"]["intervals"]
    [interval] = from_text(config)
    assert (interval.log, interval.spans) == ("flight.events", {2: (0, 4)})
    assert asked.tags["knockon/rows"] == "4"


def test_the_same_tick_twice_has_the_same_run_key(
    instance: dg.DagsterInstance, database: Database, connection: psycopg.Connection[Any]
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    again = requested(tick(light_assets_without_materialiser, instance, database))
    assert first.run_key == again.run_key


@pytest.mark.parametrize("status", ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
def test_an_interval_in_flight_is_not_asked_for_again(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    status: str,
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    asked = requested(tick(light_assets_without_materialiser, instance, database))
    started(instance, asked, dg.DagsterRunStatus[status])
    land(connection, "flight.events", 0, late_legs(2))
    assert isinstance(tick(light_assets_without_materialiser, instance, database), dg.SkipReason)


@pytest.mark.parametrize("status", ["FAILURE", "CANCELED"])
def test_a_failed_interval_is_asked_for_again_after_a_pause(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    status: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    started(instance, first, dg.DagsterRunStatus[status])
    at_once = tick(light_assets_without_materialiser, instance, database)
    later = datetime.now(UTC) + FIRST_PAUSE
    monkeypatch.setattr("sensors.asking._now", lambda: later)
    second = requested(tick(light_assets_without_materialiser, instance, database))
    assert isinstance(at_once, dg.SkipReason)
    assert second.run_key != first.run_key
    assert second.tags[INTERVAL_TAG] == first.tags[INTERVAL_TAG]
    assert second.tags["knockon/attempt"] == "2"


def test_a_run_whose_process_died_does_not_block_for_ever(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    started(instance, first, dg.DagsterRunStatus.STARTED)
    later = datetime.now(UTC) + LOST_AFTER + timedelta(seconds=1)
    monkeypatch.setattr("sensors.asking._now", lambda: later)
    assert requested(tick(light_assets_without_materialiser, instance, database))


def test_the_response_runs_end_to_end_and_then_rests(
    instance: dg.DagsterInstance, database: Database, connection: psycopg.Connection[Any]
) -> None:
    """The runs that the two sensors ask for, executed; then neither asks for anything."""
    land(connection, "flight.events", 0, late_legs(1, 2))
    asked = requested(tick(light_assets_without_materialiser, instance, database))
    assert execute(instance, database, "correlate_disruptions", asked).success
    answer = requested(tick(disruptions_to_answer, instance, database))
    ids = answer.tags["knockon/disruption_ids"].split(",")
    stored = connection.execute("select disruption_id::text from derived.disruptions").fetchall()
    assert sorted(ids) == sorted(row[0] for row in stored)
    assert len(answer.tags["knockon/correlation_ids"].split(",")) == 2
    assert execute(instance, database, "respond_to_disruption", answer).success
    for sensor in (light_assets_without_materialiser, disruptions_to_answer):
        assert isinstance(tick(sensor, instance, database), dg.SkipReason)


def execute(
    instance: dg.DagsterInstance, database: Database, job: str, asked: dg.RunRequest
) -> dg.ExecuteInProcessResult:
    resolved = dg.Definitions(
        assets=defs.assets, jobs=defs.jobs, resources={"database": database}
    ).resolve_job_def(job)
    return resolved.execute_in_process(
        run_config=asked.run_config,
        instance=instance,
        tags=dict(asked.tags),
        asset_selection=list(asked.asset_selection or []) or None,
    )
