"""Sensors ask for exactly what is missing: again after a failure, not while a run is in flight."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import psycopg
import pytest

from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.run import Asked, derive
from domain.events import FlightEvent
from domain.identity import name_uuid
from orchestration.definitions.realtime import defs
from sensors.asking import INTERVAL_TAG
from sensors.failures import FIRST_PAUSE, LONGEST_PAUSE
from sensors.in_flight import SILENT_FOR
from sensors.light import MATERIALISER_DUTY, light_assets_without_materialiser
from sensors.response import disruptions_to_answer
from streaming.derivation import Outcome, Written, from_text, run
from streaming.store.database import connect
from streaming.store.derive import Database
from streaming.store.derive_wake import claim, duty_of, is_claimed, share
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


JOBS = {
    "derived.disruptions": "correlate_disruptions",
    "derived.passenger_impacts": "respond_to_disruption",
    "derived.assessments": "respond_to_disruption",
}


def started(instance: dg.DagsterInstance, asked: dg.RunRequest, status: dg.DagsterRunStatus) -> str:
    """A run as the daemon would start it, then in the status given."""
    job = JOBS[asked.tags["knockon/reader"]]
    made = dg.DagsterRun(job, status=status, tags=dict(asked.tags), run_config=asked.run_config)
    instance.add_run(made)
    return made.run_id


def at(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> None:
    """Let the sensors look at the clock that much later."""
    moment = datetime.now(UTC) + later
    monkeypatch.setattr("sensors.in_flight.now", lambda: moment)
    monkeypatch.setattr("sensors.failures.now", lambda: moment)


def asked_intervals(answer: dg.RunRequest) -> str:
    [config] = answer.run_config["ops"].values()
    return str(config["config"]["intervals"])


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
    at(monkeypatch, FIRST_PAUSE)
    second = requested(tick(light_assets_without_materialiser, instance, database))
    assert isinstance(at_once, dg.SkipReason)
    assert second.run_key != first.run_key
    assert second.tags[INTERVAL_TAG] == first.tags[INTERVAL_TAG]
    assert second.tags["knockon/attempt"] == "2"


def test_new_rows_do_not_make_a_failure_a_first_attempt(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A row lands before every tick, also in a partition never read: the pauses grow all the
    same, and it is the interval that failed that is asked for, until it succeeds."""
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    started(instance, first, dg.DagsterRunStatus.FAILURE)
    for failures in range(1, 4):
        land(connection, "flight.events", failures, late_legs(10 + failures))
        pause = FIRST_PAUSE * 2 ** (failures - 1)
        at(monkeypatch, pause - timedelta(seconds=1))
        early = tick(light_assets_without_materialiser, instance, database)
        assert isinstance(early, dg.SkipReason), failures
        at(monkeypatch, pause)
        again = requested(tick(light_assets_without_materialiser, instance, database))
        assert again.tags["knockon/attempt"] == str(failures + 1)
        assert asked_intervals(again) == asked_intervals(first)
        started(instance, again, dg.DagsterRunStatus.FAILURE)
    assert isinstance(run(connection, DISRUPTIONS, from_text(asked_intervals(first))), Written)
    then = requested(tick(light_assets_without_materialiser, instance, database))
    assert then.tags["knockon/attempt"] == "1"


def test_the_pause_stays_at_its_longest_however_often_it_fails(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    for _ in range(60):
        started(instance, first, dg.DagsterRunStatus.FAILURE)
    assert isinstance(tick(light_assets_without_materialiser, instance, database), dg.SkipReason)
    at(monkeypatch, LONGEST_PAUSE)
    assert requested(tick(light_assets_without_materialiser, instance, database))


def changed_disruptions(connection: psycopg.Connection[Any], *numbers: int) -> None:
    land(connection, "flight.events", 0, late_legs(*numbers))
    assert isinstance(run(connection, DISRUPTIONS), Written)


def pretend_impact(connection: psycopg.Connection[Any]) -> None:
    """Something for the assessments to read: the end of their input moves on by one."""
    connection.execute(
        "insert into logs.ends (log_id, partition, next_offset)"
        " select log_id, 0, 1 from logs.logs where name = 'derived.passenger_impacts'"
        " on conflict (log_id, partition) do update set next_offset = ends.next_offset + 1"
    )


def test_a_chain_in_its_middle_is_not_asked_for_again(
    instance: dg.DagsterInstance, database: Database, connection: psycopg.Connection[Any]
) -> None:
    """The run has committed its impacts and is about to assess them."""
    changed_disruptions(connection, 1)
    asked = requested(tick(disruptions_to_answer, instance, database))
    started(instance, asked, dg.DagsterRunStatus.STARTED)
    done = run(connection, PASSENGER_IMPACTS, from_text(asked_intervals(asked)))
    assert isinstance(done, Written)
    pretend_impact(connection)
    assert isinstance(tick(disruptions_to_answer, instance, database), dg.SkipReason)


def test_what_fails_in_the_middle_waits_while_those_before_it_go_on(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Assessments fail after their impacts were committed, and disruptions keep changing."""
    changed_disruptions(connection, 1)
    whole = requested(tick(disruptions_to_answer, instance, database))
    run(connection, PASSENGER_IMPACTS, from_text(asked_intervals(whole)))
    pretend_impact(connection)
    started(instance, whole, dg.DagsterRunStatus.FAILURE)
    changed_disruptions(connection, 2)
    meanwhile = requested(tick(disruptions_to_answer, instance, database))
    assert meanwhile.asset_selection == [dg.AssetKey(["derived", "passenger_impacts"])]
    run(connection, PASSENGER_IMPACTS, from_text(asked_intervals(meanwhile)))
    assert isinstance(tick(disruptions_to_answer, instance, database), dg.SkipReason)
    at(monkeypatch, FIRST_PAUSE)
    again = requested(tick(disruptions_to_answer, instance, database))
    assert again.tags["knockon/reader"] == ASSESSMENTS.reader
    assert again.tags["knockon/attempt"] == "2"


def test_a_run_that_lost_its_process_is_found_by_its_free_lock(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    started(instance, first, dg.DagsterRunStatus.STARTED)
    at(monkeypatch, SILENT_FOR - timedelta(seconds=2))
    importing = tick(light_assets_without_materialiser, instance, database)
    at(monkeypatch, SILENT_FOR + timedelta(seconds=1))
    lost = tick(light_assets_without_materialiser, instance, database)
    assert isinstance(importing, dg.SkipReason)
    assert requested(lost).run_key != first.run_key


def test_a_run_holds_the_lock_of_what_it_derives(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    seen: list[bool] = []

    def step(_: object, intervals: object) -> Outcome:
        seen.append(is_claimed(connection, duty_of(DISRUPTIONS.reader)))
        return Outcome({}, {})

    looking = replace(DISRUPTIONS, step=step)
    assert len(list(derive(dg.build_asset_context(), looking, Asked(), database))) == 1
    assert seen == [True]
    assert not is_claimed(connection, duty_of(DISRUPTIONS.reader))


def test_a_run_is_in_flight_however_long_it_takes(
    instance: dg.DagsterInstance,
    database: Database,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    first = requested(tick(light_assets_without_materialiser, instance, database))
    started(instance, first, dg.DagsterRunStatus.STARTED)
    at(monkeypatch, timedelta(hours=3))
    with database.connect() as process, database.connect() as beside:
        share(process, duty_of(DISRUPTIONS.reader))
        share(beside, duty_of(DISRUPTIONS.reader))  # a person materialises by hand as well
        working = tick(light_assets_without_materialiser, instance, database)
    killed = tick(light_assets_without_materialiser, instance, database)
    assert isinstance(working, dg.SkipReason)
    assert isinstance(killed, dg.RunRequest)


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
