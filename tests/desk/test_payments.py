"""From a scheduled claim to the bank and back, exactly once, and nothing in plaintext."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.claims import ClaimEvent, ClaimRefused
from domain.payments import BankDetails, Debtor, PaymentRefused, UntrustedFile
from orchestration.verify.personal import account_needles, traces
from streaming.desk import payments
from streaming.desk.claims import standing
from streaming.desk.errors import RefusedByBooks
from streaming.store import payments as stored
from streaming.store.audit import dump, sealed_accounts, tables
from tests.assets.test_response import DAY, flight, respond
from tests.desk.conftest import Desk
from tests.domain.payments.bank import (
    DEBTOR,
    DUE,
    PAYEE,
    POUNDS,
    entry,
    notification,
    status_report,
    transaction,
)
from tests.landing_rows import land

COST, CASH, TRANSIT = "expense-compensation-eu261", "cash", "payments-in-transit"
PAYABLE, RECEIVABLE = "payable", "repayment-receivable"


def paid_in_full(desk: Desk, passenger: int = 0) -> str:
    """Approved, scheduled, exported and executed; the end-to-end id."""
    desk.approve(passenger)
    desk.schedule(passenger)
    desk.export()
    end = end_to_end(desk, passenger)
    desk.read(notification(entry(f"B{passenger}", "250.00", transaction(end, "250.00"))))
    return end


def end_to_end(desk: Desk, passenger: int = 0) -> str:
    row = desk.connection.execute(
        "select instruction_id from payments.instructions where obligation_key = %s"
        " order by attempt desc limit 1",
        (desk.key(passenger),),
    ).fetchone()
    assert row is not None
    return str(row[0].hex)


def in_time(desk: Desk) -> None:
    """It turns out that the flight was not late."""
    at = DAY + timedelta(hours=2)
    told = flight("late", "leg_arrived", DAY + timedelta(hours=20), aibt=at, doors_open_at=at)
    land(desk.connection, "flight.events", 0, [told])
    respond(desk.connection)


def test_a_claim_is_paid_and_comes_back_and_is_paid_again(desk: Desk) -> None:
    desk.approve()
    desk.schedule()
    assert desk.balances() == {COST: 25_000, PAYABLE: -25_000}
    left = desk.export()
    assert left is not None
    assert (left.payments, left.total_minor, left.left_out) == (1, 25_000, ())
    assert desk.balances() == {COST: 25_000, TRANSIT: -25_000}
    assert PAYEE.iban is not None
    assert PAYEE.iban in left.content
    first = end_to_end(desk)
    desk.read(status_report(left.batch.batch_id.hex, [(first, "ACSP")]))
    assert desk.status() == ["accepted"]
    moved = notification(entry("B1", "250.00", transaction(first, "250.00")))
    assert desk.read(moved).outcomes == {"executed": 1}
    assert desk.state() == "paid"
    assert desk.balances() == {COST: 25_000, CASH: -25_000}
    [(what,)] = desk.connection.execute(
        "select c.kind from ledger.transactions t join claims.events c on t.evidence[1] ="
        " (select log_id from logs.logs where name = 'claims.events') || '/0/' || c.sequence"
        " where t.kind = 'payment'"
    ).fetchall()
    assert what == "pay"  # the booking leads to what the bank said

    back = transaction(first, "250.00", direction="CRDT", reason="AC04")
    desk.read(notification(entry("B2", "250.00", back, direction="CRDT")))
    assert desk.state() == "returned"
    desk.schedule()
    assert desk.status() == ["returned", "made"]
    assert desk.balances() == {COST: 25_000, PAYABLE: -25_000}
    desk.export()
    second = end_to_end(desk)
    assert second != first
    desk.read(notification(entry("B3", "250.00", transaction(second, "250.00"))))
    assert (desk.state(), desk.balances()) == ("paid", {COST: 25_000, CASH: -25_000})


def test_a_file_that_is_read_again_changes_nothing_and_neither_does_its_news(desk: Desk) -> None:
    end = paid_in_full(desk)
    before = desk.balances(), desk.count("ledger.transactions"), desk.count("claims.events")
    same = notification(entry("B0", "250.00", transaction(end, "250.00")))
    assert desk.read(same).read_before
    # The same movement in another file: a bank that tells everything since Monday.
    again = desk.read(notification(entry("B0", "250.00", transaction(end, "250.00")), head=" "))
    assert (again.read_before, again.outcomes, again.unmatched) == (False, {}, 0)
    after = desk.balances(), desk.count("ledger.transactions"), desk.count("claims.events")
    assert after == before


def test_what_nobody_expected_waits_for_a_person(desk: Desk) -> None:
    end = paid_in_full(desk)
    twice = desk.read(notification(entry("B9", "250.00", transaction(end, "250.00"))))
    assert (twice.outcomes, twice.unmatched) == ({}, 1)
    [waiting] = stored.unmatched(desk.connection)
    assert "moved money twice" in waiting["why"]
    assert desk.balances() == {COST: 25_000, CASH: -25_000}
    assert stored.mark_seen(desk.connection, str(waiting["unmatched_id"]), "agent-1", "asked") == 1
    assert stored.unmatched(desk.connection) == []
    with pytest.raises(UntrustedFile, match=r"as pain\.002.*as camt\.054"):
        desk.read(b"<html/>")


def test_a_rejected_instruction_ends_and_a_further_one_may_follow(desk: Desk) -> None:
    desk.approve()
    desk.schedule()
    left = desk.export()
    assert left is not None
    desk.read(status_report(left.batch.batch_id.hex, [(end_to_end(desk), "RJCT")]))
    assert (desk.state(), desk.status()) == ("returned", ["rejected"])
    assert desk.balances() == {COST: 25_000, PAYABLE: -25_000}
    desk.schedule()
    assert desk.status() == ["rejected", "made"]


def test_nothing_is_scheduled_twice_or_unapproved(desk: Desk) -> None:
    with pytest.raises(ClaimRefused, match="approve it first"):
        desk.schedule()
    desk.approve()
    desk.schedule()
    with pytest.raises(PaymentRefused, match="nothing is paid twice"):
        desk.schedule()
    assert desk.status() == ["made"]


def test_what_is_withdrawn_does_not_leave_and_what_left_is_not_withdrawn(desk: Desk) -> None:
    desk.approve()
    desk.schedule()
    event = {"reason": "wrong account", "occurred_at": DAY + timedelta(days=31)}
    withdrawn = _event(desk, "withdraw", **event)
    payments.withdraw(desk.connection, withdrawn)
    assert (desk.state(), desk.status()) == ("claimed", ["rejected"])
    assert stored.due(desk.connection, DAY.date() + timedelta(days=365)) == []
    desk.tell("approve", amount_minor=25_000, currency="EUR")
    desk.schedule()
    desk.export()
    with pytest.raises(RefusedByBooks, match="the bank has this payment"):
        payments.withdraw(desk.connection, _event(desk, "withdraw", **event))
    assert desk.status() == ["rejected", "sent"]


def test_what_is_not_owed_any_more_does_not_leave(desk: Desk) -> None:
    for passenger in range(2):
        desk.approve(passenger)
        desk.schedule(passenger)
    in_time(desk)
    assert desk.export() is None
    assert [desk.status(p) for p in range(2)] == [["rejected"], ["rejected"]]
    assert standing(desk.connection, desk.key()).claim.owed_minor == 0


def test_what_was_paid_and_is_not_owed_is_claimed_back(desk: Desk) -> None:
    paid_in_full(desk)
    in_time(desk)
    assert desk.balances() == {CASH: -25_000, RECEIVABLE: 25_000}
    assert desk.state() == "paid"


def test_an_obligation_in_euro_paid_in_pounds(desk: Desk) -> None:
    desk.approve()
    desk.schedule(rate=POUNDS)
    left = desk.export(currency="GBP")
    assert left is not None
    assert (left.batch.currency, left.total_minor) == ("GBP", 21_030)
    end = end_to_end(desk)
    moved = entry("B1", "210.30", transaction(end, "210.30", "GBP"), "GBP")
    assert desk.read(notification(moved)).outcomes == {"executed": 1}
    carried = desk.connection.execute(
        "select account, currency, sum(amount_minor)::int from ledger.postings"
        " where transaction_id in (select transaction_id from ledger.transactions"
        " where obligation_key = %s) group by 1, 2 having sum(amount_minor) <> 0",
        (desk.key(),),
    ).fetchall()
    assert ("cash", "GBP", -21_030) in carried
    assert {account for account, _, _ in carried} == {COST, "cash", "fx-position"}
    [sent] = stored.by_id(desk.connection, [_uuid(end)])
    assert sent.instruction.rate == POUNDS


def test_a_lost_file_is_written_again_as_it_was(desk: Desk) -> None:
    desk.approve()
    desk.schedule()
    left = desk.export()
    assert left is not None
    kept = stored.batch_named(desk.connection, left.batch.batch_id.hex[:8])
    assert kept == left.batch
    args: tuple[Any, ...] = (desk.connection, desk.keyring)
    assert payments.rewrite(*args, DEBTOR, kept, "agent-3") == left.content
    other = BankDetails(name=DEBTOR.account.name, iban="GB33BUKB20201555555555")
    with pytest.raises(PaymentRefused, match="another file than the one that left"):
        payments.rewrite(*args, Debtor(account=other, currency="EUR"), kept, "agent-3")
    desk.keyring.destroy(_passenger(desk))
    with pytest.raises(PaymentRefused, match="were erased"):
        payments.rewrite(*args, DEBTOR, kept, "agent-3")


def test_nobody_is_paid_who_was_erased(desk: Desk) -> None:
    for passenger in range(2):
        desk.approve(passenger)
        desk.schedule(passenger)
    desk.keyring.destroy(_passenger(desk))
    left = desk.export()
    assert left is not None
    assert left.payments == 1
    [(_, why)] = left.left_out
    assert why == "the passenger was erased"
    assert [desk.status(p) for p in range(2)] == [["rejected"], ["sent"]]
    assert [desk.state(p) for p in range(2)] == ["claimed", "scheduled"]
    assert stored.due(desk.connection, DUE) == []


def test_bank_details_are_nowhere_in_plaintext(desk: Desk) -> None:
    paid_in_full(desk)
    assert PAYEE.iban is not None
    said = (PAYEE.iban.encode(), PAYEE.iban.encode().hex().encode(), PAYEE.name.encode())
    for schema, table in tables(desk.connection):
        for row in dump(desk.connection, schema, table):
            assert not any(words in row for words in said), f"{schema}.{table}"


def test_an_account_that_somebody_wrote_down_is_found(desk: Desk) -> None:
    """What `knockon verify` looks for, with two accounts of one passenger."""
    first, second = PAYEE, BankDetails(name="Zoë Müller", iban="GB33BUKB20201555555555")
    for details, how in ((first, "RJCT"), (second, "ACSP")):
        if how == "RJCT":
            desk.approve()
        desk.schedule(details=details)
        left = desk.export()
        assert left is not None
        desk.read(status_report(left.batch.batch_id.hex, [(end_to_end(desk), how)]))
    opened = desk.keyring.open_more(sealed_accounts(desk.connection), actor="test", purpose="test")
    sought = account_needles(opened)
    assert not traces(dump(desk.connection, "claims", "events"), sought)
    passenger = {"actor": "p", "role": "passenger"}
    for details in (first, second):
        agency = {"agency_ref": uuid4(), "document_sha256": "a" * 64}
        desk.tell("agency_appointed", reason=f"pay to {details.iban}", **agency, **passenger)
        desk.tell("agency_dismissed", agency_ref=agency["agency_ref"], **passenger)
    assert traces(dump(desk.connection, "claims", "events"), sought) == 2


def _event(desk: Desk, kind: str, **facts: Any) -> Any:
    return ClaimEvent(
        event_id=uuid4(), obligation_key=desk.key(), kind=kind, actor="agent-1", role="agent",
        **facts,
    )  # fmt: skip


def _uuid(text: str) -> Any:
    return UUID(hex=text)


def _passenger(desk: Desk, passenger: int = 0) -> Any:
    row = desk.connection.execute(
        "select passenger_ref from payments.instructions where obligation_key = %s",
        (desk.key(passenger),),
    ).fetchone()
    assert row is not None
    return row[0]
