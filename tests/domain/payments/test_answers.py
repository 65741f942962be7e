"""What banks answer is read from any version, matched once, and handed on where it does not fit."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import Settlement
from domain.payments import (
    Sent,
    UntrustedFile,
    answered,
    batch,
    read_answers,
    read_movements,
    reconciled,
)
from domain.payments.xml import MOST_BYTES
from tests.domain.payments.bank import (
    POUNDS,
    entry,
    instruction,
    notification,
    status_report,
    transaction,
)

ONE, TWO = instruction(1), instruction(2, 40000)
BATCH = batch("main", [ONE, TWO])
SENT = [Sent(ONE, "sent"), Sent(TWO, "sent")]
BOMB = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>"""


def test_a_status_report_tells_each_transfer_or_the_whole_message() -> None:
    report = status_report(BATCH.message_id, [(ONE.end_to_end_id, "RJCT")], "PART", "ACSP")
    whole, single = read_answers(report)
    assert (whole.end_to_end_id, whole.verdict) == (None, "accepted")
    assert (single.end_to_end_id, single.verdict, single.reason) == (
        ONE.end_to_end_id, "rejected", "AC04",
    )  # fmt: skip
    result = answered([whole, single], SENT, [BATCH])
    assert {(one.instruction_id, one.status) for one in result.outcomes} == {
        (ONE.instruction_id, "rejected"), (TWO.instruction_id, "accepted"),
    }  # fmt: skip
    assert result.unmatched == []


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("ACSC", "executed"), ("PDNG", "accepted"), ("CANC", "rejected"), ("WXYZ", "unknown")],
)
def test_codes_of_a_status_report(code: str, verdict: str) -> None:
    [answer] = read_answers(status_report("m", [("e", code)]))
    assert (answer.verdict, answer.code) == (verdict, code)


def test_answers_that_do_not_fit_go_to_a_person() -> None:
    def why(report: bytes, *sent: Sent) -> str:
        result = answered(read_answers(report), sent, [BATCH])
        assert result.outcomes == []
        [left] = result.unmatched
        return left.why

    assert "end-to-end id" in why(status_report("m", [("x", "RJCT")]), *SENT)
    assert "message id" in why(status_report("m", group="RJCT"), *SENT)
    assert "WXYZ is not known" in why(status_report("m", [(ONE.end_to_end_id, "WXYZ")]), *SENT)
    late = status_report("m", [(ONE.end_to_end_id, "RJCT")])
    assert why(late, Sent(ONE, "executed")) == "it is executed and cannot become rejected"
    assert why(late, Sent(ONE, "made")) == "it is made and cannot become rejected"


def test_a_report_read_again_or_late_changes_nothing() -> None:
    for status, code in (("rejected", "RJCT"), ("accepted", "ACSP"), ("executed", "ACSP")):
        report = read_answers(status_report("m", [(ONE.end_to_end_id, code)]))
        result = answered(report, [Sent(ONE, status)])  # type: ignore[arg-type]
        assert (result.outcomes, result.unmatched) == ([], [])


def test_a_bank_that_says_executed_moves_no_money_yet() -> None:
    report = read_answers(status_report("m", [(ONE.end_to_end_id, "ACSC")]))
    [outcome] = answered(report, SENT).outcomes
    assert (outcome.status, outcome.settlement) == ("accepted", None)


def test_an_executed_and_a_returned_payment() -> None:
    out = entry("r1", "250.00", transaction(ONE.end_to_end_id, "250.00"))
    back = entry(
        "r2", "248.00", direction="CRDT",
        details=transaction(ONE.end_to_end_id, "248.00", direction="CRDT", reason="AC04"),
    )  # fmt: skip
    for content in (notification(out, back), notification(back, out)):
        movements = read_movements(content)
        result = reconciled(movements, SENT)
        assert result.unmatched == []
        executed, returned = result.outcomes
        assert (executed.status, executed.settlement) == (
            "executed", Settlement.at_par(25000, "EUR"),
        )  # fmt: skip
        assert (returned.status, returned.reason) == ("returned", "AC04")
        assert returned.settlement == Settlement(25000, "EUR", 24800, "EUR", 25000, 200)
        again = reconciled(movements * 2, SENT)
        assert again == result
        seen = frozenset(one.movement_id for one in movements)
        assert reconciled(movements, SENT, seen=seen).outcomes == []


def test_a_batch_booked_in_one_sum_is_all_its_payments() -> None:
    told = f"<Btch><PmtInfId>{BATCH.message_id}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
    [movement] = read_movements(notification(entry("r", "650.00", told)))
    result = reconciled([movement], SENT, [BATCH])
    assert {(one.instruction_id, one.status) for one in result.outcomes} == {
        (ONE.instruction_id, "executed"), (TWO.instruction_id, "executed"),
    }  # fmt: skip
    assert len({one.reference for one in result.outcomes}) == 2
    # One was rejected before: the sum is that of the other, and no other sum will do.
    rest = [Sent(ONE, "rejected"), Sent(TWO, "accepted")]
    assert len(reconciled([replace(movement, minor=40000)], rest, [BATCH]).outcomes) == 1
    for wrong in (movement, replace(movement, currency="GBP", minor=40000)):
        result = reconciled([wrong], rest, [BATCH])
        assert result.outcomes == []
        assert "by its sum" in result.unmatched[0].why


@pytest.mark.parametrize(
    ("amount", "currency", "settlement"),
    [
        ("210.30", "GBP", Settlement(25000, "EUR", 21030, "GBP", 21030)),
        ("250.90", "EUR", Settlement(25000, "EUR", 25090, "EUR", 25000)),
    ],
)
def test_a_payment_in_another_currency_settles_what_is_owed(amount, currency, settlement) -> None:
    abroad = instruction(1, rate=POUNDS)
    moved = entry("r", amount, transaction(abroad.end_to_end_id, amount, currency), currency)
    [outcome] = reconciled(read_movements(notification(moved)), [Sent(abroad, "sent")]).outcomes
    assert outcome.settlement == settlement


@pytest.mark.parametrize(
    ("end", "amount", "currency", "direction", "status", "words"),
    [
        (ONE.end_to_end_id, "249.99", "EUR", "DBIT", "sent", "24999 EUR moved, 25000 was"),
        (ONE.end_to_end_id, "250.01", "EUR", "CRDT", "executed", "25001 EUR moved"),
        (ONE.end_to_end_id, "250.00", "USD", "DBIT", "sent", "neither owed nor instructed"),
        (ONE.end_to_end_id, "250.00", "EUR", "DBIT", "executed", "moved money twice"),
        (ONE.end_to_end_id, "250.00", "EUR", "DBIT", "returned", "it is returned already"),
        (ONE.end_to_end_id, "250.00", "EUR", "CRDT", "sent", "sent and cannot become returned"),
        (ONE.end_to_end_id, "250.00", "EUR", "DBIT", "rejected", "cannot become executed"),
        ("somebody else", "250.00", "EUR", "DBIT", "sent", "no instruction of ours"),
        (ONE.end_to_end_id, "0.00", "EUR", "DBIT", "sent", "nothing moved"),
    ],
)
def test_a_movement_that_does_not_fit_goes_to_a_person(
    end, amount, currency, direction, status, words
) -> None:
    moved = entry("r", amount, transaction(end, amount, currency, direction), currency, direction)
    result = reconciled(read_movements(notification(moved)), [Sent(ONE, status)])
    assert result.outcomes == []
    assert words in result.unmatched[0].why


def test_only_what_is_booked_has_moved_in_old_versions_too() -> None:
    told = transaction(ONE.end_to_end_id, "250.00")
    pending = entry("r1", "250.00", told, status="<Cd>PDNG</Cd>")
    assert read_movements(notification(pending)) == []
    old = transaction(ONE.end_to_end_id, "250.00").replace(
        '<Amt Ccy="EUR">250.00</Amt>',
        '<AmtDtls><TxAmt><Amt Ccy="EUR">250.00</Amt></TxAmt></AmtDtls>',
    )
    [new_read] = read_movements(notification(entry("r1", "250.00", told)))
    [old_read] = read_movements(
        notification(entry("r1", "250.00", old, status="BOOK"), version="02")
    )
    assert old_read == new_read


def test_an_entry_of_several_transactions_is_each_of_them() -> None:
    both = transaction(ONE.end_to_end_id, "250.00") + transaction(TWO.end_to_end_id, "400.00")
    first, second = read_movements(notification(entry("r", "650.00", both)))
    assert (first.minor, second.minor) == (25000, 40000)
    assert first.movement_id != second.movement_id
    assert len(reconciled([first, second], SENT).outcomes) == 2
    bare = "<TxDtls><Refs/></TxDtls>" * 2
    with pytest.raises(UntrustedFile, match="no amounts"):
        read_movements(notification(entry("r", "650.00", bare)))


def test_two_entries_without_a_reference_are_two() -> None:
    told = transaction("x", "1.00")
    movements = read_movements(notification(*[entry("", "1.00", told)] * 2))
    assert len({one.movement_id for one in movements}) == 2


@pytest.mark.parametrize("amount", ["1e999999", "-1.00", "1.001", "1,00", "NaN", "", "٣.00"])
def test_an_amount_is_digits_and_no_finer_than_its_currency(amount: str) -> None:
    with pytest.raises(UntrustedFile, match=r"no amount|finer|has no amount"):
        read_movements(notification(entry("r", amount, transaction("x", amount))))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (notification(head=BOMB), "no document type"),
        (notification(head='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "no document type"),
        (b"", "no XML"),
        (b"\xff\xfe\x00", "no XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "no XML"),
        (b"<Document/>", "no camt.054"),
        (status_report("m"), "no camt.054"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"/>', "has no Bk"),
        (b" " * (MOST_BYTES + 1), "more than a message"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_read(content: bytes, words: str) -> None:
    with pytest.raises(UntrustedFile, match=words):
        read_movements(content)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    whole = notification(entry("r", "1.00", transaction("x", "1.00")))
    for mixed in (content, whole[:400] + content + whole[400:], whole[: len(content) * 9]):
        for read in (read_movements, read_answers):
            try:
                read(mixed)
            except UntrustedFile:
                continue


def test_the_order_of_messages_does_not_matter_for_what_is_known_in_the_end() -> None:
    out = read_movements(notification(entry("r1", "250.00", transaction(ONE.end_to_end_id, "250.00"))))  # fmt: skip  # noqa: E501
    other = read_movements(notification(entry("r3", "400.00", transaction(TWO.end_to_end_id, "400.00"))))  # fmt: skip  # noqa: E501
    results = [reconciled([*first, *second], SENT) for first, second in permutations([out, other])]
    assert [set(result.outcomes) for result in results] == [set(results[0].outcomes)] * 2
