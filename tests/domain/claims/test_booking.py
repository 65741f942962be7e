"""Claims, books and bank together: what a claim says is what the books hold, whatever happens."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims import Claim, ClaimEvent, ClaimRefused, allowed, apply
from domain.claims.booking import booked
from domain.claims.states import ROLES
from domain.ledger import Booked, Books, LedgerBroken, Obligation, Settlement, Transaction, book
from domain.payments import Instruction, Outcome, instruct, next_attempt
from domain.payments import booking as bank
from tests.domain.claims.test_claims import event
from tests.domain.ledger.test_claim_laws import Answer
from tests.domain.payments.bank import DUE, SEALED

OBLIGATION = Obligation(UUID(int=1), UUID(int=2))
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


class World:
    """One claim with its books and its payments; a refusal by any of them leaves all alone."""

    def __init__(self) -> None:
        self.claim = Claim(OBLIGATION.key)
        self.transactions: list[Transaction] = []
        self.attempts: dict[int, str] = {}
        self.instruction: Instruction | None = None
        self.received = 0

    @property
    def books(self) -> Books:
        return Books(OBLIGATION, [Booked.of(entry) for entry in self.transactions])

    def happen(self, made: ClaimEvent) -> None:
        """The event, the books and the bank, or an error and nothing of it."""
        claim = apply(self.claim, made)
        if made.kind.startswith("assess"):
            answer = Answer(made.amount_minor or 0, event=str(made.cause))
            new = book(OBLIGATION, answer, str(made.revision), AT, self.books.booked)
        elif made.kind in ("pay", "give_back"):
            new = self._banked(made)
        else:
            new = booked(self.claim, made, self.books)
        self.transactions += new
        assert booked(self.claim, made, self.books) == []  # told twice
        if made.kind == "schedule":
            self._send(claim.approved_minor)
        self.claim = claim

    def _send(self, minor: int) -> None:
        more = self.claim.state != "returned"
        attempt = next_attempt(self.attempts, more_is_owed=more)  # type: ignore[arg-type]
        made = instruct(OBLIGATION.key, UUID(int=1), attempt, minor, "EUR", DUE, SEALED)
        self.transactions += bank.sent(made, self.books, AT)
        assert bank.sent(made, self.books, AT) == []
        self.instruction, self.attempts[attempt] = made, "sent"
        self.received += minor

    def _banked(self, made: ClaimEvent) -> list[Transaction]:
        one = self.instruction
        assert one is not None
        paid = Settlement.at_par(one.owed_minor, "EUR")
        if made.kind == "pay":
            outcome = Outcome(one.instruction_id, "executed", str(made.event_id), "", paid)
        elif self.claim.state == "paid":
            outcome = Outcome(one.instruction_id, "returned", str(made.event_id), "", paid)
        else:
            outcome = Outcome(one.instruction_id, "rejected", str(made.event_id))
        new = bank.booked(one, outcome, self.books, AT)
        self.attempts[one.attempt] = outcome.status
        if made.kind == "give_back":
            self.received -= one.owed_minor
        return new


def sound(world: World, highest: int) -> None:
    position, claim = world.books.position, world.claim
    assert position.contradictions() == []
    assert world.received <= highest  # never paid twice
    approved, payable = position.credit("approved", "EUR"), position.credit("payable", "EUR")
    transit = position.credit("in-transit", "EUR")
    if claim.state == "approved":
        assert approved == claim.approved_minor
    else:
        assert approved == 0
    if claim.state == "scheduled":
        assert transit == claim.approved_minor
    else:
        assert transit == 0
    assert payable == (claim.approved_minor if claim.state == "returned" else 0)
    assert world.received == claim.paid_minor + transit


SUMS = [12500, 25000, 40000]


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_the_claim_and_its_books_agree_whatever_happens(data) -> None:
    world = World()
    highest = 0
    for _ in range(data.draw(st.integers(0, 30))):
        role = data.draw(st.sampled_from(ROLES))
        names = [
            name for name in allowed(world.claim.state, role)
            if name not in ("agency_appointed", "agency_dismissed")
        ]  # fmt: skip
        if not names or role == "agency":
            continue
        kind = data.draw(st.sampled_from(names))
        told: dict[str, object] = {"actor": data.draw(st.sampled_from(["ann", "bob"]))}
        minor = data.draw(st.sampled_from(SUMS))
        if kind == "approve":
            minor = max(min(minor, world.claim.owed_minor), 1)
        if kind != "settle":
            told["amount_minor"] = 0 if kind == "assess_not_owed" else minor
        if kind.startswith("assess"):  # a revision stands for one answer
            told["cause"] = data.draw(st.sampled_from(["delay", "cancellation"]))
            told["revision"] = f"{told['cause']} {told['amount_minor']} {data.draw(st.booleans())}"
        made = event(kind, role, obligation_key=OBLIGATION.key, **told)
        try:
            world.happen(made)
        except (ClaimRefused, LedgerBroken):
            continue
        highest = max(highest, world.claim.owed_minor)
        sound(world, highest)


def live(*kinds: tuple[str, str], **last: object) -> World:
    world = World()
    for number, (kind, role) in enumerate(kinds, start=1):
        told = dict(last) if number == len(kinds) else {}
        if kind.startswith("assess"):
            told["cause"] = "delay"
            told.setdefault("revision", str(number))
        world.happen(event(kind, role, obligation_key=OBLIGATION.key, **told))
    return world


WAY = [("assess_owed", "rules"), ("claim", "passenger"), ("approve", "agent")]


def test_the_straight_way_ends_with_cash_and_nothing_open() -> None:
    world = live(*WAY, ("schedule", "agent"), ("pay", "bank"))
    assert world.books.position.balances == {
        ("expense-compensation-eu261", "EUR"): 25000,
        ("cash", "EUR"): -25000,
    }


@pytest.mark.parametrize(
    "before", [[("schedule", "agent")], [("schedule", "agent"), ("pay", "bank")]]
)
def test_what_came_back_is_sent_again_and_paid_once(before: list[tuple[str, str]]) -> None:
    world = live(*WAY, *before, ("give_back", "bank"), ("schedule", "agent"), ("pay", "bank"))
    assert (world.claim.state, world.claim.paid_minor) == ("paid", 25000)
    assert world.books.position.debit("cash", "EUR") == -25000
    assert sorted(world.attempts) == [1, 2]


def test_what_is_not_owed_any_more_when_it_comes_back_is_not_sent_again() -> None:
    sent = [*WAY, ("schedule", "agent"), ("assess_not_owed", "rules"), ("give_back", "bank")]
    world = live(*sent)
    assert (world.claim.state, world.claim.approved_minor) == ("returned", 0)
    assert world.books.position.balances == {}
    with pytest.raises(ClaimRefused, match="left to pay"):
        live(*sent, ("schedule", "agent"))
    assert live(*sent, ("withdraw", "agent")).claim.state == "claimed"


def test_a_settlement_lets_the_rest_go_until_it_is_contested() -> None:
    settled = [*WAY[:2], ("settle", "agent")]
    world = live(*settled)
    assert world.books.position.open_minor("EUR") == 10000
    for again in ("contest", "sue"):
        world = live(*settled, (again, "passenger"))
        assert world.books.position.open_minor("EUR") == 25000
        assert world.claim.settled_minor is None


def test_what_lapses_is_written_off_and_what_is_withdrawn_is_owed_still() -> None:
    assert live(*WAY[:2], ("expire", "agent")).books.position.open_minor("EUR") == 0
    world = live(*WAY, ("withdraw", "agent"))
    assert world.books.position.accounts("probable", "EUR") == {
        "liability-probable-eu261-art6": -25000
    }
    with pytest.raises(LedgerBroken, match="the bank has this payment"):
        live(*WAY, ("schedule", "agent"), ("withdraw", "agent"))


def test_a_contested_refusal_is_disclosed_until_it_is_decided() -> None:
    refused = [("assess_owed", "rules"), ("assess_not_owed", "rules"), ("contest", "passenger")]
    position = live(*refused, amount_minor=25000).books.position
    assert (position.credit("memo", "EUR"), position.open_minor("EUR")) == (25000, 0)
    for end in ("refuse_finally", "concede"):
        world = live(*refused, amount_minor=25000)
        world.happen(event(end, "agent", obligation_key=OBLIGATION.key))
        assert world.books.position.balances == {}


def test_less_owed_is_less_approved() -> None:
    world = live(*WAY, ("assess_owed", "rules"), amount_minor=12500)
    assert world.claim.approved_minor == 12500
    assert world.books.position.credit("approved", "EUR") == 12500
