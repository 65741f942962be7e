"""What a changed assessment does to money that is on its way already, or gone.

An accrual that is taken back leaves a hole where its sum was approved, scheduled or paid
meanwhile. Of the sum that is no longer owed, what lapsed is taken back first, then what waits for
approval or for the bank; what the passenger has is claimed back. Nothing here touches what was
handed to the bank: only the bank says what became of that.
"""

from collections.abc import Callable
from typing import NamedTuple

from domain.ledger.accounts import account, place
from domain.ledger.position import Position
from domain.ledger.posting import Posting, TransactionKind


class Step(NamedTuple):
    """Lines to book after a changed accrual, and why."""

    kind: TransactionKind
    description: str
    postings: tuple[Posting, ...]


def unwound(position: Position) -> list[Step]:
    """The steps that leave no contradiction in the position; adds their lines to it."""
    steps = []
    for currency in position.currencies:
        for kind, description, find in _STEPS:
            lines = tuple(find(position, currency))
            if lines:
                position.add(lines)
                steps.append(Step(kind, description, lines))
    return steps


def move(debit: str, credit: str, minor: int, currency: str) -> list[Posting]:
    """Two lines, or none of nothing."""
    if minor == 0:
        return []
    return [
        Posting(account=debit, amount_minor=minor, currency=currency),
        Posting(account=credit, amount_minor=-minor, currency=currency),
    ]


def _holes(position: Position, currency: str) -> dict[str, int]:
    return {
        name: minor for name, minor in position.accounts("probable", currency).items() if minor > 0
    }


def _owed(position: Position, currency: str) -> dict[str, int]:
    return {
        name: -minor for name, minor in position.accounts("probable", currency).items() if minor < 0
    }


def _reclassified(position: Position, currency: str) -> list[Posting]:
    """The sum on its way follows the obligation to another article of the same law."""
    lines = []
    owed = _owed(position, currency)
    for hole, missing in _holes(position, currency).items():
        for name in owed:
            if account(name).regime != account(hole).regime:
                continue  # approved under one law is not approved under another
            part = min(missing, owed[name])
            lines += move(name, hole, part, currency)
            owed[name] -= part
            missing -= part
    return lines


def _withdrawn(position: Position, currency: str) -> list[Posting]:
    lines = []
    left = {
        (role, name): -minor
        for role in ("write-off", "approved", "payable")
        for name, minor in position.accounts(role, currency).items()
    }
    for hole, missing in _holes(position, currency).items():
        for role, name in left:
            part = min(missing, left[role, name])
            lines += move(name, hole, part, currency)
            left[role, name] -= part
            missing -= part
    return lines


def _claimed_back(position: Position, currency: str) -> list[Posting]:
    lines = []
    for hole, missing in _holes(position, currency).items():
        lines += move(place("repayment-receivable"), hole, missing, currency)
    return lines


def _set_off(position: Position, currency: str) -> list[Posting]:
    """Owed again and still in the passenger's hands: asked back, or let go in goodwill."""
    lines = []
    there = {role: position.debit(role, currency) for role in ("repayment-receivable", "goodwill")}
    for name, owed in _owed(position, currency).items():
        for role in there:
            part = min(owed, there[role])
            lines += move(name, place(role), part, currency)
            there[role] -= part
            owed -= part
    return lines


_Find = Callable[[Position, str], list[Posting]]
_STEPS: tuple[tuple[TransactionKind, str, _Find], ...] = (
    ("reclassification", "Follows the obligation to another article", _reclassified),
    ("withdrawal", "No longer owed and not yet with the bank", _withdrawn),
    ("receivable", "Paid and no longer owed: to be claimed back", _claimed_back),
    ("set_off", "Owed again and already in the passenger's hands", _set_off),
)
