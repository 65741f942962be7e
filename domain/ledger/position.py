"""Where one obligation stands in the books: its balances, and what would contradict itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.ledger.accounts import account
from domain.ledger.errors import LedgerBroken
from domain.ledger.posting import Posting, Transaction, TransactionKind

OPEN_ROLES = ("probable", "approved", "payable")
"""Owed and not yet on the way to the passenger."""

CREDIT_ROLES = (*OPEN_ROLES, "in-transit", "voucher", "care-payable", "refund-payable",
                "judgment-payable", "memo")  # fmt: skip
DEBIT_ROLES = ("repayment-receivable", "recovery-receivable", "allowance")


class Booked(NamedTuple):
    """One transaction already in the books of an obligation, oldest first."""

    transaction_id: UUID
    revision: str
    reverses: UUID | None
    postings: tuple[Posting, ...]
    kind: TransactionKind = "accrual"
    rulebook: str = ""
    assessment_id: UUID | None = None

    @classmethod
    def of(cls, transaction: Transaction) -> "Booked":
        """What the books know of a transaction once it is in them."""
        return cls(
            transaction.transaction_id,
            transaction.revision,
            transaction.reverses,
            transaction.postings,
            transaction.kind,
            transaction.rulebook,
            transaction.assessment_id,
        )


def standing(booked: Sequence[Booked]) -> Booked | None:
    """The accrual that no reversal took back; raises LedgerBroken where there are two."""
    reversed_ids = {entry.reverses for entry in booked if entry.reverses is not None}
    found = [
        entry
        for entry in booked
        if entry.reverses is None
        and entry.kind == "accrual"
        and entry.transaction_id not in reversed_ids
    ]
    if len(found) > 1:
        ids = ", ".join(str(entry.transaction_id) for entry in found)
        raise LedgerBroken(f"one obligation stands twice in the books: {ids}; reverse all but one")
    return found[0] if found else None


class Position:
    """The balances of one obligation, minor units per account and currency; debit positive."""

    def __init__(self, postings: Iterable[Posting] = ()) -> None:
        self._sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.add(postings)

    @classmethod
    def of(cls, booked: Iterable[Booked]) -> "Position":
        """The balances that all those transactions leave."""
        return cls(line for entry in booked for line in entry.postings)

    def add(self, postings: Iterable[Posting]) -> None:
        """Book further lines."""
        for line in postings:
            self._sums[line.account, line.currency] += line.amount_minor

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that was ever booked, in alphabetical order."""
        return tuple(sorted({currency for _, currency in self._sums}))

    @property
    def balances(self) -> dict[tuple[str, str], int]:
        """What is not zero, by account and currency."""
        return {where: minor for where, minor in self._sums.items() if minor}

    def accounts(self, role: str, currency: str) -> dict[str, int]:
        """Balances of the accounts with a role, debit positive, zeros left out."""
        return {
            name: minor
            for (name, money), minor in sorted(self._sums.items())
            if minor and money == currency and account(name).role == role
        }

    def debit(self, role: str, currency: str) -> int:
        """The balance of a role as a debit, minor units."""
        return sum(self.accounts(role, currency).values())

    def credit(self, role: str, currency: str) -> int:
        """The balance of a role as a credit, minor units."""
        return -self.debit(role, currency)

    def open_minor(self, currency: str) -> int:
        """Owed to the passenger and not yet handed to the bank."""
        return sum(self.credit(role, currency) for role in OPEN_ROLES)

    def contradictions(self) -> list[str]:
        """Balances that cannot all be true; empty in sound books."""
        found = []
        for currency in self.currencies:
            for role in CREDIT_ROLES:
                for name, minor in self.accounts(role, currency).items():
                    if minor > 0:
                        found.append(f"{name} is a debit of {minor} {currency}")
            for role in DEBIT_ROLES:
                for name, minor in self.accounts(role, currency).items():
                    if minor < 0:
                        found.append(f"{name} is a credit of {-minor} {currency}")
            if self.debit("repayment-receivable", currency) and self.open_minor(currency):
                found.append(f"owed to the passenger and by the passenger at once in {currency}")
            if self.debit("allowance", currency) > self.credit("probable", currency):
                found.append(f"more {currency} is expected not to be claimed than is owed")
        return found
