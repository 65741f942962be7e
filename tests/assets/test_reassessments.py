"""A rule is mended: what stands under the old one is assessed again, and the books follow."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from assets import checks
from assets.derivations.reassessments import Reassessed, reassess
from benchmarks.mended_rule import other_rule
from streaming.store.audit import misbooked
from streaming.store.derive import Database
from tests.assets.test_checks import results
from tests.assets.test_response import (
    DAY,
    booked,
    connection,
    count,
    flight,
    flown,
    owed,
    respond,
    scheduled,
)
from tests.landing_rows import land

__all__ = ["connection"]


def law(says: str, instead: str) -> AbstractContextManager[None]:
    """Within it EU261 says something else."""
    return other_rule("V-EU-1.toml", says, instead)


@pytest.fixture
def database(connection: psycopg.Connection[Any], migrated_url: str) -> Database:
    """Three passengers 200 minutes late from Amsterdam to London, and one 20 minutes late."""
    land(connection, "passenger.events", 0, [booked(p, "late") for p in range(3)])
    land(connection, "passenger.events", 0, [booked(4, "fine")])
    for name, late in (("late", 200), ("fine", 20)):
        land(connection, "flight.events", 0, [scheduled(name, "AMS", "LHR", DAY)])
        land(connection, "flight.events", 0, flown(name, DAY, late))
    return Database(migrated_url, "test")


CHEAP = ("le1500 = 25000", "le1500 = 20000")


def test_a_mended_sum_is_reversed_and_posted_again(
    connection: psycopg.Connection[Any], database: Database
) -> None:
    with law(*CHEAP):
        respond(connection)
        assert owed(connection) == {"EUR": 60_000}
    tried = reassess(database, "test", dry_run=True)
    assert (tried.looked_at, tried.changed) == (4, 3)
    assert (tried.before, tried.after) == ({"EUR": 60_000}, {"EUR": 75_000})
    assert count(connection, "derived.assessments") == 4
    assert count(connection, "derived.reassessments") == 0

    assert reassess(database, "test") == tried
    respond(connection)
    assert owed(connection) == {"EUR": 75_000}
    kinds = connection.execute("select kind from ledger.transactions order by sequence").fetchall()
    assert [kind for (kind,) in kinds] == ["accrual"] * 3 + ["reversal", "accrual"] * 3
    assert misbooked(connection) == []
    assert reassess(database, "test") == Reassessed()


def test_a_rule_mended_and_mended_back_is_booked_each_time(
    connection: psycopg.Connection[Any], database: Database
) -> None:
    respond(connection)
    for _ in range(2):
        with law(*CHEAP):
            assert reassess(database, "test").changed == 3
            respond(connection)
            assert owed(connection) == {"EUR": 60_000}
        assert reassess(database, "test").changed == 3
        respond(connection)
        assert owed(connection) == {"EUR": 75_000}
    assert count(connection, "ledger.transactions") == 3 * (1 + 4 * 2)


def test_an_answer_that_is_the_same_is_confirmed_and_not_booked_again(
    connection: psycopg.Connection[Any],
    database: Database,
    migrated_url: str,
) -> None:
    with law("gt3500 = 60000", "gt3500 = 60100"):  # they flew 370 km
        respond(connection)
    current = [one for one in checks.REALTIME if _current(one)]
    assert results(migrated_url, current) == {"derived.assessments current": False}
    found = reassess(database, "test")
    assert (found.looked_at, found.changed) == (4, 0)
    assert respond(connection) == [0, 0, 0, 0]
    assert count(connection, "ledger.transactions") == 3
    assert results(migrated_url, current) == {"derived.assessments current": True}


def _current(one: Any) -> bool:
    return any(key.name == "current" for key in one.check_keys)


def test_newer_facts_win_over_older_ones_assessed_again(
    connection: psycopg.Connection[Any], database: Database
) -> None:
    """The flight turns out in time before the old assessment is looked at again."""
    with law(*CHEAP):
        respond(connection)
    in_time = DAY + timedelta(hours=2)
    told = flight(
        "late", "leg_arrived", DAY + timedelta(hours=9), aibt=in_time, doors_open_at=in_time
    )
    land(connection, "flight.events", 0, [told])
    assert reassess(database, "test").changed == 3
    respond(connection)
    assert owed(connection) == {}
    assert misbooked(connection) == []
    assert reassess(database, "test") == Reassessed()
