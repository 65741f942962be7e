"""Care given is booked once, as owed or as goodwill; the clock says what is due and overdue."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.ledger import Booked, Obligation, Transaction, account
from domain.passenger_rights import RightsFacts
from domain.passengers.care import Entitlement, Given, due, overdue, waits_until
from domain.passengers.care_spend import Spent, spend

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
MEALS = frozenset({"notice", "meals", "comms"})
NIGHT = MEALS | {"hotel", "transport"}
OBLIGATION = Obligation(UUID(int=1), UUID(int=2), "care")


def entitled(care: frozenset[str], late: int | None = 200, number: int = 1) -> Entitlement:
    facts = RightsFacts(
        flight_date=date(2026, 6, 15), scheduled_departure=NOON, operating_licence="eu",
        departure_airport="AMS", arrival_airport="LHR", event="delay",
        departure_delay_minutes=late,
    )  # fmt: skip
    return Entitlement(
        care, "eu", facts, UUID(int=number), f"revision {number}", "V-EU-1", f"7/0/{number}", NOON
    )


def gave(care: str, minor: int = 1200, *, number: int = 9, receipt: bool = False) -> Given:
    at = NOON + timedelta(hours=3)
    return Given(UUID(int=number), at, care, minor, "EUR", None, receipt, f"3/0/{number}")


def balances(added: list[Transaction]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in (line for one in added for line in one.postings):
        role = account(line.account).role
        sums[role] = sums.get(role, 0) + line.amount_minor
    return {role: minor for role, minor in sums.items() if minor}


@pytest.mark.parametrize(
    ("care", "grants", "receipt", "says", "left"),
    [
        ("meals", [MEALS], False, "within", {"care": 1200, "care-payable": -1200}),
        ("meals", [MEALS], True, "within", {"care": 1200, "care-payable": -1200}),
        ("hotel", [MEALS], False, "beyond", {"goodwill": 1200, "care-payable": -1200}),
        ("hotel", [MEALS], True, "not_owed", {}),
        ("hotel", [], False, "not_assessed", {}),
        # A re-routing that failed too grants what the first flight did not.
        ("hotel", [MEALS, NIGHT], False, "within", {"care": 1200, "care-payable": -1200}),
    ],
)
def test_care_is_matched_to_what_the_law_grants(care, grants, receipt, says, left) -> None:
    grounds = [entitled(grant, number=n) for n, grant in enumerate(grants, start=1)]
    spent = spend(OBLIGATION, [], gave(care, receipt=receipt), grounds)
    assert spent.counts == says
    assert balances(list(spent.added)) == left
    granting = [one.assessment_id for one in grounds if care in one.care] or [UUID(int=1)]
    assert all(one.assessment_id == granting[0] for one in spent.added)


def test_what_costs_nothing_is_given_and_not_booked() -> None:
    assert spend(OBLIGATION, [], gave("comms", 0), [entitled(MEALS)])[:2] == ("free", ())


@drawn(st.lists(st.sampled_from([None, frozenset(), MEALS, NIGHT]), min_size=1, max_size=6),
       st.sampled_from(["meals", "hotel"]), st.booleans())  # fmt: skip
def test_whatever_the_assessments_say_in_turn_it_is_owed_once(answers, care, receipt) -> None:
    """Told again after each answer: one debt; care once it was owed, and for good."""
    carried: list[Booked] = []
    added: list[Transaction] = []
    spent: Spent | None = None
    for answer in answers:
        grounds = [] if answer is None else [entitled(answer)]
        for _ in range(2):
            spent = spend(OBLIGATION, carried, gave(care, receipt=receipt), grounds)
            added += spent.added
            carried += [Booked.of(one) for one in spent.added]
    owed = any(answer is not None and care in answer for answer in answers)
    assessed = any(answer is not None for answer in answers)
    if owed:
        assert balances(added) == {"care": 1200, "care-payable": -1200}
    elif assessed and not receipt:
        assert balances(added) == {"goodwill": 1200, "care-payable": -1200}
    else:
        assert added == []


def test_the_clock_of_a_long_wait() -> None:
    """370 km: meals and calls from two hours on; the night once it is needed (CA-01, CA-03)."""
    clock = due([entitled(MEALS)])
    assert clock["meals"] == {
        "at": (NOON + timedelta(hours=2)).isoformat(), "rule": "CA-01", "owed": True,
    }  # fmt: skip
    assert not clock["hotel"]["owed"]
    assert waits_until([entitled(MEALS, 200)]) == NOON + timedelta(minutes=200)
    assert waits_until([entitled(MEALS, None)]) is None
    assert (due([]), waits_until([])) == ({}, None)


def test_somebody_waits_while_nothing_came_and_nothing_left() -> None:
    clock, half = due([entitled(MEALS)]), timedelta(minutes=30)
    at = NOON + timedelta(minutes=150)
    late = at + timedelta(seconds=1)
    meal = {"1": {"care": "meals", "at": at.isoformat()}}
    assert overdue(clock, {}, None, at, half) == []
    assert overdue(clock, {}, None, late, half) == ["meals", "comms"]
    assert overdue(clock, meal, None, late, half) == ["comms"]
    assert overdue(clock, {}, late, late, half) == []
    assert overdue(clock, {}, late + half, late, half) == ["meals", "comms"]
