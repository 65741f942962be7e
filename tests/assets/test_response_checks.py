"""The checks of assessments and books hold on what the line makes, and see what was lost."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from assets import checks
from streaming.store.audit import misbooked, unassessed
from tests.assets.test_checks import results
from tests.assets.test_response import (
    DAY,
    booked,
    connection,
    flight,
    flown,
    respond,
    scheduled,
)
from tests.landing_rows import land

__all__ = ["connection"]


@pytest.fixture
def line(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Three passengers owed, one of a changed cause, and one whose flight was in time."""
    land(connection, "passenger.events", 0, [booked(p, "late") for p in range(3)])
    land(connection, "passenger.events", 0, [booked(3, "off"), booked(4, "fine")])
    for name in ("late", "off", "fine"):
        land(connection, "flight.events", 0, [scheduled(name, "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, [*flown("late", DAY, 200), *flown("fine", DAY, 20)])
    for hours, cause in ((2, "crew_illness"), (1, "low_load")):
        at = DAY - timedelta(hours=hours)
        off = flight("off", "leg_cancelled", at, irregularity_cause=cause)
        land(connection, "flight.events", 0, [off])
        respond(connection)
    for table in ("transactions", "postings"):
        connection.execute(f"alter table ledger.{table} disable trigger user")
    return connection


NAMES = ("derived.assessments complete", "ledger.transactions complete")
HARM = {
    "an assessment is gone": (
        # What it led to is then booked without anybody having assessed it.
        "derived.assessments complete, ledger.transactions complete",
        "alter table ledger.transactions drop constraint fk_transactions_assessment_id_assessments;"
        "delete from derived.assessments where sequence = 0",
    ),
    "a booking is gone": (
        "ledger.transactions complete",
        "delete from ledger.postings where transaction_id ="
        " (select transaction_id from ledger.transactions where sequence = 0)",
    ),
    "a sum is raised, in balance": (
        "ledger.transactions complete",
        "update ledger.postings set amount_minor = amount_minor * 2 where transaction_id ="
        " (select transaction_id from ledger.transactions where sequence = 0)",
    ),
    "a reversal is gone": (
        "ledger.transactions complete",
        "delete from ledger.postings where transaction_id ="
        " (select transaction_id from ledger.transactions where kind = 'reversal' limit 1)",
    ),
    "somebody is owed what nobody assessed": (
        "ledger.transactions complete",
        "update ledger.transactions set obligation_key = gen_random_uuid() where sequence = 0",
    ),
}


@pytest.mark.parametrize("how", [None, *HARM])
def test_completeness(line: psycopg.Connection[Any], migrated_url: str, how: str | None) -> None:
    broken, statements = HARM[how] if how else ("", "select 1")
    for statement in statements.split(";"):
        line.execute(statement)
    assert [bool(unassessed(line)), bool(misbooked(line))] == [name in broken for name in NAMES]


def test_dagster_asks_them(line: psycopg.Connection[Any], migrated_url: str) -> None:
    line.execute(HARM["a booking is gone"][1])
    found = results(migrated_url, [one for one in checks.REALTIME if _complete(one)])
    assert found == {NAMES[0]: True, NAMES[1]: False}


def _complete(one: Any) -> bool:
    return any(f"{'.'.join(key.asset_key.path)} {key.name}" in NAMES for key in one.check_keys)


def test_what_is_not_read_yet_is_not_missing(line: psycopg.Connection[Any]) -> None:
    line.execute(HARM["a booking is gone"][1])
    line.execute("update logs.marks set next_offset = 0 where reader = 'ledger.transactions'")
    # Booked and by its mark not read: that is a contradiction the other way round.
    assert len(misbooked(line)) == 3
    line.execute("delete from ledger.postings")
    assert misbooked(line) == []
