"""The finance marts over claims of every kind: no join loses a cent, and currencies stay apart."""

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import jinja2
import psycopg
import pytest

from assets import marts, marts_project
from domain import money
from domain.identity import name_uuid
from domain.ledger import Obligation, Posting, Transaction, account
from domain.ledger.as_of import OWED
from domain.ledger.posting import TransactionKind
from streaming.store.database import connect
from tests.dbt import conftest, lives

Books = tuple[psycopg.Connection[Any], list[Transaction]]
FINANCE = {name for name, owner in marts.OWNERS.items() if owner == "finance"}
SETTLED = [
    # currency, vouchers, written off, converted, receivable, goodwill
    ("EUR", 0, 0, -25_000, 0, 0),  # paid under EU261, then owed in pounds
    ("EUR", 25_000, 15_000, 0, 3_000, 4_000),  # 7,000 set off against 10,000 asked back
    ("GBP", 0, 0, 0, 0, 0),
    ("GBP", 0, 0, 22_000, 0, 0),
]
CUTS = ("airport", "airline", "cause", "article", "flight_day")


@pytest.fixture(scope="module")
def books(stack: Any, built: tuple[str, Any], dbt_directory: Any) -> Iterator[Books]:
    """The built day, then every kind of life booked upon it, and built on from there."""
    url = stack.create_database(template=built[0].rpartition("/")[2])
    with connect(url, "test", autocommit=True) as owner:
        written = [*lives.lead(owner), _stray(owner)]
        _late_reversal(owner)
        # That transactions without an assessment are told is for other tests; here they may pass.
        said = conftest.call_dbt(
            url, dbt_directory, "build", "-s", "int_broken_legs+", "int_booked+",
            "--exclude", "test_name:relationships",
        )  # fmt: skip
        assert said.returncode == 0, said.stdout[-3000:]
        yield owner, written
    stack.drop_database(url)


def _stray(owner: psycopg.Connection[Any]) -> Transaction:
    """Money whose assessment is gone, as no row of ours can be; the marts must not lose it."""
    name = "fk_transactions_assessment_id_assessments"
    owner.execute(f"alter table ledger.transactions drop constraint {name}")
    lines = (("expense-compensation-uk261", 1), ("liability-probable-uk261-art4", -1))
    stray = Transaction(
        transaction_id=name_uuid("stray"), kind="accrual", obligation_key=name_uuid("stray", 1),
        revision="none", passenger_ref=name_uuid("stray", 2), assessment_id=name_uuid("stray", 3),
        occurred_at=lives.AT, description="Stray", rulebook="none",
        postings=tuple(Posting(account=a, amount_minor=m, currency="GBP") for a, m in lines),
    )  # fmt: skip
    lives.commit(owner, [stray])
    return stray


def _late_reversal(owner: psycopg.Connection[Any]) -> None:
    """Of one passenger of the built day another cause is found; the sum stays."""
    row = owner.execute(
        "select passenger_ref, journey_id from derived.passenger_impacts order by sequence limit 1"
    ).fetchone()
    assert row is not None
    lives.Life(owner, Obligation(*row)).assess(lives.Answer(cause="hidden_defect"))


def _rows(owner: psycopg.Connection[Any], question: str) -> list[tuple[Any, ...]]:
    return owner.execute(question).fetchall()  # type: ignore[arg-type]


def test_every_mart_owes_what_the_books_owe(books: Books) -> None:
    owner, written = books
    assert {one.kind for one in written} == set(get_args(TransactionKind))
    owed = Counter({"EUR": 50_000})  # of the built day
    for transaction in written:
        for line in transaction.postings:
            if account(line.account).role in OWED:
                owed[line.currency] -= line.amount_minor
    expected = {currency: minor for currency, minor in owed.items() if minor}
    assert expected.keys() == {"EUR", "GBP", "JPY", "KWD"}
    for mart in (
        "compensation_by_cause", "liability_ageing", "provision_outcome",
        *(f"liability_by_{cut}" for cut in CUTS),
    ):  # fmt: skip
        found = _rows(
            owner,
            f"select currency, sum(owed_minor) from marts.{mart} group by 1"
            " having sum(owed_minor) <> 0",
        )
        assert dict(found) == expected, mart
    closing = _rows(
        owner, "select currency, sum(change_minor) from marts.liability_by_booked_day group by 1"
    )
    assert {currency: minor for currency, minor in closing if minor} == expected


def test_no_line_is_lost_and_what_is_unknown_says_so(books: Books) -> None:
    owner, _ = books
    assert _rows(
        owner,
        "select (select sum(postings) from marts.booked_amounts) - (select count(*)"
        " from ledger.postings), (select count(*) from marts.finance_reconciliation"
        " where difference_minor <> 0)",
    ) == [(0, 0)]
    compared = _rows(owner, "select distinct mart from marts.finance_reconciliation")
    assert {mart for (mart,) in compared} == FINANCE - {"finance_reconciliation"}
    unknown = (
        "select airport, airline, cause, article, regime, flight_day is null, amount_minor"
        " from marts.booked_amounts where airport = 'unknown' and account_role = 'probable'"
        " order by amount_minor"
    )
    assert _rows(owner, unknown) == [
        ("unknown", "unknown", "technical_routine", "EU261 Art 7(1)(a)", "eu", False, -60_000),
        ("unknown", "unknown", "unknown", "unknown", "unknown", True, -1),
    ]
    known = "select distinct airport, airline from marts.booked_amounts where airport <> 'unknown'"
    assert _rows(owner, known) == [("AMS", "KL")]


def test_a_late_reversal_takes_its_accrual_along_to_the_new_cause(books: Books) -> None:
    owner, _ = books
    assert _rows(
        owner,
        "select transaction_kind, amount_minor from marts.booked_amounts"
        " where cause = 'hidden_defect' and account_role = 'probable' order by 1",
    ) == [("accrual", -50_000), ("reversal", 25_000)]


def test_provision_and_outcome_are_told_by_scenario(books: Books) -> None:
    owner, _ = books
    rows = _rows(
        owner,
        "select flight_month::text, accrued, provided, allowance, approved, paid, owed"
        " from marts.provision_outcome where scenario = 'beacon-2019'",
    )
    # Two passengers of 250, 42 % not expected of each; one has claimed and is paid.
    assert [tuple(map(str, row)) for row in rows] == [
        ("2026-06-01", "500.00", "210.00", "105.00", "250.00", "250.00", "250.00")
    ]
    settled = _rows(
        owner,
        "select currency, vouchers_minor, written_off_minor, converted_minor, receivable_minor,"
        " goodwill_minor from marts.provision_outcome where scenario = 'legal-maximum'"
        " and entitlement = 'compensation' and regime <> 'unknown' order by 1, 2, 4",
    )
    assert settled == SETTLED


def test_each_state_has_an_age(books: Books) -> None:
    owner, _ = books
    states = _rows(owner, "select distinct state from marts.liability_ageing")
    assert {state for (state,) in states} == set(OWED)


def test_care_is_held_against_entitlement_in_the_places_of_its_currency(books: Books) -> None:
    owner, _ = books
    rows = _rows(
        owner,
        "select currency, entitled, given, given_beyond, spent, spent_beyond, unscheduled"
        " from marts.care_spend where currency <> 'XXX' order by 1",
    )
    assert [tuple(map(str, row)) for row in rows] == [
        ("JPY", "0", "0", "1", "12345", "12345", "12345"),
        ("KWD", "1", "1", "0", "67.890", "0.000", "60.000"),
    ]


def test_dbt_and_the_domain_agree_on_money(books: Books) -> None:
    """Places of every currency, and the roles of what is owed."""
    source = (marts_project.PROJECT / "macros/money.sql").read_text()
    macros: Any = jinja2.Template(source).module
    assert ast.literal_eval(macros.owed_roles()) == OWED
    codes = [*money._PLACES, "EUR", "GBP"]
    found = books[0].execute(
        f"select c, {macros.places('c')}, {macros.major('7', 'c')} from unnest(%s::text[]) as c",
        (codes,),
    )
    assert found.fetchall() == [(c, money.places(c), money.major(7, c)) for c in codes]
