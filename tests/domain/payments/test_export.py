"""One obligation is paid once, and the files say exactly that."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payments import (
    BankDetails,
    Instruction,
    PaymentRefused,
    Rate,
    batch,
    converted,
    instruct,
    next_attempt,
    pain001,
    table,
)
from domain.payments.details import latin
from tests.domain.payments.bank import DEBTOR, DUE, PASSENGER, PAYEE, POUNDS, SEALED, instruction
from tests.domain.payments.schema_rules import NAMESPACE, faults

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def details(*instructions: Instruction, to: BankDetails = PAYEE) -> dict[UUID, BankDetails]:
    return {one.instruction_id: to for one in instructions}


def test_an_instruction_is_its_obligation_and_attempt() -> None:
    assert instruction() == instruction()
    ids = {instruction(number, attempt=attempt).instruction_id
           for number in (1, 2) for attempt in (1, 2)}  # fmt: skip
    assert len(ids) == 4
    assert instruction(minor=1).instruction_id == instruction().instruction_id
    with pytest.raises(ValueError, match="of its obligation and attempt"):
        Instruction.model_validate(instruction().model_dump() | {"attempt": 2})


def test_a_further_attempt_follows_a_failed_one_alone() -> None:
    assert next_attempt({}) == 1
    assert next_attempt({1: "rejected"}) == 2
    assert next_attempt({2: "returned", 1: "rejected"}) == 3
    for status in ("made", "sent", "accepted", "executed"):
        for so_far in ({1: status}, {1: status, 2: "rejected"}):
            with pytest.raises(PaymentRefused, match=f"attempt 1 is {status}"):
                next_attempt(so_far)
    assert next_attempt({1: "executed"}, more_is_owed=True) == 2
    with pytest.raises(PaymentRefused, match="attempt 2 is sent"):
        next_attempt({1: "executed", 2: "sent"}, more_is_owed=True)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(
    ["look", "insert", "sent", "executed", "rejected", "returned"])), max_size=40))  # fmt: skip
def test_schedulers_that_race_never_pay_twice(steps) -> None:
    """Three of them look and insert as they come; the store refuses an id that it has."""
    store: dict[UUID, Instruction] = {}
    status: dict[int, str] = {}
    seen: dict[int, dict[int, str]] = {}
    for worker, what in steps:
        if what == "look":
            seen[worker] = dict(status)
        elif what == "insert" and worker in seen:
            try:
                made = instruction(attempt=next_attempt(seen[worker]))
            except PaymentRefused:
                continue
            if made.instruction_id not in store:
                store[made.instruction_id] = made
                status[made.attempt] = "made"
        elif what in ("sent", "executed", "rejected", "returned") and status:
            last = max(status)
            before = {
                "sent": "made",
                "executed": "sent",
                "rejected": "sent",
                "returned": "executed",
            }
            if status[last] == before[what]:
                status[last] = what
        alive = [at for at, now in status.items() if now not in ("rejected", "returned")]
        assert len(alive) <= 1


def test_another_currency_is_paid_at_its_rate_half_up() -> None:
    one = instruction(rate=POUNDS)
    assert (one.pay_minor, one.pay_currency, one.owed_minor) == (21030, "GBP", 25000)
    assert converted(25001, "EUR", POUNDS) == 21031  # 210.308412 pounds
    yen = Rate("EUR", "JPY", Decimal("163.25"), date(2026, 11, 27), "ECB", "p")
    assert converted(25000, "EUR", yen) == 40813  # 40812.5
    with pytest.raises(PaymentRefused, match="does not convert GBP"):
        converted(1, "GBP", POUNDS)
    for value in ("0", "-1", "NaN"):
        with pytest.raises(PaymentRefused, match="no rate"):
            Rate("EUR", "GBP", Decimal(value), DUE, "ECB", "p")
    for change in ({"pay_minor": 21031}, {"rate": None}, {"pay_currency": "USD"}):
        with pytest.raises(ValueError, match="rate"):
            Instruction.model_validate(one.model_dump() | change)


def test_bank_details_rest_sealed_and_are_never_shown() -> None:
    with pytest.raises(ValueError, match="not sealed"):
        instruct(UUID(int=1), PASSENGER, 1, 100, "EUR", DUE, b"FR1420041010050500013M02606")
    assert "FR14" not in repr(PAYEE) + str(PAYEE) + f"{PAYEE}" + repr([PAYEE])
    with pytest.raises(ValueError, match="check digits") as refused:
        BankDetails(name="Zoë", iban="FR1420041010050500013M02607")
    assert "M02607" not in str(refused.value)


@given(st.integers(2, 26), st.sampled_from("0123456789"))
def test_one_wrong_sign_in_an_iban_is_found(place: int, sign: str) -> None:
    iban = "FR1420041010050500013M02606"
    wrong = iban[:place] + sign + iban[place + 1 :]
    if wrong != iban:
        with pytest.raises(ValueError, match="IBAN"):
            BankDetails(name="Zoë", iban=wrong)


def test_what_bank_details_refuse() -> None:
    for told in (
        {}, {"iban": DEBTOR.account.iban, "other_account": "1"}, {"iban": "DE00"},
        {"other_account": "1" * 35}, {"other_account": "1", "bic": "SHORT"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"IBAN|account|BIC"):
            BankDetails(name="Zoë", **told)


@given(st.permutations([1, 2, 3, 4]))
def test_the_same_instructions_are_the_same_batch(order: list[int]) -> None:
    made = batch("main", [instruction(number) for number in order])
    assert made == batch("main", [instruction(number) for number in (1, 2, 3, 4)])
    assert made.total_minor == 100000
    others = {
        batch("other", [instruction(1)]).batch_id, batch("main", [instruction(1)]).batch_id,
        batch("main", [instruction(1, attempt=2)]).batch_id, made.batch_id,
    }  # fmt: skip
    assert len(others) == 4


def test_what_a_batch_refuses() -> None:
    later = instruct(UUID(int=2), PASSENGER, 1, 1, "EUR", date(2027, 1, 1), SEALED)
    for wrong, words in (
        ([], "needs an instruction"),
        ([instruction(1), instruction(1, attempt=2)], "paid twice"),
        ([instruction(1), instruction(1)], "paid twice"),
        ([instruction(1), instruction(2, rate=POUNDS)], "one pay_currency, not EUR, GBP"),
        ([instruction(1), later], "one due_on"),
    ):
        with pytest.raises(PaymentRefused, match=words):
            batch("main", wrong)


AMOUNTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=5)
BRITISH = BankDetails(name="Łukasz Żak", other_account="20201555555555", bic="BUKBGB22")


@given(AMOUNTS, st.sampled_from([PAYEE, BRITISH]), st.sampled_from([None, POUNDS]))
def test_the_file_is_sound_and_its_sums_agree(amounts, to, rate) -> None:
    made = [instruction(number, minor, rate=rate) for number, minor in enumerate(amounts, 1)
            if rate is None or minor > 1]  # fmt: skip
    if not made:
        return
    one = batch("main", made)
    text = pain001(one, DEBTOR, details(*made, to=to), NOW)
    assert faults(text) == []
    root = ET.fromstring(text)  # noqa: S314 - our own file
    paid = [Decimal(each.text or "") for each in root.iter(f"{NAMESPACE}InstdAmt")]
    assert sum(paid) * 100 == one.total_minor
    for total in root.iter(f"{NAMESPACE}CtrlSum"):
        assert Decimal(total.text or "") == sum(paid)
    for count in root.iter(f"{NAMESPACE}NbOfTxs"):
        assert int(count.text or "") == len(made)
    assert text == pain001(one, DEBTOR, details(*made, to=to), NOW)


def text_of(made: Instruction, to: BankDetails) -> dict[str, str]:
    text = pain001(batch("main", [made]), DEBTOR, details(made, to=to), NOW)
    root = ET.fromstring(text)  # noqa: S314 - our own file
    return {each.tag.removeprefix(NAMESPACE): each.text or "" for each in root.iter()}


def test_a_transfer_in_euro_is_sepa_and_any_other_is_not() -> None:
    euro = text_of(instruction(), PAYEE)
    assert (euro["Cd"], euro["ChrgBr"], euro["InstdAmt"]) == ("SEPA", "SLEV", "250.00")
    assert (euro["Nm"], euro["IBAN"]) == ("Zoe Muller-Angstrom", "FR1420041010050500013M02606")
    assert euro["EndToEndId"] == instruction().end_to_end_id
    for made, to in ((instruction(rate=POUNDS), PAYEE), (instruction(), BRITISH)):
        other = text_of(made, to)
        assert "Cd" not in other
        assert other["ChrgBr"] == "SHAR"


def test_a_file_is_dated_in_utc() -> None:
    made = instruction()
    paris = NOW.astimezone(ZoneInfo("Europe/Paris"))
    assert pain001(batch("main", [made]), DEBTOR, details(made), paris) == pain001(
        batch("main", [made]), DEBTOR, details(made), NOW
    )
    with pytest.raises(PaymentRefused, match="zone"):
        pain001(batch("main", [made]), DEBTOR, details(made), NOW.replace(tzinfo=None))


def test_the_rules_see_what_is_wrong() -> None:
    text = pain001(batch("main", [instruction()]), DEBTOR, details(instruction()), NOW)
    for old, new in (
        ("<ChrgBr>SLEV</ChrgBr>", ""), ("SLEV", "ALL"), ("pain.001.001.09", "pain.001.001.03"),
        ("<PmtMtd>TRF</PmtMtd>", ""), ("250.00<", "250,00<"), ("Ustrd", "Strd"),
        ("<MsgId>", "<MsgId>12345"),
    ):  # fmt: skip
        broken = text.replace(old, new)
        assert broken != text
        assert faults(broken) or old.startswith("<ChrgBr")  # which may be left out


def test_details_that_are_missing_stop_the_file() -> None:
    made = [instruction(1), instruction(2)]
    for write in (
        lambda: pain001(batch("main", made), DEBTOR, details(made[0]), NOW),
        lambda: table(batch("main", made), details(made[0])),
    ):
        with pytest.raises(PaymentRefused, match=str(made[1].instruction_id)):
            write()


def test_names_are_spelt_for_every_bank() -> None:
    assert latin("Łódź  Straße\n§", 70) == "Lodz Strasse ."
    assert latin('<Tom & "Jerry">', 70) == ".Tom . .Jerry.."
    assert latin("A" * 99, 70) == "A" * 70
    with pytest.raises(PaymentRefused, match="Latin spelling"):
        latin("王小明", 70)


def test_the_table_holds_the_batch_and_runs_nothing() -> None:
    formula = BankDetails(name="=cmd|' /C calc'!A0", iban=PAYEE.iban)
    made = [instruction(1), instruction(2, 40001)]
    one = batch("main", made)
    rows = list(csv.DictReader(io.StringIO(table(one, details(*made, to=formula)))))
    assert sorted(row["amount"] for row in rows) == ["250.00", "400.01"]
    assert {row["end_to_end_id"] for row in rows} == {each.end_to_end_id for each in made}
    assert rows[0]["name"].startswith("'=")
