"""The materialiser as a process: quick rows, few words to Dagster, a graceful end."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest

from assets.derivations.disruptions import DISRUPTIONS
from assets.run import Asked, derive, reached, shown
from domain.events import FlightEvent
from domain.identity import name_uuid
from orchestration.materialiser.pruning import KEPT_RUNS, Pruner
from orchestration.materialiser.recorder import Recorder
from streaming.derivation import Written, merged, run
from streaming.store.database import connect
from streaming.store.derive import Database
from tests.landing_rows import land

DAY = datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.fixture
def connection(migrated_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(migrated_url, "test", autocommit=True) as made:
        yield made


@pytest.fixture
def materialiser(
    dagster_home: Path, migrated_url: str
) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts the process, as the owner of the database; it is killed at the end."""
    running: list[subprocess.Popen[str]] = []
    password = migrated_url.partition("://")[2].partition(":")[2].partition("@")[0]
    address = migrated_url.rpartition("@")[2]

    def begin() -> subprocess.Popen[str]:
        environment = os.environ | {
            "DATABASE_URL": f"postgresql://knockon_assets:{password}@{address}",
            "KNOCKON_STATE_DIR": str(dagster_home),
            "KNOCKON_HEARTBEAT_FILE": str(dagster_home / "beat"),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.materialiser"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        running.append(process)
        return process

    with connect(migrated_url, "test", autocommit=True) as owner:
        owner.execute(
            psycopg.sql.SQL("alter role knockon_assets password {}").format(
                psycopg.sql.Literal(password)
            )
        )
    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def late_legs(*numbers: int) -> list[FlightEvent]:
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


def rows(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def until(condition: Callable[[], bool], seconds: float) -> float:
    """Wait for the condition; how long it took. Fails after `seconds`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come about in time"
        time.sleep(0.02)
    return time.monotonic() - began


def test_rows_appear_at_once_and_dagster_hears_of_them_seldom(
    materialiser: Callable[[], subprocess.Popen[str]],
    connection: psycopg.Connection[Any],
    dagster_home: Path,
) -> None:
    """20 commits in 12 s: a row within 2 s each, at most one record per asset in 5 s."""
    process = materialiser()
    until(lambda: (dagster_home / "beat").exists(), 40)
    waits = []
    for number in range(20):
        land(connection, "flight.events", number % 6, late_legs(number))
        waits.append(until(lambda n=number: rows(connection, "derived.disruptions") > n, 10))  # type: ignore[misc]
        time.sleep(max(0.0, 0.6 - waits[-1]))
    assert sorted(waits)[10] < 2.0, waits
    time.sleep(6)
    with dg.DagsterInstance.get() as instance:
        told = {
            name: instance.fetch_materializations(dg.AssetKey(name.split(".")), limit=100).records
            for name in ("derived.disruptions", "landed.flight_events")
        }
    for records in told.values():
        times = sorted(record.timestamp for record in records)
        assert 2 <= len(times) <= 5
        assert all(later - earlier >= 4.9 for earlier, later in itertools.pairwise(times))
        offsets = [r.asset_materialization.metadata["rows read"].value for r in records]  # type: ignore[union-attr]
        assert sum(offsets) == 40
    written = [r.asset_materialization.metadata["rows derived.disruptions"].value  # type: ignore[union-attr]
               for r in told["derived.disruptions"]]  # fmt: skip
    assert sum(written) == 20
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=15)
    assert process.returncode == 0, output
    assert json.loads(output.splitlines()[-1])["event"] == "materialiser stopped"


def test_a_second_materialiser_waits_and_takes_over(
    materialiser: Callable[[], subprocess.Popen[str]],
    connection: psycopg.Connection[Any],
    dagster_home: Path,
) -> None:
    first = materialiser()
    until(lambda: (dagster_home / "beat").exists(), 40)
    materialiser()
    land(connection, "flight.events", 0, late_legs(1))
    until(lambda: rows(connection, "derived.disruptions") == 1, 10)
    first.kill()
    land(connection, "flight.events", 0, late_legs(2))
    until(lambda: rows(connection, "derived.disruptions") == 2, 40)


def test_it_lives_through_a_broken_session(
    materialiser: Callable[[], subprocess.Popen[str]],
    connection: psycopg.Connection[Any],
    dagster_home: Path,
) -> None:
    process = materialiser()
    until(lambda: (dagster_home / "beat").exists(), 40)
    connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'knockon-materialiser'"
    )
    land(connection, "flight.events", 0, late_legs(1))
    until(lambda: rows(connection, "derived.disruptions") == 1, 15)
    assert process.poll() is None


def test_what_was_recorded_is_not_recorded_again(
    connection: psycopg.Connection[Any],
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    with dg.DagsterInstance.ephemeral() as instance:
        logs = {"flight.events": "landed.flight_events"}
        assert Recorder(instance, logs).record_due(connection) == ["landed.flight_events"]
        land(connection, "flight.events", 0, late_legs(2))
        # Another process, right after: too early by the clock of the database.
        assert Recorder(instance, logs).record_due(connection) == []
        connection.execute("update logs.marks set updated_at = now() - interval '6 seconds'")
        assert Recorder(instance, logs).record_due(connection) == ["landed.flight_events"]
        connection.execute("update logs.marks set updated_at = now() - interval '6 seconds'")
        assert Recorder(instance, logs).record_due(connection) == []
        key = dg.AssetKey(["landed", "flight_events"])
        records = instance.fetch_materializations(key, limit=10).records
    seen = [record.asset_materialization.metadata["offsets"].value for record in records]  # type: ignore[union-attr]
    assert [list(offsets.values()) for offsets in seen] == [[{"0": "2-4"}], [{"0": "0-2"}]]


def derived(instance: dg.DagsterInstance) -> list[dg.AssetMaterialization]:
    """What Dagster was told of derived.disruptions, oldest first."""
    found = instance.fetch_materializations(dg.AssetKey(["derived", "disruptions"]), limit=10)
    return [record.asset_materialization for record in reversed(found.records)]  # type: ignore[misc]


def test_materialiser_and_run_tell_the_same(connection: psycopg.Connection[Any]) -> None:
    """Three steps (one of which writes nothing) in one record, in the words of a run."""
    land(connection, "flight.events", 0, late_legs(1))
    with dg.DagsterInstance.ephemeral() as instance:
        recorder = Recorder(instance, {}, [DISRUPTIONS])
        recorder.resume(connection)
        steps = []
        for events, partition in ((late_legs(2), 0), (late_legs(1)[:1], 3), (late_legs(3), 3)):
            done = run(connection, DISRUPTIONS)
            assert isinstance(done, Written)
            steps.append(done)
            recorder.take(done)
            land(connection, "flight.events", partition, events)
        assert [one.outcome.rows["derived.disruptions"] for one in steps] == [1, 1, 0]
        assert recorder.record_due(connection) == ["derived.disruptions"]
        assert recorder.record_due(connection) == []
        [told] = derived(instance)
    whole = merged(steps)
    assert {name: one.value for name, one in told.metadata.items()} == {
        name: getattr(one, "value", one) for name, one in shown(whole).items()
    }
    assert told.metadata["rows derived.disruptions"].value == 2
    assert told.metadata["rows read"].value == 5
    assert (told.tags or {})["dagster/data_version"] == reached(whole.intervals)


def test_what_a_dead_process_did_not_tell_is_told_by_the_next(
    connection: psycopg.Connection[Any],
) -> None:
    land(connection, "flight.events", 0, late_legs(1))
    run(connection, DISRUPTIONS)
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            following = Recorder(instance, {}, [DISRUPTIONS])
            following.resume(connection)
            following.record_due(connection)
        [told] = derived(instance)
    assert told.metadata["rows read"].value == 2


def test_what_a_run_told_is_not_told_again(
    connection: psycopg.Connection[Any], migrated_url: str
) -> None:
    """The materialiser dies, a run of the safety net does its work, and another one begins."""
    with dg.DagsterInstance.ephemeral() as instance:
        for number, by_run in ((1, False), (2, True), (3, False)):
            land(connection, "flight.events", 0, late_legs(number))
            if by_run:
                told = derive(
                    dg.build_asset_context(), DISRUPTIONS, Asked(), Database(migrated_url, "test")
                )
                assert len(list(told)) == 1
                continue
            recorder = Recorder(instance, {}, [DISRUPTIONS])
            recorder.resume(connection)
            done = run(connection, DISRUPTIONS)
            assert isinstance(done, Written)
            recorder.take(done)
            connection.execute("update logs.marks set updated_at = now() - interval '6 seconds'")
            assert recorder.record_due(connection) == ["derived.disruptions"]
        offsets = [list(one.metadata["offsets"].value.values()) for one in derived(instance)]  # type: ignore[union-attr]
    assert offsets == [[{"0": "0-2"}], [{"0": "4-6"}]]


def test_pruning_keeps_the_newest_and_the_latest_of_each_asset(dagster_home: Path) -> None:
    keys = [dg.AssetKey(["a", "busy"]), dg.AssetKey(["a", "quiet"])]
    with dg.DagsterInstance.get() as instance:
        for number in range(12):
            instance.report_runless_asset_event(
                dg.AssetMaterialization(keys[0], metadata={"n": number}, tags={"n": str(number)})
            )
        instance.report_runless_asset_event(dg.AssetMaterialization(keys[1]))
        assert Pruner(instance, keep=5).prune(datetime.now(UTC)) == (7, 0)
        assert Pruner(instance, keep=5).prune(datetime.now(UTC)) == (0, 0)
        kept = instance.fetch_materializations(keys[0], limit=100).records
        latest = instance.get_latest_materialization_event(keys[1])
    assert [r.asset_materialization.metadata["n"].value for r in kept] == [11, 10, 9, 8, 7]  # type: ignore[union-attr]
    assert latest is not None


def test_pruning_deletes_runs_that_ended_long_ago(dagster_home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        for name, status in (("a", "SUCCESS"), ("b", "STARTED")):
            instance.add_run(dg.DagsterRun(name, status=dg.DagsterRunStatus[status]))
        now = datetime.now(UTC)
        assert Pruner(instance).prune(now + KEPT_RUNS - timedelta(hours=1)) == (0, 0)
        assert Pruner(instance).prune(now + KEPT_RUNS + timedelta(hours=1)) == (0, 1)
        assert [run.job_name for run in instance.get_runs()] == ["b"]
