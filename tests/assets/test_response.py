"""From a disruption to the books: passengers, law and money on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.run import shown
from domain.events import FlightEvent, PassengerEvent
from domain.identity import name_uuid
from streaming.derivation import Derivation, NothingPending, Written, run
from streaming.store.database import connect
from tests.landing_rows import SEALED, land

DAY = datetime(2026, 6, 15, 8, tzinfo=UTC)
CHAIN = (DISRUPTIONS, PASSENGER_IMPACTS, ASSESSMENTS, LEDGER)


@pytest.fixture
def connection(migrated_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(migrated_url, "test", autocommit=True) as made:
        yield made


def leg_id(name: str) -> UUID:
    return name_uuid("leg", name)


_ids = iter(range(1_000_000))


def flight(name: str, kind: str, at: datetime, **facts: Any) -> FlightEvent:
    return FlightEvent(
        event_id=name_uuid("event", next(_ids)), key=name, kind=kind, occurred_at=at,
        produced_at=at, source="test", correlation_id=name_uuid("correlation", name),
        leg_id=leg_id(name), **facts,
    )  # fmt: skip


def scheduled(name: str, origin: str, destination: str, sobt: datetime) -> FlightEvent:
    return flight(
        name, "leg_scheduled", DAY - timedelta(days=20), airline="KL", flight_number="1007",
        departure_airport=origin, arrival_airport=destination, origin_date=DAY.date(),
        sobt=sobt, sibt=sobt + timedelta(hours=2), operating_licence="eu",
    )  # fmt: skip


def flown(name: str, sobt: datetime, late: int) -> list[FlightEvent]:
    minutes = timedelta(minutes=late)
    aibt = sobt + timedelta(hours=2) + minutes
    return [
        flight(name, "leg_departed", sobt + minutes, aobt=sobt + minutes),
        flight(name, "leg_arrived", aibt, aibt=aibt, doors_open_at=aibt),
    ]


def told(passenger: int, kind: str, at: datetime, **facts: Any) -> PassengerEvent:
    return PassengerEvent(
        event_id=name_uuid("told", next(_ids)), key=str(name_uuid("passenger", passenger)),
        kind=kind, occurred_at=at, produced_at=at, source="test",
        correlation_id=name_uuid("correlation", passenger),
        passenger_ref=name_uuid("passenger", passenger),
        journey_id=name_uuid("journey", passenger), **facts,
    )  # fmt: skip


def booked(passenger: int, *names: str) -> PassengerEvent:
    return told(
        passenger, "journey_booked", DAY - timedelta(days=10),
        leg_ids=tuple(leg_id(name) for name in names), sealed=SEALED, fare_type="public",
        passenger_type="adult", checked_in=True,
    )  # fmt: skip


def respond(connection: psycopg.Connection[Any]) -> list[int]:
    """Run the chain until nothing is pending; rows written per derivation."""
    return [drained(connection, derivation) for derivation in CHAIN]


def drained(connection: psycopg.Connection[Any], derivation: Derivation) -> int:
    rows = 0
    while not isinstance(done := run(connection, derivation), NothingPending):
        assert isinstance(done, Written)
        rows += done.outcome.rows[derivation.reader]
    return rows


def owed(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """What the liability accounts carry, by currency, minor units."""
    rows = connection.execute(
        "select currency, -sum(amount_minor) from ledger.postings"
        " where account like 'liability%' group by currency having sum(amount_minor) <> 0"
    )
    return {row[0]: int(row[1]) for row in rows}


def count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_three_hours_late_is_booked_for_every_passenger_once(
    connection: psycopg.Connection[Any],
) -> None:
    """AMS-LHR, 370 km, 200 minutes late at the door: EUR 250 each (Art 7(1)(a), C-402/07)."""
    land(connection, "passenger.events", 0, [booked(p, "late") for p in range(3)])
    land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    assert respond(connection) == [1, 3, 3, 3]
    assert owed(connection) == {"EUR": 3 * 25_000}
    assert respond(connection) == [0, 0, 0, 0]


def test_reading_everything_again_books_nothing(connection: psycopg.Connection[Any]) -> None:
    land(connection, "passenger.events", 0, [booked(p, "late") for p in range(3)])
    land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    respond(connection)
    connection.execute("delete from logs.marks where reader <> 'derived.assessments'")
    assert respond(connection) == [0, 0, 0, 0]
    assert count(connection, "ledger.transactions") == 3


def test_each_cause_told_reverses_and_books_again_and_so_does_one_that_comes_back(
    connection: psycopg.Connection[Any],
) -> None:
    """Neither cause excuses, so the sum stays; what it rests on changes and changes back."""
    land(connection, "passenger.events", 0, [booked(1, "off")])
    land(connection, "flight.events", 0, [scheduled("off", "AMS", "LHR", DAY)])
    off = [
        flight("off", "leg_cancelled", DAY - timedelta(hours=2), irregularity_cause=cause)
        for cause in ("crew_illness", "low_load", "crew_illness")
    ]
    for n, event in enumerate(off):
        late = event.model_copy(update={"occurred_at": event.occurred_at + timedelta(minutes=n)})
        land(connection, "flight.events", 0, [late])
        assert respond(connection)[1:] == [1, 1, 1 if n == 0 else 2]
        assert owed(connection) == {"EUR": 25_000}
    kinds = connection.execute(
        "select kind, reverses is not null from ledger.transactions order by sequence"
    ).fetchall()
    assert [kind for kind, _ in kinds] == ["accrual", "reversal", "accrual", "reversal", "accrual"]
    assert count(connection, "derived.passenger_impacts") == 3


def test_a_missed_connection_is_settled_when_the_next_flight_arrives(
    connection: psycopg.Connection[Any],
) -> None:
    """The late first leg makes the disruption; the end of the journey decides the sum (C-11/11)."""
    noon = DAY + timedelta(hours=4)
    evening = DAY + timedelta(hours=9)
    land(connection, "passenger.events", 0, [booked(1, "first", "onward"), booked(2, "onward")])
    land(
        connection,
        "flight.events",
        0,
        [
            scheduled("first", "AMS", "FRA", DAY),
            scheduled("onward", "FRA", "VIE", noon - timedelta(minutes=30)),
            scheduled("next", "FRA", "VIE", evening),
            *flown("first", DAY, 100),
            *flown("onward", noon - timedelta(minutes=30), 0),
        ],
    )
    rebooked = told(1, "passenger_rebooked", noon, leg_ids=(leg_id("next"),))
    land(connection, "passenger.events", 0, [rebooked])
    respond(connection)
    before = connection.execute("select settled from derived.passenger_impacts").fetchall()
    land(connection, "flight.events", 0, flown("next", evening, 0))
    respond(connection)
    rows = connection.execute(
        "select settled, facts->>'event', (facts->>'arrival_delay_minutes')::int"
        " from derived.passenger_impacts order by sequence"
    ).fetchall()
    assert before == [(False,)]
    assert rows[-1] == (True, "missed_connection", 330)
    assert owed(connection) == {"EUR": 25_000}


def test_a_delay_that_was_none_is_taken_back(connection: psycopg.Connection[Any]) -> None:
    land(connection, "passenger.events", 0, [booked(1, "late")])
    land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    respond(connection)
    assert owed(connection) == {"EUR": 25_000}
    mended = [
        event.model_copy(update={"occurred_at": event.occurred_at + timedelta(hours=5)})
        for event in flown("late", DAY, 2)
    ]
    land(connection, "flight.events", 0, mended)
    assert respond(connection) == [1, 1, 1, 1]
    assert owed(connection) == {}


def test_every_posting_leads_back_to_records_on_kafka(
    connection: psycopg.Connection[Any],
) -> None:
    from orchestration.lineage.walk import walk

    land(connection, "passenger.events", 2, [booked(1, "late")])
    flights = land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    respond(connection)
    [row] = connection.execute("select transaction_id::text from ledger.transactions").fetchall()
    steps = list(walk(connection, "ledger", row[0]).steps())
    on_kafka = {str(step.reference) for step in steps if step.on_kafka}
    assert {f"{flights}/0/{offset}" for offset in range(3)} <= on_kafka
    assert [s.log.name for s in steps if not s.on_kafka] == [
        "ledger.transactions",
        "derived.assessments",
        "derived.passenger_impacts",
        "derived.disruptions",
    ]


def test_what_was_assessed_and_booked_is_shown_by_example(
    connection: psycopg.Connection[Any],
) -> None:
    """Whoever follows one claim finds its sum and reasons with the run that made it."""
    land(connection, "passenger.events", 0, [booked(p, "late") for p in range(20)])
    land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    for derivation in (DISRUPTIONS, PASSENGER_IMPACTS):
        drained(connection, derivation)
    done = [run(connection, derivation) for derivation in (ASSESSMENTS, LEDGER)]
    assessed, booked_rows = [shown(one)["examples"] for one in done if isinstance(one, Written)]
    assert len(assessed.records) == len(booked_rows.records) == 10
    for one, other in zip(assessed.records, booked_rows.records, strict=True):
        assert one.data["obligation"] == other.data["obligation"]
        assert one.data["sum"] == other.data["sum"] == "250.00 EUR"
        assert "Result: 250.00 EUR under EU261" in one.data["why"]
