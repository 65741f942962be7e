"""The ledger's laws: balance, no second booking, corrections that leave only the last answer."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import (
    Booked,
    LedgerBroken,
    Obligation,
    Posting,
    Transaction,
    Unbalanced,
    UnknownAccount,
    account,
    book,
    chart,
    obligation_key,
    revision,
)
from domain.ledger.obligation import DOWNGRADE, assessment_id, rerouting_failed
from domain.passenger_rights import RightsFacts, assess
from tests.domain.passenger_rights.facts import facts

PASSENGER, JOURNEY = UUID(int=1), UUID(int=2)
OBLIGATION = Obligation(PASSENGER, JOURNEY)
AT = datetime(2026, 11, 20, 18, tzinfo=UTC)

FACTS = {
    "late": facts(),
    "later": facts(arrival_delay_minutes=260),
    "long haul": facts(arrival_airport="JFK"),
    "in time": facts(arrival_delay_minutes=100),
    "excused": facts(cause="bird_strike", reasonable_measures_proven=True),
    "cancelled": facts(event="cancellation", notice_minutes=0, reroute_offered=False),
    "refused": facts(event="denied_boarding", reroute_offered=False),
    "under EU law": facts(
        operating_licence="eu", departure_airport="AMS", arrival_airport="FRA"
    ),
    "borderline": facts(arrival_delay_minutes=180),
    "lower class": facts(
        event="downgrade", class_booked="business", class_flown="economy",
        leg_price_minor=33333, ticket_currency="EUR",
    ),
}  # fmt: skip


def post(told: RightsFacts, books: list[Transaction]) -> list[Transaction]:
    assessment = assess(told)
    booked = [
        Booked(entry.transaction_id, entry.revision, entry.reverses, entry.postings)
        for entry in books
    ]
    return book(OBLIGATION, assessment, revision(told, assessment), AT, booked)


def balances(books: list[Transaction]) -> dict[tuple[str, str], int]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for transaction in books:
        for line in transaction.postings:
            sums[line.account, line.currency] += line.amount_minor
    return {place: minor for place, minor in sums.items() if minor}


def line(minor: int, currency: str = "EUR", name: str = "cash") -> Posting:
    return Posting(account=name, amount_minor=minor, currency=currency)


def transaction(*postings: Posting, **changes: object) -> Transaction:
    made = {
        "transaction_id": UUID(int=9), "kind": "accrual", "obligation_key": OBLIGATION.key,
        "revision": "r", "passenger_ref": PASSENGER, "assessment_id": UUID(int=8),
        "occurred_at": AT, "description": "a test", "rulebook": "V-UK-2", "postings": postings,
    }  # fmt: skip
    return Transaction.model_validate(made | changes)


@given(
    st.lists(st.tuples(st.integers(-1000, 1000).filter(bool), st.sampled_from(["EUR", "GBP"])),
             min_size=1, max_size=6)
)  # fmt: skip
def test_exactly_what_balances_per_currency_can_be_built(lines: list[tuple[int, str]]) -> None:
    postings = [line(*entry) for entry in lines]
    off = {
        currency: sum(minor for minor, where in lines if where == currency)
        for currency in {where for _, where in lines}
    }
    off = {currency: minor for currency, minor in off.items() if minor}
    if off:
        with pytest.raises(Unbalanced) as refused:
            transaction(*postings)
        assert refused.value.remainders == off
        postings += [line(-minor, currency) for currency, minor in off.items()]
    assert len(transaction(*postings).postings) == len(postings)


def test_two_currencies_do_not_balance_each_other() -> None:
    with pytest.raises(Unbalanced, match="off by -100 EUR, 100 GBP"):
        transaction(line(100, "GBP"), line(-100, "EUR"))


def test_what_may_not_be_built() -> None:
    with pytest.raises(LedgerBroken, match="needs lines"):
        transaction()
    with pytest.raises(ValueError, match="line of zero"):
        line(0)
    with pytest.raises(UnknownAccount, match="'petty-cash' is not in"):
        line(1, name="petty-cash")
    with pytest.raises(ValueError, match="valid integer"):
        Posting(account="cash", amount_minor=1.0, currency="EUR")  # type: ignore[arg-type]
    for changes in ({"kind": "reversal"}, {"reverses": UUID(int=7)}):
        with pytest.raises(LedgerBroken, match="only a reversal"):
            transaction(line(1), line(-1), **changes)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("late", {("expense-compensation-uk261", "GBP"): 35000,
                  ("liability-probable-uk261-art6", "GBP"): -35000}),
        ("cancelled", {("expense-compensation-uk261", "GBP"): 35000,
                       ("liability-probable-uk261-art5", "GBP"): -35000}),
        ("refused", {("expense-compensation-uk261", "GBP"): 35000,
                     ("liability-probable-uk261-art4", "GBP"): -35000}),
        ("under EU law", {("expense-compensation-eu261", "EUR"): 25000,
                          ("liability-probable-eu261-art6", "EUR"): -25000}),
        ("lower class", {("refund-contra-revenue-uk261", "EUR"): 16667,
                         ("liability-probable-uk261-art10", "EUR"): -16667}),
        ("excused", {}),
        ("in time", {}),
    ],
)  # fmt: skip
def test_what_an_assessment_books(name: str, expected: dict[tuple[str, str], int]) -> None:
    assert balances(post(FACTS[name], [])) == expected


def test_the_books_carry_the_higher_reading() -> None:
    assert assess(FACTS["borderline"]).amount_min_minor == 17500
    assert balances(post(FACTS["borderline"], []))["expense-compensation-uk261", "GBP"] == 35000


@given(st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=7))
def test_whatever_changes_only_the_last_answer_stands(history: list[str]) -> None:
    books: list[Transaction] = []
    for name in history:
        books += post(FACTS[name], books)
        assert post(FACTS[name], books) == []  # a rerun adds nothing
    assert balances(books) == balances(post(FACTS[history[-1]], []))
    ids = [entry.transaction_id for entry in books]
    assert len(set(ids)) == len(ids)
    reversals = {entry.reverses for entry in books if entry.reverses}
    assert len(reversals) == sum(entry.kind == "reversal" for entry in books)
    assert reversals <= set(ids)


def test_a_correction_is_a_linked_reversal_and_a_new_booking() -> None:
    books = post(FACTS["late"], [])
    correction = post(FACTS["long haul"], books)
    assert [entry.kind for entry in correction] == ["reversal", "accrual"]
    assert correction[0].reverses == books[0].transaction_id
    assert balances([*books, correction[0]]) == {}
    assert correction[0].revision == correction[1].revision != books[0].revision


def test_facts_that_change_and_change_back_are_booked_three_times() -> None:
    books: list[Transaction] = []
    for name in ("late", "excused", "late", "excused"):
        books += post(FACTS[name], books)
    assert [entry.kind for entry in books] == ["accrual", "reversal", "accrual", "reversal"]
    assert len({entry.transaction_id for entry in books}) == 4
    assert balances(books) == {}


def test_the_same_history_gives_the_same_ids() -> None:
    def run() -> list[Transaction]:
        books: list[Transaction] = []
        for name in ("late", "later", "cancelled"):
            books += post(FACTS[name], books)
        return books

    assert run() == run()


def test_books_that_stand_twice_are_refused() -> None:
    once = post(FACTS["late"], [])[0]
    twice = once.model_copy(update={"transaction_id": UUID(int=99)})
    with pytest.raises(LedgerBroken, match="stands twice"):
        post(FACTS["later"], [once, twice])


def test_one_journey_and_event_is_one_obligation_whatever_the_law_says() -> None:
    assert OBLIGATION.key == obligation_key(PASSENGER, JOURNEY)
    keys = {
        OBLIGATION.key,
        obligation_key(UUID(int=3), JOURNEY),
        obligation_key(PASSENGER, UUID(int=3)),
        obligation_key(PASSENGER, JOURNEY, DOWNGRADE),
        obligation_key(PASSENGER, JOURNEY, rerouting_failed(1)),
        obligation_key(PASSENGER, JOURNEY, rerouting_failed(2)),
    }
    assert len(keys) == 6


def test_a_revision_moves_with_facts_and_with_the_rulebook() -> None:
    told = FACTS["late"]
    assessment = assess(told)
    same = revision(told, assessment)
    assert revision(told, assess(told)) == same
    mended = assessment.model_copy(update={"rulebook_digest": "mended"})
    moved = assessment.model_copy(update={"measured": None})
    others = {
        same,
        revision(FACTS["later"], assessment),
        revision(told, mended),
        revision(told, moved),
    }
    assert len(others) == 4
    assert assessment_id(OBLIGATION.key, same) != assessment_id(OBLIGATION.key, "other")


def test_the_chart_has_a_place_for_every_right() -> None:
    names = {entry.name for entry in chart()}
    assert len(names) == len(chart())
    for law in ("eu261", "uk261"):
        for article in ("art4", "art5", "art6", "art10"):
            assert account(f"liability-probable-{law}-{article}").kind == "liability"
