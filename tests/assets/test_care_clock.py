"""Care from the airport's desk to the books: on time, within the law or not, and once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from assets import checks
from assets.derivations.care_clock import CARE_CLOCK
from domain.identity import name_uuid
from domain.ledger import obligation_key
from orchestration.lineage.walk import walk
from streaming.store.audit import misbooked, unbalanced
from streaming.store.derive_care import uncounted_care
from tests.assets.test_checks import results
from tests.assets.test_response import (
    DAY,
    booked,
    connection,
    count,
    drained,
    flight,
    flown,
    leg_id,
    respond,
    scheduled,
    told,
)
from tests.landing_rows import land

__all__ = ["connection"]


def test_care_is_booked_once_as_the_law_has_it(
    connection: psycopg.Connection[Any], migrated_url: str
) -> None:
    """Two wait 200 minutes for a flight of 370 km: meals are owed, a night is not."""
    meal = given(0, "meals", 1200, supplier="LHR-SNACKS")
    hotel = given(0, "hotel", 9000, supplier="LHR-INN")
    events = [meal, meal, hotel, given(0, "comms", 0, supplier="desk"),
              given(1, "transport", 2500, kind="care_receipt"),
              given(1, "meals", 900, kind="care_receipt")]  # fmt: skip
    land(connection, "passenger.events", 0, [booked(p, "late") for p in range(2)])
    cared = land(connection, "passenger.events", 1, events)
    # Nobody has assessed anything: it waits, and says so.
    assert clock(connection) == 2
    assert counted(connection, 0) == {"not_assessed": 2, "free": 1}
    assert count(connection, "ledger.transactions") == 0
    assert uncounted_care(connection) == []

    land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
    land(connection, "flight.events", 0, flown("late", DAY, 200))
    respond(connection)
    assert uncounted_care(connection) == []
    assert clock(connection) == 2
    assert counted(connection, 0) == {"within": 1, "beyond": 1, "free": 1}
    assert counted(connection, 1) == {"within": 1, "not_owed": 1}
    expected = {
        "expense-care-eu261": 2100,
        "expense-goodwill": 9000,
        "liability-care-eu261": -11100,
    }
    assert care_books(connection) == expected
    assert clock(connection) == 0
    steps = list(walk(connection, "ledger", transaction(connection, meal.event_id)).steps())
    assert f"{cared}/1/0" in {str(step.reference) for step in steps}
    assert "derived.assessments" in {step.log.name for step in steps}

    # All read anew books nothing; nor does another answer take back what was given.
    connection.execute("delete from logs.marks where reader = 'derived.care_clock'")
    assert clock(connection) == 0
    mended = [event.model_copy(update={"occurred_at": event.occurred_at + timedelta(hours=5)})
              for event in flown("late", DAY, 2)]  # fmt: skip
    land(connection, "flight.events", 0, mended)
    respond(connection)
    assert clock(connection) == 2
    assert care_books(connection) == expected
    assert counted(connection, 0) == {"within": 1, "beyond": 1, "free": 1}
    assert (misbooked(connection), unbalanced(connection)) == ([], [])

    asked = [one for one in checks.REALTIME if any("care_clock" in key.asset_key.path
                                                   for key in one.check_keys)]  # fmt: skip
    assert set(results(migrated_url, asked).values()) == {True}
    connection.execute("alter table ledger.postings disable trigger user")
    connection.execute("delete from ledger.postings where amount_minor = 9000")
    assert uncounted_care(connection) == [str(hotel.event_id)]


def test_goodwill_becomes_care_once_it_was_owed(connection: psycopg.Connection[Any]) -> None:
    """A room for a passenger of a cancelled flight, before it is known that a night is needed."""
    room = given(1, "hotel", 8000, supplier="AMS-INN")
    land(connection, "passenger.events", 0, [booked(1, "off"), room])
    tomorrow = DAY + timedelta(days=1)
    off = flight("off", "leg_cancelled", DAY - timedelta(hours=2), irregularity_cause="low_load")
    plan = [scheduled("off", "AMS", "LHR", DAY), scheduled("next", "AMS", "LHR", tomorrow)]
    land(connection, "flight.events", 0, [*plan, off])
    respond(connection)
    clock(connection)
    assert care_books(connection) == {"expense-goodwill": 8000, "liability-care-eu261": -8000}
    # Meals and calls were due at once, and nobody told of any.
    for minutes, first in ((30, []), (31, ["meals, comms"])):
        found = checks.care_overdue(connection, DAY + timedelta(minutes=minutes))
        shown = found.metadata["first"].value
        assert [line.partition(": ")[2] for line in shown] == first
        assert found.passed is (first == [])
    rebooked = told(1, "passenger_rebooked", DAY, leg_ids=(leg_id("next"),))
    land(connection, "passenger.events", 0, [rebooked])
    land(connection, "flight.events", 0, flown("next", tomorrow, 0))
    respond(connection)
    clock(connection)
    assert care_books(connection) == {"expense-care-eu261": 8000, "liability-care-eu261": -8000}
    assert counted(connection, 1) == {"within": 1}
    assert uncounted_care(connection) == []


def given(passenger: int, care: str, minor: int, kind: str = "care_given", **facts: Any) -> Any:
    return told(passenger, kind, DAY, care=care, amount_minor=minor, currency="EUR", **facts)


def clock(connection: psycopg.Connection[Any]) -> int:
    return drained(connection, CARE_CLOCK)


def counted(connection: psycopg.Connection[Any], passenger: int) -> dict[str, int]:
    """How many pieces of care count as what in the newest clock of a passenger."""
    care_key = obligation_key(
        name_uuid("passenger", passenger), name_uuid("journey", passenger), "care"
    )
    rows = connection.execute(
        "select g.value ->> 'counts', count(*)::int from (select * from derived.care_clock"
        " where care_key = %s order by revision desc limit 1) c, jsonb_each(c.given) g group by 1",
        (care_key,),
    )
    return dict(rows.fetchall())


def care_books(connection: psycopg.Connection[Any]) -> dict[str, int]:
    rows = connection.execute(
        "select account, sum(amount_minor)::int from ledger.postings"
        " where account ~ 'care|goodwill' group by 1 having sum(amount_minor) <> 0"
    )
    return dict(rows.fetchall())


def transaction(connection: psycopg.Connection[Any], event_id: UUID) -> str:
    row = connection.execute(
        "select transaction_id::text from ledger.transactions where reference = %s",
        (str(event_id),),
    ).fetchone()
    assert row is not None
    return str(row[0])


def test_two_on_one_journey_are_cared_for_one_by_one(connection: psycopg.Connection[Any]) -> None:
    """A pair travels on one booking; the second is given a meal when the first has hers."""
    journey = name_uuid("journey", 0)
    pair = [booked(p, "late").model_copy(update={"journey_id": journey}) for p in range(2)]
    land(connection, "passenger.events", 0, pair)
    for passenger in range(2):
        meal = given(passenger, "meals", 1000, supplier="LHR-SNACKS")
        meal = meal.model_copy(update={"journey_id": journey})
        land(connection, "passenger.events", 1, [meal])
        assert clock(connection) == 1
    assert uncounted_care(connection) == []
