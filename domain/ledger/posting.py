"""A posting and a transaction: one that does not balance per currency cannot be built."""

from collections import defaultdict
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.events.envelope import UtcTime
from domain.ledger.accounts import account
from domain.ledger.errors import LedgerBroken, Unbalanced

TransactionKind = Literal[
    # what an assessment books
    "accrual",
    "reversal",  # names the accrual it takes back
    "reclassification",  # a sum on its way that follows its obligation to another article
    "withdrawal",  # approved, scheduled or written off, and no longer owed
    "receivable",  # paid, and no longer owed
    "set_off",  # owed again, and still in the passenger's hands
    # what is expected of claims
    "provision",
    "provision_release",
    "contingent",
    # the way of a claim to the bank
    "approval",
    "scheduling",
    "sending",
    "payment",
    "payment_return",
    "voucher",
    "voucher_use",
    "voucher_lapse",
    "write_off",
    "reinstatement",  # a right that was let go and was there after all
    # beside the sum of Art 7
    "care",
    "refund",
    "judgment",
    "recovery",
    "recovery_receipt",
    "recovery_loss",
    "repayment",
    "goodwill",
]
KINDS: tuple[TransactionKind, ...] = get_args(TransactionKind)
INT64_MAX = 2**63 - 1


class Posting(BaseModel):
    """One line: debit positive, credit negative, integer minor units of an ISO 4217 currency."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    account: str
    amount_minor: Annotated[int, Field(ge=-INT64_MAX, le=INT64_MAX)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    @model_validator(mode="after")
    def _bookable(self) -> "Posting":
        account(self.account)
        if self.amount_minor == 0:
            raise ValueError("a line of zero says nothing: leave it out")
        return self

    def reversed(self) -> "Posting":
        """The line that takes this one back."""
        return Posting(
            account=self.account, amount_minor=-self.amount_minor, currency=self.currency
        )


class Transaction(BaseModel):
    """A balanced set of lines; a reversal names the transaction it takes back.

    `actor` is who moved the money where a person or the bank did, and `reference` what of the
    world outside the books it answers (a claim event, a payment instruction, a voucher); rules
    that book an assessment leave both empty.
    Raises Unbalanced, UnknownAccount or LedgerBroken when built from anything else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    transaction_id: UUID
    kind: TransactionKind
    obligation_key: UUID
    revision: str
    passenger_ref: UUID
    assessment_id: UUID
    reverses: UUID | None = None
    occurred_at: UtcTime
    description: str
    rulebook: str
    actor: str | None = None
    reference: str | None = None
    postings: tuple[Posting, ...]

    @model_validator(mode="after")
    def _balanced(self) -> "Transaction":
        if not self.postings:
            raise LedgerBroken("a transaction needs lines: book nothing instead of an empty one")
        if (self.kind == "reversal") != (self.reverses is not None):
            raise LedgerBroken("a reversal, and only a reversal, names what it reverses")
        remainders = {
            currency: minor for currency, minor in balance(self.postings).items() if minor
        }
        if remainders:
            raise Unbalanced(remainders)
        return self


def balance(postings: tuple[Posting, ...]) -> dict[str, int]:
    """The sum of the lines per currency, minor units."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in postings:
        sums[line.currency] += line.amount_minor
    return dict(sums)
