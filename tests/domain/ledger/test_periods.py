"""Nothing goes into a closed period; every period balances; the past stays readable."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import LedgerBroken, UnknownAccount, chart
from domain.ledger.as_of import as_of
from domain.ledger.entry import Entry, Line
from domain.ledger.periods import Calendar, Closing, Period, PeriodClosed, Placed, Placement
from domain.ledger.reports import AccountMap, default_map, journal, trial_balance
from tests.domain.ledger.test_seal import entry

NOVEMBER = Period("2026-11", date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = Period("2026-12", date(2026, 12, 1), date(2026, 12, 31))
JANUARY = Period("2027-01", date(2027, 1, 1), date(2027, 1, 31))
CALENDAR = Calendar([NOVEMBER, DECEMBER, JANUARY])
CLOSED = CALENDAR.close(Closing("2026-11", datetime(2026, 12, 5, tzinfo=UTC), "controller"))
LATE_NIGHT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)

ACCOUNTS = ["cash", "payable", "expense-compensation-eu261", "liability-approved-eu261"]


def booked(sequence: int, day: int, lines: tuple[Line, ...], known: int | None = None) -> Entry:
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    told = {name: getattr(entry(sequence), name) for name in entry(sequence).__slots__}
    known = sequence if known is None else known
    return Entry(
        **told | {"occurred_at": start + timedelta(days=day), "lines": lines,
                  "booked_at": start + timedelta(days=known)}
    )  # fmt: skip


def test_what_happened_goes_into_its_period_while_that_is_open() -> None:
    assert CALENDAR.place(LATE_NIGHT) == Placement("2026-11")
    paris = Calendar(CALENDAR.periods, zone=ZoneInfo("Europe/Paris"))
    assert paris.place(LATE_NIGHT) == Placement("2026-12")  # midnight came there before
    assert CLOSED.place(LATE_NIGHT) == Placement("2026-12", late_for="2026-11")
    twice = CLOSED.close(Closing("2026-12", datetime(2027, 1, 5, tzinfo=UTC), "controller"))
    assert twice.place(LATE_NIGHT) == Placement("2027-01", late_for="2026-11")
    assert CALENDAR.place(LATE_NIGHT) == Placement("2026-11")  # closing made a new calendar
    # By its place in the books: before or after the closing.
    after_ten = CALENDAR.close(
        Closing("2026-11", datetime(2026, 12, 5, tzinfo=UTC), "controller", following=10)
    )
    assert after_ten.place(LATE_NIGHT, 9) == Placement("2026-11")
    assert after_ten.place(LATE_NIGHT, 10) == Placement("2026-12", late_for="2026-11")
    # What happened before the calendar begins is its first period's.
    assert CLOSED.place(datetime(2024, 2, 1, tzinfo=UTC)) == Placement("2026-12", "2026-11")
    with pytest.raises(LedgerBroken, match="no period holds 2027-02-01"):
        CALENDAR.place(datetime(2027, 2, 1, tzinfo=UTC))
    shut = Calendar([NOVEMBER], [CLOSED.closings["2026-11"]])
    with pytest.raises(LedgerBroken, match="every period from 2026-11 on is closed"):
        shut.place(LATE_NIGHT)


def test_a_closed_period_takes_nothing_and_says_where_it_goes() -> None:
    assert CLOSED.accept(Placement("2026-12", "2026-11")).period == "2026-12"
    with pytest.raises(PeriodClosed, match="closed by controller") as refused:
        CLOSED.accept(Placement("2026-11"))
    assert refused.value.instead == "2026-12"


@pytest.mark.parametrize(
    ("name", "at", "words"),
    [
        ("2026-11", datetime(2026, 12, 6, tzinfo=UTC), "closed already"),
        ("2026-12", datetime(2026, 12, 31, 23, tzinfo=UTC), "not over yet"),
        ("2027-01", datetime(2027, 2, 1, tzinfo=UTC), "before 2027-01 first"),
        ("2028-01", datetime(2028, 2, 1, tzinfo=UTC), "there is no period 2028-01"),
    ],
)
def test_what_may_not_be_closed(name: str, at: datetime, words: str) -> None:
    with pytest.raises(LedgerBroken, match=words):
        CLOSED.close(Closing(name, at, "controller"))


def test_periods_leave_no_day_out() -> None:
    for wrong in (
        [NOVEMBER, JANUARY],
        [NOVEMBER, NOVEMBER],
        [DECEMBER, NOVEMBER],
        [Period("x", date(2026, 1, 2), date(2026, 1, 1))],
        [NOVEMBER, Period("2026-11", date(2026, 12, 1), date(2026, 12, 31))],
    ):
        with pytest.raises(LedgerBroken):
            Calendar(wrong)


PAIRS = st.tuples(
    st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 99999),
    st.sampled_from(["EUR", "JPY"]), st.integers(0, 90),
)  # fmt: skip
BOOKS = st.lists(PAIRS, max_size=12).map(
    lambda pairs: [
        booked(number, day, (Line(debit, minor, money), Line(credit, -minor, money)))
        for number, (debit, credit, minor, money, day) in enumerate(pairs, start=1)
    ]
)


@given(BOOKS)
def test_every_period_balances_and_opens_as_the_one_before_closed(books: list[Entry]) -> None:
    placed = [Placed(one, CLOSED.place(one.occurred_at)) for one in books]
    carried: dict[tuple[str, str], int] = {}
    for period in CLOSED.periods:
        lines = trial_balance(placed, period.name, CLOSED)
        for currency in ("EUR", "JPY"):
            of = [line for line in lines if line.currency == currency]
            assert sum(line.debit_minor for line in of) == sum(line.credit_minor for line in of)
            assert sum(line.closing_minor for line in of) == 0
        assert {
            (line.account, line.currency): line.opening_minor
            for line in lines
            if line.opening_minor
        } == {where: sum_ for where, sum_ in carried.items() if sum_}
        carried = {(line.account, line.currency): line.closing_minor for line in lines}
        if period is NOVEMBER:
            assert lines == []  # closed before anything was booked
    everything = as_of(books, datetime(2099, 1, 1, tzinfo=UTC)).balances
    assert {where: sum_ for where, sum_ in carried.items() if sum_} == everything


def test_the_trial_balance_tells_opening_and_turnover() -> None:
    books = [
        booked(1, 0, (Line("cash", 700, "EUR"), Line("payable", -700, "EUR"))),
        booked(2, 35, (Line("payable", 500, "EUR"), Line("cash", -500, "EUR"))),
        booked(3, 36, (Line("cash", 100, "EUR"), Line("payable", -100, "EUR"))),
        booked(4, 70, (Line("cash", 9, "EUR"), Line("payable", -9, "EUR"))),
    ]
    placed = [Placed(one, CALENDAR.place(one.occurred_at)) for one in books]
    payable, cash = trial_balance(placed, "2026-12", CALENDAR)
    assert (cash.account, cash.opening_minor, cash.debit_minor, cash.credit_minor) == (
        "cash", 700, 100, 500,
    )  # fmt: skip
    assert (cash.closing_minor, payable.closing_minor) == (300, -300)


MAP = "account,gl_account,gl_name\n" + "".join(
    f"{name},{4000 + at},GL {at}\n" for at, name in enumerate(ACCOUNTS)
)


@given(BOOKS)
def test_the_journal_holds_every_line_of_its_period_and_balances(books: list[Entry]) -> None:
    placed = [Placed(one, CALENDAR.place(one.occurred_at)) for one in books]
    number = 0
    for period in CALENDAR.periods:
        rows = list(csv.DictReader(io.StringIO(journal(placed, period.name, AccountMap.read(MAP)))))
        number += len(rows)
        for currency in ("EUR", "JPY"):
            of = [row for row in rows if row["currency"] == currency]
            assert sum(Decimal(row["debit"] or 0) for row in of) == sum(
                Decimal(row["credit"] or 0) for row in of
            )
    assert number == 2 * len(books)


def test_a_line_of_the_journal() -> None:
    one = booked(1, 0, (Line("cash", 25005, "EUR"), Line("payable", -25005, "EUR")))
    placed = [Placed(one, CLOSED.place(one.occurred_at))]
    debit, credit = csv.DictReader(io.StringIO(journal(placed, "2026-12", AccountMap.read(MAP))))
    assert (debit["gl_account"], debit["debit"], debit["credit"]) == ("4000", "250.05", "")
    assert (credit["gl_account"], credit["debit"], credit["credit"]) == ("4001", "", "250.05")
    assert (debit["period"], debit["late_for"], debit["line"]) == ("2026-12", "2026-11", "1")


def test_what_the_account_map_refuses() -> None:
    one = booked(1, 0, (Line("cash", 1, "EUR"), Line("voucher-liability", -1, "EUR")))
    with pytest.raises(LedgerBroken, match="lacks voucher-liability"):
        journal([Placed(one, Placement("2026-11"))], "2026-11", AccountMap.read(MAP))
    default_map().require(entry.name for entry in chart())
    with pytest.raises(LedgerBroken, match="has the columns account, gl_account, gl_name"):
        AccountMap.read("account,code\ncash,1\n")
    with pytest.raises(UnknownAccount):
        AccountMap.read("account,gl_account,gl_name\nspoons,1,x\n")
    with pytest.raises(LedgerBroken, match="twice"):
        AccountMap.read(MAP + "cash,1,x\n")


def test_a_spreadsheet_runs_nothing_of_the_journal() -> None:
    lines = (Line("cash", 1, "EUR"), Line("payable", -1, "EUR"))
    told = {name: getattr(booked(1, 0, lines), name) for name in entry(1).__slots__}
    one = Entry(**told | {"description": "=HYPERLINK(1)"})
    text = journal([Placed(one, Placement("2026-11"))], "2026-11", AccountMap.read(MAP))
    assert next(csv.DictReader(io.StringIO(text)))["description"] == "'=HYPERLINK(1)"


@given(BOOKS, st.integers(0, 13))
def test_what_we_knew_never_changes(books: list[Entry], days: int) -> None:
    then = datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=days)
    assert as_of(books, then) == as_of(books[:days], datetime(2099, 1, 1, tzinfo=UTC))


def test_known_and_owed_are_two_times() -> None:
    expense, liability = "expense-compensation-eu261", "liability-approved-eu261"
    owes = (Line(expense, 250, "EUR"), Line(liability, -250, "EUR"))
    took_back = tuple(Line(line.account, -line.amount_minor, "EUR") for line in owes)
    books = [booked(1, 5, owes, known=6), booked(2, 9, took_back, known=60)]
    day = [datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in range(99)]
    key = (UUID(int=1), "EUR")
    assert as_of(books, day[5]).owed == {}
    assert as_of(books, day[6]).owed == {key: 250}
    assert as_of(books, day[59]).owed == {key: 250}
    assert as_of(books, day[60]).owed == {}
    assert as_of(books, day[60], owed_at=day[8]).owed == {key: 250}
    assert as_of(books, day[60], owed_at=day[4]).owed == {}
