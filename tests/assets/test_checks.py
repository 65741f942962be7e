"""Asset checks pass on what the line makes, and each fails when its promise is broken."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import psycopg
import pytest

from assets import checks, forecast_checks
from assets.derivations import forecasts
from domain.detection.registry import DETECTORS
from orchestration import jobs
from streaming.derivation import NothingPending, run
from streaming.detect import Detection
from streaming.store.database import connect
from streaming.store.derive import Database
from tests.assets.test_forecasting import FEATURES, champion


@pytest.fixture
def connection(new_york_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(new_york_url, "test", autocommit=True) as made:
        yield made


def results(
    url: str, definitions: list[dg.AssetChecksDefinition], job: str | None = None
) -> dict[str, bool]:
    """By asset and name, whether the checks of a job passed."""
    every = dg.define_asset_job("every", selection=dg.AssetSelection.all_asset_checks())
    defs = dg.Definitions(
        asset_checks=definitions,
        jobs=[every, jobs.check_live_equals_batch] if job else [every],
        resources={"database": Database(url, "test")},
    )
    done = defs.resolve_job_def(job or "every").execute_in_process()
    return {
        f"{'.'.join(one.asset_key.path)} {one.check_name}": one.passed
        for one in done.get_asset_check_evaluations()
    }


@pytest.fixture
def forecast(connection: psycopg.Connection[Any]) -> None:
    for derivation in (FEATURES, forecasts.derivation(champion)):
        while not isinstance(run(connection, derivation), NothingPending):
            pass


@pytest.mark.usefixtures("forecast")
def test_the_checks_of_the_forecasts_hold(new_york_url: str) -> None:
    found = results(new_york_url, forecast_checks.BATCH)
    assert len(found) == 7
    assert all(found.values()), found


BROKEN: dict[str, str] = {
    "derived.features complete": "alter table derived.forecasts drop constraint"
    " fk_forecasts_feature_sequence_features; delete from derived.features where sequence = 10",
    "derived.features fresh": "update landed.flight_events set landed_at = now() - interval '1 day'"
    "; delete from logs.marks where reader = 'derived.features'",
    "derived.forecasts founded": "update derived.forecasts set features_hash = 'another'"
    " where sequence = 3",
    "derived.forecasts probable": "update derived.forecasts set climatology = 'NaN'"
    " where sequence = 3",
    "derived.forecasts dense": "delete from derived.forecasts where sequence = 3",
}


@pytest.mark.usefixtures("forecast")
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_promise_of_the_forecasts_is_seen(
    new_york_url: str, connection: psycopg.Connection[Any], broken: str
) -> None:
    connection.execute(BROKEN[broken])
    found = results(new_york_url, forecast_checks.BATCH)
    assert not found[broken]


@pytest.mark.parametrize(
    ("harm", "holds"),
    [
        ("select 1", True),
        ("update detected.findings set knock_on_minutes = knock_on_minutes + 1", False),
    ],
)
def test_live_is_held_to_batch_in_a_job_of_its_own(
    new_york_url: str, connection: psycopg.Connection[Any], harm: str, holds: bool
) -> None:
    for make in DETECTORS.values():
        detection = Detection(connection, make, "flight.events")
        while detection.step() is not None:
            pass
    assert connection.execute("select 1 from detected.findings limit 1").fetchone()
    connection.execute(harm)
    found = results(new_york_url, checks.REALTIME, "check_live_equals_batch")
    assert found == {"detected.findings live_equals_batch": holds}
