"""Whatever is assessed, claimed and paid in whatever order, the books stay true."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ledger import (
    Booked,
    Books,
    LedgerBroken,
    Obligation,
    Occasion,
    Overdrawn,
    Position,
    Settlement,
    Transaction,
    besides,
    book,
    moves,
    provide,
    uptake,
)

OBLIGATION = Obligation(UUID(int=1), UUID(int=2))
AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


class Answer(NamedTuple):
    """As much of an assessment as the books read."""

    accrual_minor: int
    regime: str = "eu"
    event: str = "delay"
    money: str = ""

    rulebook = "V-1"
    citations = ("Art 7",)
    certainty = "settled"

    @property
    def currency(self) -> str:
        return self.money or {"eu": "EUR", "uk": "GBP"}[self.regime]


class Till:
    """The books of one obligation, and what the world outside saw: kept apart from them."""

    def __init__(self) -> None:
        self.transactions: list[Transaction] = []
        self.answer = Answer(0)
        self.turns = 0
        self.received: dict[str, int] = {"EUR": 0, "GBP": 0}
        self.lapsed: dict[str, int] = {"EUR": 0, "GBP": 0}

    @property
    def books(self) -> Books:
        return Books(OBLIGATION, [Booked.of(entry) for entry in self.transactions])

    @property
    def position(self) -> Position:
        return self.books.position

    def occasion(self) -> Occasion:
        return Occasion(AT, f"fact {self.turns}", "clerk")

    def assess(self, answer: Answer) -> None:
        revision = repr(answer)
        booked = self.books.booked
        self.transactions += book(OBLIGATION, answer, revision, AT, booked)
        self.answer = answer
        again = self.books.booked
        assert book(OBLIGATION, answer, revision, AT, again) == []  # a rerun adds nothing

    def do(self, action: Callable[..., list[Transaction]], *args: object) -> list[Transaction]:
        self.turns += 1
        made = action(self.books, *args, self.occasion())
        self.transactions += made
        assert action(self.books, *args, self.occasion()) == []  # nor does a fact told twice
        return made


def step(till: Till, name: str, part: int, currency: str) -> None:
    """One thing that happens, as far as it can: `part` of 4 quarters of what is there."""
    position = till.position

    def of(there: int) -> int:
        return max(there * part // 4, 0)

    if name == "provide":
        till.transactions += provide(till.books, uptake("mercury-static"), AT)
        assert provide(till.books, uptake("mercury-static"), AT) == []
    elif name == "claim":
        till.do(moves.claimed)
    elif name == "approve" and (minor := of(position.credit("probable", currency))):
        till.do(moves.approve, minor, currency)
    elif name == "schedule" and (minor := of(position.credit("approved", currency))):
        till.do(moves.schedule, minor, currency)
    elif name == "voucher" and (minor := of(position.credit("approved", currency))):
        till.do(besides.voucher, minor, currency, "c0ffee")
        till.received[currency] += minor
    elif name == "send" and (minor := of(position.credit("payable", currency))):
        till.do(moves.send, minor, currency)
        till.received[currency] += minor
    elif name == "settle" and (minor := of(position.credit("in-transit", currency))):
        # in the other currency, at a rate of 9:10, 7 worse than agreed
        other = {"EUR": "GBP", "GBP": "EUR"}[currency]
        value = minor * 9 // 10
        if value:
            till.do(moves.settle, Settlement(minor, currency, value + 7, other, value))
    elif name == "reject" and (minor := of(position.credit("in-transit", currency))):
        till.do(moves.reject, minor, currency)
        till.received[currency] -= minor
    elif name == "repay" and (minor := of(position.debit("repayment-receivable", currency))):
        till.do(besides.repaid, minor, currency)
        till.received[currency] -= minor
    elif name == "let go" and (minor := of(position.debit("repayment-receivable", currency))):
        till.do(besides.let_go, minor, currency)
    elif name == "lapse" and (minor := of(position.open_minor(currency))):
        till.do(moves.write_off, minor, currency, "lapsed")


NAMES = ("provide", "claim", "approve", "schedule", "voucher", "send", "settle", "reject",
         "repay", "let go", "lapse")  # fmt: skip
ANSWERS = st.builds(
    Answer,
    st.sampled_from([0, 12500, 25000, 40000, 60000]),
    st.sampled_from(["eu", "eu", "eu", "uk"]),
    st.sampled_from(["delay", "cancellation", "denied_boarding"]),
    st.just(""),
)
STEPS = st.tuples(st.sampled_from(NAMES), st.integers(1, 4), st.sampled_from(["EUR", "EUR", "GBP"]))
# The straight way is likely: chance alone seldom pays anything.
PAID = st.sampled_from(
    [[("approve", 4, "EUR"), ("schedule", 4, "EUR"), ("send", 4, "EUR")], [], [("claim", 4, "EUR")]]
)
LIFE = st.tuples(ANSWERS, PAID, st.lists(st.one_of(ANSWERS, STEPS), max_size=14))


@given(LIFE)
@settings(max_examples=400, deadline=None)
def test_no_life_of_a_claim_makes_the_books_contradict_themselves(life) -> None:
    till = Till()
    till.assess(life[0])
    for what in (*life[1], *life[2]):
        try:
            if isinstance(what, Answer):
                till.assess(what)
            else:
                step(till, *what)
        except LedgerBroken as refused:
            assert "set it off first" in str(refused)  # noqa: PT017 - the only refusal met here
        position = till.position
        assert position.contradictions() == []
        for currency in ("EUR", "GBP"):
            owed = till.answer.accrual_minor if till.answer.currency == currency else 0
            # LE-08. What is owed is still open, or the passenger has it, or it lapsed; what the
            # passenger has beyond that is claimed back, or let go.
            assert owed == (
                position.open_minor(currency)
                + till.received[currency]
                + position.credit("write-off", currency)
                - position.debit("repayment-receivable", currency)
                - position.debit("goodwill", currency)
            )
            claimed_back = position.debit("repayment-receivable", currency)
            claimed_back += position.debit("goodwill", currency)
            # What never came is not asked back; what was paid back before may be owed by us.
            assert claimed_back <= max(till.received[currency], 0)
            ids = [entry.transaction_id for entry in till.transactions]
            assert len(ids) == len(set(ids))


@given(LIFE)
@settings(deadline=None)
def test_a_passenger_never_has_more_than_the_highest_answer(life) -> None:
    till = Till()
    till.assess(life[0])
    highest = life[0].accrual_minor
    for what in (*life[1], *life[2]):
        if isinstance(what, Answer):
            what = what._replace(regime="eu")
            till.assess(what)
            highest = max(highest, what.accrual_minor)
        else:
            step(till, what[0], what[1], "EUR")
        assert till.received["EUR"] <= highest


def paid(minor: int = 25000) -> Till:
    till = Till()
    till.assess(Answer(minor))
    for action in (moves.approve, moves.schedule, moves.send):
        till.do(action, minor, "EUR")
    till.do(moves.settle, Settlement.at_par(minor, "EUR"))
    return till


def test_paid_and_not_owed_is_a_receivable_never_an_edit() -> None:
    till = paid()
    before = list(till.transactions)
    till.assess(Answer(0))
    assert till.transactions[: len(before)] == before
    assert [entry.kind for entry in till.transactions[len(before) :]] == ["reversal", "receivable"]
    assert till.position.balances == {
        ("cash", "EUR"): -25000,
        ("repayment-receivable", "EUR"): 25000,
    }


def test_owed_again_after_a_receivable_pays_nothing_twice() -> None:
    till = paid()
    till.assess(Answer(0))
    till.assess(Answer(40000))
    assert till.position.balances == {
        ("cash", "EUR"): -25000,
        ("expense-compensation-eu261", "EUR"): 40000,
        ("liability-probable-eu261-art6", "EUR"): -15000,
    }


def test_what_was_let_go_counts_when_it_is_owed_after_all() -> None:
    till = paid()
    till.assess(Answer(0))
    till.do(besides.let_go, 25000, "EUR")
    till.assess(Answer(25000, event="cancellation"))
    assert till.position.balances == {
        ("cash", "EUR"): -25000,
        ("expense-compensation-eu261", "EUR"): 25000,
    }


def test_an_approved_sum_follows_its_obligation_to_another_article() -> None:
    till = Till()
    till.assess(Answer(25000))
    till.do(moves.approve, 25000, "EUR")
    till.assess(Answer(40000, event="cancellation"))
    assert till.position.accounts("approved", "EUR") == {"liability-approved-eu261": -25000}
    assert till.position.accounts("probable", "EUR") == {"liability-probable-eu261-art5": -15000}


def test_approved_under_one_law_is_not_approved_under_another() -> None:
    till = Till()
    till.assess(Answer(30000, "eu", "downgrade"))
    till.do(moves.approve, 30000, "EUR")
    till.assess(Answer(30000, "uk", "downgrade", "EUR"))
    assert till.position.credit("approved", "EUR") == 0
    assert till.position.accounts("probable", "EUR") == {"liability-probable-uk261-art10": -30000}


def test_what_lapsed_and_was_not_owed_is_not_asked_back() -> None:
    till = Till()
    till.assess(Answer(25000))
    till.transactions += provide(till.books, uptake("mercury-static"), AT)
    till.do(moves.write_off, 25000, "EUR", "Six years went by")
    assert till.position.balances == {
        ("expense-compensation-eu261", "EUR"): 25000,
        ("write-off-income", "EUR"): -25000,
    }
    till.assess(Answer(0))
    assert till.position.balances == {}


def test_a_payment_that_comes_back_pays_the_receivable_first() -> None:
    till = paid()
    till.assess(Answer(10000))
    assert till.position.debit("repayment-receivable", "EUR") == 15000
    till.do(moves.give_back, Settlement.at_par(25000, "EUR"))
    assert till.position.debit("repayment-receivable", "EUR") == 0
    assert till.position.credit("payable", "EUR") == 10000
    assert till.position.debit("cash", "EUR") == 0


def test_under_another_law_nothing_is_approved_before_the_set_off() -> None:
    till = paid()
    till.assess(Answer(22000, "uk"))
    with pytest.raises(LedgerBroken, match="set it off first"):
        till.do(moves.approve, 22000, "GBP")
    till.do(besides.set_off_across, 25000, "EUR", 21500, "GBP")
    assert till.position.contradictions() == []
    till.do(moves.approve, 500, "GBP")
    assert till.position.open_minor("GBP") == 500


@pytest.mark.parametrize(
    ("settlement", "balances"),
    [
        (Settlement(25000, "EUR", 21150, "GBP", 21000),
         {("cash", "GBP"): -21150, ("fx-difference", "GBP"): 150,
          ("fx-position", "GBP"): 21000, ("fx-position", "EUR"): -25000}),
        (Settlement(25000, "EUR", 24990, "EUR", 25000),
         {("cash", "EUR"): -24990, ("fx-difference", "EUR"): -10}),
    ],
)  # fmt: skip
def test_the_difference_of_exchange_has_its_own_account(settlement, balances) -> None:
    till = Till()
    till.assess(Answer(25000))
    for action in (moves.approve, moves.schedule, moves.send):
        till.do(action, 25000, "EUR")
    till.do(moves.settle, settlement)
    assert till.position.balances == {("expense-compensation-eu261", "EUR"): 25000, **balances}


def test_what_banks_keep_of_a_return_is_a_cost_and_no_exchange() -> None:
    till = paid()
    till.do(moves.give_back, Settlement(25000, "EUR", 24800, "EUR", 25000, 200))
    assert till.position.balances == {
        ("expense-compensation-eu261", "EUR"): 25000,
        ("payable", "EUR"): -25000,
        ("cash", "EUR"): -200,
        ("expense-bank-charges", "EUR"): 200,
    }
    till.do(moves.send, 25000, "EUR")
    till.do(moves.settle, Settlement(25000, "EUR", 21180, "GBP", 21000, 30))
    assert till.position.debit("fx-difference", "GBP") == 150
    assert till.position.debit("bank-charges", "GBP") == 30


def test_nothing_is_moved_that_is_not_there() -> None:
    till = Till()
    till.assess(Answer(25000))
    with pytest.raises(Overdrawn, match="25001 EUR wanted, 25000 EUR there"):
        till.do(moves.approve, 25001, "EUR")
    for action in (moves.schedule, moves.send):
        with pytest.raises(Overdrawn):
            till.do(action, 1, "EUR")
    with pytest.raises(Overdrawn):
        till.do(moves.settle, Settlement.at_par(1, "EUR"))
    with pytest.raises(Overdrawn):
        till.do(moves.reject, 1, "EUR")
    with pytest.raises(Overdrawn):
        till.do(besides.repaid, 1, "EUR")
    with pytest.raises(LedgerBroken, match="positive"):
        till.do(moves.approve, 0, "EUR")
    with pytest.raises(LedgerBroken, match="par is par"):
        Till.do(paid(), moves.give_back, Settlement(100, "EUR", 100, "EUR", 90))
    with pytest.raises(LedgerBroken, match="signed consent"):
        till.do(besides.voucher, 1, "EUR", "")


def test_expected_cost_is_the_sum_times_the_uptake_until_the_claim() -> None:
    till = Till()
    till.assess(Answer(25000))
    till.transactions += provide(till.books, uptake("beacon-2019"), AT)
    liabilities = till.position.credit("probable", "EUR") - till.position.debit("allowance", "EUR")
    assert liabilities == 14500  # 0.58 of 250.00
    till.transactions += provide(till.books, uptake("mercury-static"), AT)
    assert till.position.debit("allowance", "EUR") == 22250
    till.do(moves.claimed)
    assert till.position.debit("allowance", "EUR") == 0
    assert till.position.credit("allowance-expense", "EUR") == 0
    till = Till()
    till.assess(Answer(12501))
    till.transactions += provide(till.books, uptake("mercury-static"), AT)
    assert till.position.debit("allowance", "EUR") == 11126  # 11125.89, half up
    with pytest.raises(LedgerBroken, match="there are: legal-maximum, beacon-2019, mercury-static"):
        uptake("a constant")


def test_recourse_and_the_memo_leave_what_is_owed_alone() -> None:
    till = Till()
    till.assess(Answer(25000))
    owed = till.position.open_minor("EUR")
    till.do(besides.recover, 20000, "EUR", "the airport")
    till.do(besides.recovered, 15000, "EUR")
    till.do(besides.recovery_lost, 5000, "EUR")
    till.do(besides.contingent, "eu", 60000, "EUR")
    assert till.position.open_minor("EUR") == owed
    assert till.position.debit("recovery-receivable", "EUR") == 0
    memo = till.position.credit("memo", "EUR")
    assert (memo, till.position.debit("memo-contra", "EUR")) == (60000, 60000)
    till.do(besides.contingent, "eu", 40000, "EUR")
    assert till.position.credit("memo", "EUR") == 40000
    with pytest.raises(LedgerBroken, match="obligation of its own"):
        till.do(besides.care, "eu", 5000, "EUR")
