"""What is expected of claims: the share that is never claimed lessens the liability until it is.

An accrual carries the full legal sum. Expected cost is that sum times the share of passengers who
claim (LE-04), so the rest stands against it as an allowance, on an account of its own; from the
claim on the sum counts in full, and the allowance goes. The share is a scenario with a source,
never a constant: published ones run from 11 to 100 %.
"""

import csv
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from domain.ledger.accounts import account, place
from domain.ledger.errors import LedgerBroken
from domain.ledger.position import Position
from domain.ledger.posting import Posting, Transaction
from domain.ledger.unwinding import Step, move
from domain.ledger.writing import Books, Occasion, write

WHOLE = 10_000
"""Basis points of one."""


class Uptake(NamedTuple):
    """The share of those entitled who claim, in basis points, and who says so."""

    scenario: str
    right: str
    share_basis_points: int
    source: str


def uptakes() -> tuple[Uptake, ...]:
    """Every published share, in the order of the data."""
    return tuple(_uptakes().values())


def uptake(scenario: str, right: str = "compensation") -> Uptake:
    """The share of a scenario; raises LedgerBroken with the scenarios that there are."""
    found = _uptakes().get((scenario, right))
    if found is None:
        known = ", ".join(name for name, what in _uptakes() if what == right)
        raise LedgerBroken(f"no uptake of {right} in scenario {scenario!r}; there are: {known}")
    return found


def provide(
    books: Books, expected: Uptake, at: datetime, actor: str | None = None
) -> list[Transaction]:
    """Bring the allowance to what the scenario expects of the sums not yet approved.

    Rounded half up per obligation, so that the sum over passengers is a sum of whole minor
    units. Adds nothing where the allowance is right already.
    """
    position = Position.of(books.booked)
    written: list[Transaction] = []
    for currency in position.currencies:
        lines: list[Posting] = []
        for name, minor in position.accounts("probable", currency).items():
            regime = account(name).regime
            allowance, expense = place("allowance", regime), place("allowance-expense", regime)
            unclaimed = -minor * (WHOLE - expected.share_basis_points)
            wanted = (2 * unclaimed + WHOLE) // (2 * WHOLE)
            change = wanted - position.accounts("allowance", currency).get(allowance, 0)
            lines += (
                move(allowance, expense, change, currency)
                if change > 0
                else move(expense, allowance, -change, currency)
            )
        if lines:
            share = f"{expected.share_basis_points / 100:g} %"
            step = Step(
                "provision", f"{share} expected to claim ({expected.scenario})", tuple(lines)
            )
            # What stood before is part of the identity: a scenario may come back.
            last = books.booked[-1].transaction_id
            occasion = Occasion(at, f"{expected.scenario}/{last}", actor)
            written += write(books, step, occasion)
    return written


def released(position: Position, why: str) -> list[Step]:
    """The steps that take every allowance back: from the claim on the whole sum counts."""
    steps = []
    for currency in position.currencies:
        lines: list[Posting] = []
        for name, minor in position.accounts("allowance", currency).items():
            expense = place("allowance-expense", account(name).regime)
            lines += move(expense, name, minor, currency)
        if lines:
            position.add(lines)
            steps.append(Step("provision_release", why, tuple(lines)))
    return steps


@cache
def _uptakes() -> dict[tuple[str, str], Uptake]:
    path = files("domain.ledger").joinpath("data", "uptake.csv")
    table: dict[tuple[str, str], Uptake] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        share = int(row["share_basis_points"])
        where = (row["scenario"], row["right"])
        if not 0 <= share <= WHOLE or where in table:
            raise LedgerBroken(f"uptake.csv: {where} is twice there or not a share")
        table[where] = Uptake(row["scenario"], row["right"], share, row["source"])
    return table
