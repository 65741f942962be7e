"""Several write the books at once: none waits while another works out what, none is passed over."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from assets.derivations import ledger
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from domain.ledger import Books, Obligation, Occasion, moves
from domain.ledger.position import Position
from streaming.derivation import run
from streaming.store.database import connect
from streaming.store.derive_ledger import already_booked, write_transactions
from tests.assets.test_response import (
    DAY,
    booked,
    connection,
    drained,
    flight,
    flown,
    owed,
    respond,
    scheduled,
)
from tests.landing_rows import land

__all__ = ["connection"]


@pytest.fixture
def obligation(connection: psycopg.Connection[Any]) -> Obligation:
    """EUR 250 are booked for somebody whose flight then turns out to have been in time."""
    land(connection, "passenger.events", 0, [booked(1, "late")])
    land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    respond(connection)
    in_time = scheduled("late", "AMS", "LHR", DAY).sibt
    told = flight("late", "leg_arrived", DAY.replace(hour=20), aibt=in_time, doors_open_at=in_time)
    land(connection, "flight.events", 0, [told])
    for derivation in (DISRUPTIONS, PASSENGER_IMPACTS, ASSESSMENTS):
        drained(connection, derivation)
    row = connection.execute(
        "select passenger_ref, journey_id from derived.passenger_impacts limit 1"
    ).fetchone()
    assert row is not None
    return Obligation(*row)


def test_what_is_approved_meanwhile_is_withdrawn(
    connection: psycopg.Connection[Any],
    obligation: Obligation,
    migrated_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An agent approves between the reading of the books and the writing."""
    asked: list[set[UUID]] = []

    def read(session: Any, keys: set[UUID]) -> dict[UUID, Any]:
        found = already_booked(session, keys)
        if not asked:
            _approve(migrated_url, obligation)
        asked.append(keys)
        return found

    monkeypatch.setattr(ledger, "already_booked", read)
    run(connection, ledger.LEDGER)
    assert len(asked) == 2
    position = Position.of(already_booked(connection, [obligation.key])[obligation.key])
    assert position.contradictions() == []
    assert owed(connection) == {}


def test_what_others_do_meanwhile_is_not_read_again(
    connection: psycopg.Connection[Any],
    obligation: Obligation,
    migrated_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _approve(migrated_url, obligation)  # before it is read
    asked = []

    def read(session: Any, keys: set[UUID]) -> dict[UUID, Any]:
        asked.append(keys)
        return already_booked(session, keys)

    monkeypatch.setattr(ledger, "already_booked", read)
    run(connection, ledger.LEDGER)
    assert len(asked) == 1
    assert owed(connection) == {}


def _approve(url: str, obligation: Obligation) -> None:
    with connect(url, "agent", autocommit=True) as agent, agent.transaction():
        carried = already_booked(agent, [obligation.key])[obligation.key]
        made = moves.approve(
            Books(obligation, carried), 25_000, "EUR", Occasion(DAY, "approved", "agent-1")
        )
        write_transactions(agent, [(one, ("1/0/0",)) for one in made], "test")
