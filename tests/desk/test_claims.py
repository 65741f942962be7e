"""A claim is told what happened: checked, booked and kept at once, or not at all."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.claims import ClaimRefused, IllegalMove
from streaming.desk.claims import standing
from streaming.desk.errors import Behind, RefusedByBooks, UnknownClaim
from streaming.store.lineage import Reference
from streaming.store.lineage import start_of as start
from tests.assets.test_response import DAY, flight, respond
from tests.desk.conftest import Desk
from tests.landing_rows import land

COST, OWED = "expense-compensation-eu261", "liability-probable-eu261-art6"
APPROVED = "liability-approved-eu261"


def test_a_claim_that_nobody_touched_has_no_rows_and_a_state(desk: Desk) -> None:
    assert desk.state() == "owed"
    assert desk.count("claims.events") == 0
    with pytest.raises(UnknownClaim):
        standing(desk.connection, UUID(int=1))


def test_a_claim_is_approved_and_booked_with_what_it_rests_on(desk: Desk) -> None:
    desk.approve()
    assert desk.state() == "approved"
    assert desk.balances() == {COST: 25_000, APPROVED: -25_000}
    told = desk.connection.execute(
        "select number, kind, state, evidence from claims.events order by sequence"
    ).fetchall()
    assert [row[:3] for row in told] == [
        (1, "assess_owed", "owed"),
        (2, "claim", "claimed"),
        (3, "approve", "approved"),
    ]
    row = desk.connection.execute(
        "select transaction_id::text, evidence from ledger.transactions where kind = 'approval'"
    ).fetchone()
    assert row is not None
    [reference] = [Reference.parse(text) for text in row[1]]
    log = desk.connection.execute(
        "select name from logs.logs where log_id = %s", (reference.log_id,)
    ).fetchone()
    assert (log, reference.offset) == (("claims.events",), 2)
    assert start(desk.connection, "ledger", row[0]) is not None


def test_an_event_told_twice_is_one(desk: Desk) -> None:
    desk.claim()
    event_id = uuid4()
    for _ in range(2):
        desk.tell("approve", event_id=event_id, amount_minor=20_000, currency="EUR")
    assert desk.balances() == {COST: 25_000, APPROVED: -20_000, OWED: -5_000}
    with pytest.raises(ClaimRefused, match="told otherwise"):
        desk.tell("approve", event_id=event_id, amount_minor=25_000, currency="EUR")


def test_an_illegal_move_stores_nothing_and_says_what_is_allowed(desk: Desk) -> None:
    with pytest.raises(IllegalMove, match="allowed to agent here: notify"):
        desk.tell("approve", amount_minor=25_000, currency="EUR")
    assert desk.count("claims.events") == 0
    desk.claim()
    with pytest.raises(ClaimRefused, match="25000 EUR is owed"):
        desk.tell("approve", amount_minor=25_001, currency="EUR")
    assert desk.count("claims.events") == 2


def test_what_the_books_refuse_is_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Books that somebody emptied behind the claim's back."""
    desk.claim()
    monkeypatch.setattr("streaming.desk.claims.already_booked", lambda connection, keys: {})
    with pytest.raises(RefusedByBooks):
        desk.tell("approve", amount_minor=25_000, currency="EUR")
    assert desk.state() == "claimed"
    assert desk.count("ledger.transactions") == 4


def test_while_the_books_are_behind_nothing_is_moved(desk: Desk) -> None:
    desk.claim()
    desk.connection.execute(
        "update logs.marks set next_offset = 0 where reader = 'ledger.transactions'"
    )
    with pytest.raises(Behind, match="in a few seconds"):
        desk.tell("approve", amount_minor=25_000, currency="EUR")


def test_nothing_is_written_off_while_a_court_may_hear_it(desk: Desk) -> None:
    """Amsterdam to London: both countries' courts are open (C-204/08)."""
    desk.claim()
    with pytest.raises(ClaimRefused, match="no court would hear any more"):
        desk.tell("expire", reason="too long ago")
    assert desk.balances() == {COST: 25_000, OWED: -25_000}
    assert desk.state() == "claimed"


def test_an_excuse_needs_papers_and_a_second_person(desk: Desk) -> None:
    desk.claim()
    desk.tell("excuse_proposed", actor="ops-1", role="ops", cause="weather_unsafe")
    with pytest.raises(ClaimRefused, match="documents"):
        desk.tell("excuse")
    desk.tell("excuse_documented", actor="ops-1", role="ops", document_sha256="a" * 64)
    with pytest.raises(ClaimRefused, match="second person"):
        desk.tell("excuse", actor="OPS-1")
    assert desk.tell("excuse").state == "excused"


def test_a_changed_assessment_is_told_before_the_next_move(desk: Desk) -> None:
    """The flight was in time after all: nothing is left that could be approved."""
    desk.claim()
    in_time = DAY + timedelta(hours=2)
    told = flight(
        "late", "leg_arrived", DAY + timedelta(hours=20), aibt=in_time, doors_open_at=in_time
    )
    land(desk.connection, "flight.events", 0, [told])
    respond(desk.connection)
    assert desk.state() == "not_owed"
    with pytest.raises(IllegalMove):
        desk.tell("approve", amount_minor=25_000, currency="EUR")
    desk.tell("contest", actor="p", role="passenger")
    kinds = desk.connection.execute("select kind from claims.events order by number").fetchall()
    assert [kind for (kind,) in kinds] == ["assess_owed", "claim", "assess_not_owed", "contest"]


@pytest.mark.parametrize("statement", ["delete from {}", "update {} set {} = null"])
def test_what_was_told_stays_told_even_for_the_owner(desk: Desk, statement: str) -> None:
    desk.claim()
    with pytest.raises(psycopg.Error, match="append-only"):
        desk.connection.execute(statement.format("claims.events", "reason"))
