"""The daily restatement: asked for when records came late, once, and again when it failed."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import psycopg
import pytest

from orchestration.definitions.realtime import defs
from orchestration.schedules import restatement_by_the_clock
from streaming.store.database import connect
from streaming.store.derive import Database, insert
from streaming.store.intervals import register_kafka_log


@pytest.fixture
def connection(migrated_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(migrated_url, "test", autocommit=True) as made:
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def test_late_records_are_restated_once_and_again_after_a_failure(
    connection: psycopg.Connection[Any], migrated_url: str, instance: dg.DagsterInstance
) -> None:
    database = Database(migrated_url, "test")

    def tick() -> dg.RunRequest | dg.SkipReason:
        context = dg.build_schedule_context(instance, resources={"database": database})
        answer = restatement_by_the_clock(context)
        assert isinstance(answer, dg.RunRequest | dg.SkipReason)
        return answer

    assert isinstance(tick(), dg.SkipReason)
    late = {
        "detector": "aircraft_rotation", "detector_version": "of yesterday",
        "log_id": register_kafka_log(connection, "c", "t", "flight.events"), "partition": 0,
        "offset": 7, "behind_seconds": 9_000,
    }  # fmt: skip
    insert(connection, "detected.late_records", [late])

    asked = tick()
    assert isinstance(asked, dg.RunRequest)
    failed = dg.DagsterRun(
        "restate_findings", status=dg.DagsterRunStatus.FAILURE, tags=dict(asked.tags),
        run_config=asked.run_config,
    )  # fmt: skip
    instance.add_run(failed)
    waits = tick()
    assert isinstance(waits, dg.SkipReason)
    assert "failed 1 times where it stands" in str(waits.skip_message)

    done = dg.materialize(
        [asset for asset in defs.assets or () if isinstance(asset, dg.AssetsDefinition)],
        selection=list(asked.asset_selection or ()),
        run_config=asked.run_config,
        resources={"database": database},
        instance=instance,
    )
    [event] = done.get_asset_materialization_events()
    told = event.materialization.metadata
    assert told["late records"].value == 1
    assert told["rows detected.corrections"].value == 0
    assert isinstance(tick(), dg.SkipReason)
