"""Claims of every kind in the books: each obligation with an assessment, and what it lived through.

Amounts are minor units. Rows of impacts and assessments are copies of one that the derivations
made, with other facts.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from domain.identity import name_uuid
from domain.ledger import (
    Basis,
    Booked,
    Books,
    Obligation,
    Occasion,
    Settlement,
    Transaction,
    assessment_id,
    besides,
    book,
    chart,
    moves,
    provide,
    uptake,
)  # fmt: skip
from streaming.store.derive_ledger import already_booked, open_accounts, write_transactions

AT = datetime(2026, 6, 20, 12, tzinfo=UTC)
SUM = 25_000
Owner = psycopg.Connection[Any]


class Answer(NamedTuple):
    """As much of an assessment as the books read."""

    accrual_minor: int = SUM
    regime: str = "eu"
    event: str = "delay"
    currency: str = "EUR"
    cause: str = "technical_routine"
    rulebook: str = "V-EU-1"
    citations: tuple[str, ...] = ("EU261 Art 7(1)(a)",)
    certainty: str = "settled"


class Life:
    """One obligation: assess it, then make moves; every transaction is written as it comes."""

    def __init__(self, owner: Owner, obligation: Obligation) -> None:
        self.owner, self.obligation = owner, obligation
        self.turns, self.written = 0, list[Transaction]()

    def record(self, answer: Answer, leg: UUID | None = None) -> str:
        """Rows of an impact and its assessment; returns the revision."""
        self.turns += 1
        key, revision = self.obligation.key, f"changed {self.turns}"
        sequence = _last(self.owner, "derived.passenger_impacts") + 1
        _copy(
            self.owner, "derived.passenger_impacts", sequence=sequence, obligation_key=key,
            revision=revision, passenger_ref=self.obligation.passenger_ref,
            journey_id=self.obligation.journey_id, obligation_event=self.obligation.event,
            **({"broken_leg_id": leg} if leg else {}),
            facts=json.dumps({"event": answer.event, "cause": answer.cause}),
        )  # fmt: skip
        _copy(
            self.owner, "derived.assessments", assessment_id=assessment_id(key, revision),
            sequence=_last(self.owner, "derived.assessments") + 1, impact_sequence=sequence,
            obligation_key=key, revision=revision, regime=answer.regime, event=answer.event,
            rulebook=answer.rulebook, citations=list(answer.citations), currency=answer.currency,
        )  # fmt: skip
        return revision

    def assess(self, answer: Answer, leg: UUID | None = None) -> "Life":
        revision = self.record(answer, leg)
        return self._write(book(self.obligation, answer, revision, AT, self._booked))

    def beside(self, move: Callable[..., list[Transaction]], *arguments: object) -> "Life":
        """A move where no sum of Art 7 is booked: care, refund, judgment."""
        basis = Basis(self.record(Answer()), "V-EU-1")
        return self._write(move(Books(self.obligation, [], basis), *arguments, self._occasion()))

    def do(self, move: Callable[..., list[Transaction]], *arguments: object) -> "Life":
        books = Books(self.obligation, self._booked)
        return self._write(move(books, *arguments, self._occasion()))

    def provide(self) -> "Life":
        books = Books(self.obligation, self._booked)
        return self._write(provide(books, uptake("beacon-2019"), AT))

    def to_the_bank(self, minor: int = SUM, currency: str = "EUR") -> "Life":
        for move in (moves.approve, moves.schedule, moves.send):
            self.do(move, minor, currency)
        return self

    @property
    def _booked(self) -> list[Booked]:
        return already_booked(self.owner, [self.obligation.key]).get(self.obligation.key, [])

    def _occasion(self) -> Occasion:
        self.turns += 1
        return Occasion(AT, f"fact {self.turns}", "clerk")

    def _write(self, transactions: list[Transaction]) -> "Life":
        assert transactions
        commit(self.owner, transactions)
        self.written += transactions
        return self


def commit(owner: Owner, transactions: list[Transaction]) -> None:
    """Write transactions with their lines in one database transaction."""
    with owner.transaction():
        write_transactions(owner, [(one, ()) for one in transactions], "test")


def someone(number: int, event: str = "disruption") -> Obligation:
    """An obligation to a passenger of that number."""
    return Obligation(
        name_uuid("life", "passenger", number), name_uuid("life", "journey", number), event
    )


def lead(owner: Owner) -> list[Transaction]:
    """Lives that together have every kind of transaction; returns all that was booked."""
    open_accounts(owner, chart())
    paid, pound = Settlement.at_par(SUM, "EUR"), Answer(regime="uk", currency="GBP")

    def life(number: int, answer: Answer | None = None) -> Life:
        return Life(owner, someone(number)).assess(answer or Answer())

    lives = [
        life(1).provide(),  # 58 % are expected to claim
        life(2).provide().do(moves.claimed).to_the_bank().do(moves.settle, paid),
        life(3).to_the_bank(),
        life(4).do(moves.approve, SUM, "EUR").do(moves.schedule, SUM, "EUR"),
        life(5).do(moves.approve, SUM, "EUR").do(moves.withdraw, 5_000, "EUR"),
        life(6).do(moves.write_off, SUM, "EUR", "Lapsed").do(moves.reinstate, 10_000, "EUR"),
        life(7).do(moves.approve, SUM, "EUR").do(besides.voucher, SUM, "EUR", "ab" * 32)
        .do(besides.voucher_used, 20_000, "EUR").do(besides.voucher_lapsed, 3_000, "EUR"),
        life(8).to_the_bank().do(moves.settle, paid).assess(Answer(0, cause="meteorological"))
        .do(besides.repaid, 11_000, "EUR").do(besides.let_go, 4_000, "EUR").assess(Answer(7_000)),
        life(9).to_the_bank().do(moves.settle, paid).do(moves.give_back, paid),
        life(10).to_the_bank().do(moves.reject, SUM, "EUR"),
        life(11).to_the_bank().do(moves.settle, Settlement(SUM, "EUR", 21_300, "GBP", 21_000, 200)),
        life(12).do(moves.approve, SUM, "EUR").assess(Answer(event="cancellation")),
        life(13).to_the_bank().do(moves.settle, paid).assess(pound)
        .do(besides.set_off_across, SUM, "EUR", 22_000, "GBP"),
        life(14).do(besides.recover, 9_000, "EUR", "the handler")
        .do(besides.recovered, 5_000, "EUR").do(besides.recovery_lost, 4_000, "EUR")
        .do(besides.contingent, "eu", 40_000, "EUR"),
        Life(owner, someone(15, "care")).beside(besides.care, "eu", 12_345, "JPY"),
        Life(owner, someone(1, "care")).beside(besides.care, "eu", 67_890, "KWD")
        .do(moves.schedule, 7_890, "KWD"),
        Life(owner, someone(17, "refund")).beside(besides.refund, "uk", 31_111, "GBP"),
        Life(owner, someone(18, "judgment")).beside(besides.judgment, 4_200, "EUR"),
        Life(owner, someone(19)).assess(Answer(60_000), name_uuid("leg", "nowhere")),
    ]  # fmt: skip
    return [transaction for one in lives for transaction in one.written]


def _last(owner: Owner, table: str) -> int:
    row = owner.execute(f"select max(sequence) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def _copy(owner: Owner, table: str, facts: str = "{}", **other: Any) -> None:
    owner.execute(
        f"insert into {table} select (jsonb_populate_record(one,"
        " case when to_jsonb(one) ? 'facts'"
        " then jsonb_build_object('facts', to_jsonb(one) -> 'facts' || %s::jsonb)"
        f" else '{{}}' end || %s::jsonb)).* from {table} as one order by sequence limit 1",
        (facts, json.dumps(other, default=str)),
    )
