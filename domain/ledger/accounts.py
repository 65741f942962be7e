"""The chart of accounts, read from data."""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from domain.ledger.errors import LedgerBroken, UnknownAccount

AccountKind = Literal["asset", "liability", "expense", "income"]
_KINDS = ("asset", "liability", "expense", "income")


class Account(NamedTuple):
    """One account; `regime` and `article` only where it serves one."""

    name: str
    kind: AccountKind
    regime: str | None
    article: str | None
    description: str


def chart() -> tuple[Account, ...]:
    """Every account, in the order of the data."""
    return tuple(_chart().values())


def account(name: str) -> Account:
    """The account of a name. Raises UnknownAccount."""
    found = _chart().get(name)
    if found is None:
        raise UnknownAccount(name)
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
        )
    return table
