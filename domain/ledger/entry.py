"""A transaction as it stands in the books, and its one byte form.

Nothing here is validated: what reads the books to see whether somebody changed them must be able
to hold what no honest transaction looks like.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.identity import canonical_json
from domain.ledger.posting import Transaction

FORM = "knockon-ledger-entry-1"
"""Names the fields below. A field that comes later is a new form, and old seals keep the old."""


@dataclass(frozen=True, slots=True)
class Line:
    """One posting as stored: minor units, debit positive."""

    account: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the books with its lines in order; `booked_at` is when it was committed (UTC)."""

    sequence: int
    booked_at: datetime
    transaction_id: UUID
    kind: str
    obligation_key: UUID
    revision: str
    passenger_ref: UUID
    assessment_id: UUID
    reverses: UUID | None
    occurred_at: datetime
    description: str
    rulebook: str
    actor: str | None
    reference: str | None
    evidence: tuple[str, ...]
    code_version: str
    lines: tuple[Line, ...]

    @classmethod
    def of(
        cls,
        transaction: Transaction,
        sequence: int,
        booked_at: datetime,
        evidence: tuple[str, ...] = (),
        code_version: str = "",
    ) -> "Entry":
        """The row that committing a transaction makes."""
        told = {
            name: getattr(transaction, name)
            for name in type(transaction).model_fields
            if name != "postings"
        }
        lines = tuple(
            Line(line.account, line.amount_minor, line.currency) for line in transaction.postings
        )
        return cls(
            sequence=sequence,
            booked_at=booked_at,
            evidence=evidence,
            code_version=code_version,
            lines=lines,
            **told,
        )

    def canonical(self) -> bytes:
        """The bytes that are sealed; raises TypeError for a time without its zone."""
        told: dict[str, Any] = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "lines"
        }
        told["lines"] = [[line.account, line.amount_minor, line.currency] for line in self.lines]
        return canonical_json({"form": FORM, **told})
