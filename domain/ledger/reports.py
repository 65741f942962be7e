"""What finance reads of a period: the trial balance, and the journal under its own accounts."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TextIO

from domain.ledger.accounts import account, chart
from domain.ledger.errors import LedgerBroken
from domain.ledger.periods import Calendar, Placed
from domain.money import major

COLUMNS = (
    "period", "late_for", "occurred_at", "booked_at", "sequence", "line", "transaction_id", "kind",
    "gl_account", "gl_name", "account", "currency", "debit", "credit", "obligation_key",
    "rulebook", "actor", "reference", "description",
)  # fmt: skip
MAP_COLUMNS = ("account", "gl_account", "gl_name")


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One account and currency over a period, minor units; opening and closing debit positive."""

    account: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int

    @property
    def closing_minor(self) -> int:
        """What the account carries at the end."""
        return self.opening_minor + self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class GlAccount:
    """An account of the finance system."""

    code: str
    name: str


class AccountMap:
    """From our accounts to those of finance; one map may sum several of ours into one of theirs.

    Finance decides: whether compensation is an expense or lessens revenue (IFRS 15) is a row here.
    """

    def __init__(self, targets: Mapping[str, GlAccount]) -> None:
        for name in targets:
            account(name)
        self._targets = dict(targets)

    @classmethod
    def read(cls, text: str) -> "AccountMap":
        """From CSV with columns account, gl_account, gl_name.

        Raises LedgerBroken where a column is missing or an account is there twice, UnknownAccount
        for one that the chart does not hold.
        """
        targets: dict[str, GlAccount] = {}
        rows = csv.DictReader(io.StringIO(text))
        if not {*MAP_COLUMNS} <= {*(rows.fieldnames or ())}:
            raise LedgerBroken(f"an account map has the columns {', '.join(MAP_COLUMNS)}")
        for row in rows:
            if row["account"] in targets:
                raise LedgerBroken(f"the account map has {row['account']} twice")
            targets[row["account"]] = GlAccount(row["gl_account"], row["gl_name"])
        return cls(targets)

    def require(self, names: Iterable[str]) -> None:
        """Raises LedgerBroken with every one of the accounts that has no target."""
        missing = sorted({name for name in names if name not in self._targets})
        if missing:
            raise LedgerBroken(f"the account map lacks {', '.join(missing)}")

    def __getitem__(self, name: str) -> GlAccount:
        return self._targets[name]


@cache
def default_map() -> AccountMap:
    """The one that comes with the platform: every account of the chart, to be numbered anew."""
    path = files("domain.ledger").joinpath("data", "gl_accounts.csv")
    return AccountMap.read(path.read_text(encoding="utf-8"))


def trial_balance(placed: Iterable[Placed], period: str, calendar: Calendar) -> list[TrialLine]:
    """Every account that moved up to the end of the period, in the order of the chart.

    Opening balances carry all earlier periods: books of claims are not closed to profit at year's
    end, which is done in the finance system that this feeds.
    """
    index = calendar.index(period)
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in placed:
        where = calendar.index(one.placement.period)
        if where > index:
            continue
        for line in one.entry.lines:
            row = sums[line.account, line.currency]
            if where < index:
                row[0] += line.amount_minor
            else:
                row[1 if line.amount_minor > 0 else 2] += abs(line.amount_minor)
    return in_order(TrialLine(*where, *three) for where, three in sums.items())


def journal(placed: Sequence[Placed], period: str, accounts: AccountMap) -> str:
    """The lines of a period as CSV, in the order of the books; amounts as decimals.

    Raises LedgerBroken with every account that the map lacks: a journal with lines left out
    would not balance.
    """
    chosen = sorted(
        (one for one in placed if one.placement.period == period),
        key=lambda one: one.entry.sequence,
    )
    accounts.require(line.account for one in chosen for line in one.entry.lines)
    out = io.StringIO()
    write_journal(out, chosen, accounts)
    return out.getvalue()


def write_journal(out: TextIO, placed: Iterable[Placed], accounts: AccountMap) -> tuple[int, int]:
    """Write the lines of entries that come in the order of the books, without holding them.

    Returns how many transactions and lines. Raises LedgerBroken at an account that the map lacks.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    transactions = lines = 0
    for one in placed:
        accounts.require(line.account for line in one.entry.lines)
        writer.writerows(_rows(one, accounts))
        transactions, lines = transactions + 1, lines + len(one.entry.lines)
    return transactions, lines


def write_trial_balance(out: TextIO, period: str, lines: Iterable[TrialLine]) -> None:
    """As CSV; amounts as decimals, opening and closing debit positive."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("period", "account", "currency", "opening", "debit", "credit", "closing"))
    for line in lines:
        minors = (line.opening_minor, line.debit_minor, line.credit_minor, line.closing_minor)
        amounts = (major(minor, line.currency) for minor in minors)
        writer.writerow((plain(period), line.account, line.currency, *amounts))


def in_order(lines: Iterable[TrialLine]) -> list[TrialLine]:
    """By account in the order of the chart, then by currency."""
    order = {entry.name: place for place, entry in enumerate(chart())}
    return sorted(lines, key=lambda line: (order[line.account], line.currency))


def _rows(one: Placed, accounts: AccountMap) -> Iterable[tuple[object, ...]]:
    """In the order of COLUMNS."""
    entry, placement = one.entry, one.placement
    before = (
        plain(placement.period), plain(placement.late_for or ""), entry.occurred_at.isoformat(),
        entry.booked_at.isoformat(), entry.sequence,
    )  # fmt: skip
    after = (
        entry.obligation_key, plain(entry.rulebook), plain(entry.actor or ""),
        plain(entry.reference or ""), plain(entry.description),
    )  # fmt: skip
    for number, line in enumerate(entry.lines, start=1):
        amount = major(abs(line.amount_minor), line.currency)
        target = accounts[line.account]
        sides = (amount, "") if line.amount_minor > 0 else ("", amount)
        yield (
            *before, number, entry.transaction_id, entry.kind, plain(target.code),
            plain(target.name), line.account, line.currency, *sides, *after,
        )  # fmt: skip


def plain(value: str) -> str:
    """Text that a spreadsheet does not run: a formula's first sign gets an apostrophe."""
    if value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
