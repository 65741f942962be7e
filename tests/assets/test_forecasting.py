"""Features and forecasts on a real database: another feature set starts over beside the old one."""

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Thread
from typing import Any

import numpy as np
import psycopg
import pytest

from assets.derivations import features, forecasts
from domain.features import FEATURE_SET, NAMES, FeatureRow, History, Region
from ml.candidates import logistic
from ml.climatology import Climatology
from ml.tracking import Champion
from streaming.derivation import AlreadyDone, NothingPending, Written, pending_intervals, run
from streaming.sources.nycflights13.settings import AIRPORTS, Assumptions
from streaming.store.database import connect
from streaming.topics import TOPICS
from tests.assets.new_york import DAY, EVENTS, clock
from tests.landing_rows import land

REGION = Region(Assumptions().zone, AIRPORTS)
FEATURES = features.derivation(lambda: History.empty(REGION, DAY))
NEXT = "delay15-h2-next"


@pytest.fixture
def connection(new_york_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(new_york_url, "test", autocommit=True) as made:
        yield made


def champion(day: date = DAY, feature_set: str = FEATURE_SET) -> Champion:
    seeded = np.random.default_rng(1)
    seen = seeded.normal(size=(200, len(NAMES)))
    return Champion(
        "knockon-delay15", "7", feature_set,
        logistic().fit(seen, seeded.integers(0, 2, 200)),
        Climatology.fit([("UA", 8, True), ("UA", 9, False)]),
        History.empty(REGION, day),
    )  # fmt: skip


def derive_all(connection: psycopg.Connection[Any]) -> None:
    while not isinstance(run(connection, FEATURES), NothingPending):
        pass


def rows(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select sequence, feature_set, leg_id, as_of, values - 'history', evidence"
        " from derived.features order by sequence"
    ).fetchall()


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the code had been deployed with another feature set."""
    for module in (
        "domain.features.fold", "domain.features.row",
        "assets.derivations.features", "assets.derivations.forecasts",
    ):  # fmt: skip
        monkeypatch.setattr(f"{module}.FEATURE_SET", NEXT)
    monkeypatch.setattr(FeatureRow, "feature_set", NEXT)


def test_another_feature_set_starts_over_and_its_rows_stand_beside_the_old(
    connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    derive_all(connection)
    old = rows(connection)
    assert len(old) > 20
    upgrade(monkeypatch)
    land(connection, "flight.events", 0, [clock()])
    asked = pending_intervals(connection, FEATURES)
    done = run(connection, FEATURES, asked)
    assert isinstance(done, Written)
    assert done.rows_read > EVENTS, "it reads from the beginning, whatever was asked for"
    derive_all(connection)
    both = rows(connection)
    assert both[: len(old)] == old
    new = both[len(old) :]
    assert {row[1] for row in new} == {NEXT}
    assert [row[2:] for row in new] == [row[2:] for row in old]
    assert isinstance(run(connection, FEATURES, asked), AlreadyDone)
    assert rows(connection) == both


@pytest.mark.parametrize(
    "harm",
    [
        "delete from detected.snapshots",
        "update detected.snapshots set version = '0'",
        "update detected.snapshots set state = '\\x00'",
    ],
)
def test_a_snapshot_of_no_use_costs_time_and_no_row(
    connection: psycopg.Connection[Any], harm: str
) -> None:
    derive_all(connection)
    before = rows(connection)
    connection.execute(harm)
    land(connection, "flight.events", 0, [clock()])
    derive_all(connection)
    assert rows(connection) == before


def test_of_two_that_start_over_one_does(
    connection: psycopg.Connection[Any], new_york_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive_all(connection)
    count = len(rows(connection))
    upgrade(monkeypatch)
    land(connection, "flight.events", 0, [clock()])
    asked = pending_intervals(connection, FEATURES)
    answers: list[object] = []

    def work() -> None:
        with connect(new_york_url, "test", autocommit=True) as own:
            answers.append(run(own, FEATURES, asked))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == [
        "AlreadyDone", "AlreadyDone", "Written",
    ]  # fmt: skip
    derive_all(connection)
    assert len(rows(connection)) == 2 * count


def test_a_topic_with_more_partitions_is_folded_anew(
    connection: psycopg.Connection[Any],
) -> None:
    derive_all(connection)
    before = rows(connection)
    land(connection, "flight.events", TOPICS["flight.events"].partitions, [clock()])
    derive_all(connection)
    assert rows(connection) == before


def test_forecasts_pass_over_rows_of_an_earlier_feature_set(
    connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    derive_all(connection)
    count = len(rows(connection))
    upgrade(monkeypatch)
    land(connection, "flight.events", 0, [clock()])
    derive_all(connection)
    done = run(connection, forecasts.derivation(lambda: champion(feature_set=NEXT)))
    assert isinstance(done, Written)
    assert done.outcome.rows == {"derived.forecasts": count}
    assert done.outcome.counts["rows of an earlier feature set"] == count
    assert done.outcome.versions["model"] == "knockon-delay15 7"


def test_a_model_does_not_forecast_what_it_has_learned_from(
    connection: psycopg.Connection[Any],
) -> None:
    derive_all(connection)
    done = run(connection, forecasts.derivation(lambda: champion(DAY + timedelta(days=1))))
    assert isinstance(done, Written)
    assert done.outcome.rows == {"derived.forecasts": 0}
    assert done.outcome.counts["rows that the model has seen"] == len(rows(connection))
