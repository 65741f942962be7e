"""The chart of accounts, read from data."""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from domain.ledger.errors import LedgerBroken, UnknownAccount

AccountKind = Literal["asset", "liability", "expense", "income"]
_KINDS = ("asset", "liability", "expense", "income")


class Account(NamedTuple):
    """One account; `regime` and `article` only where it serves one.

    `role` is what the account does for a claim, whichever law the claim is under: builders ask
    by role, so that a new law is new rows.
    """

    name: str
    kind: AccountKind
    regime: str | None
    article: str | None
    description: str
    role: str


def chart() -> tuple[Account, ...]:
    """Every account, in the order of the data."""
    return tuple(_chart().values())


def account(name: str) -> Account:
    """The account of a name. Raises UnknownAccount."""
    found = _chart().get(name)
    if found is None:
        raise UnknownAccount(name)
    return found


def place(role: str, regime: str | None = None, article: str | None = None) -> str:
    """The name of the one account with that role, law and article. Raises UnknownAccount."""
    found = _places().get((role, regime, article))
    if found is None:
        raise UnknownAccount(" ".join(part for part in (role, regime, article) if part))
    return found


@cache
def _chart() -> dict[str, Account]:
    path = files("domain.ledger").joinpath("data", "chart.csv")
    table: dict[str, Account] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        if row["kind"] not in _KINDS or row["account"] in table:
            raise LedgerBroken(f"chart.csv: {row['account']} is twice there or of no known kind")
        table[row["account"]] = Account(
            row["account"],
            row["kind"],  # type: ignore[arg-type]
            row["regime"] or None,
            row["article"] or None,
            row["description"],
            row["role"],
        )
    return table


@cache
def _places() -> dict[tuple[str, str | None, str | None], str]:
    places: dict[tuple[str, str | None, str | None], str] = {}
    for entry in _chart().values():
        where = (entry.role, entry.regime, entry.article)
        if where in places:
            raise LedgerBroken(f"chart.csv: {entry.name} and {places[where]} have one place")
        places[where] = entry.name
    return places
