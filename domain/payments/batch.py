"""A batch of instructions for one account: the same instructions are the same batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.identity import name_uuid
from domain.payments.errors import PaymentRefused
from domain.payments.instruction import Instruction


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file asks the bank to do on one day, in one currency."""

    batch_id: UUID
    debtor: str
    currency: str
    due_on: date
    instructions: tuple[Instruction, ...]

    @property
    def message_id(self) -> str:
        """By this the bank knows a file that is sent twice: 32 signs, of at most 35."""
        return self.batch_id.hex

    @property
    def total_minor(self) -> int:
        """Sum of what is paid, minor units."""
        return sum(one.pay_minor for one in self.instructions)


def batch(debtor: str, instructions: Sequence[Instruction]) -> Batch:
    """The batch of those instructions, whatever their order; `debtor` names our account.

    Raises PaymentRefused for none, for several currencies or days, and where one obligation
    would be paid twice.
    """
    if not instructions:
        raise PaymentRefused("a batch needs an instruction: send nothing instead")
    for what in ("pay_currency", "due_on"):
        found = sorted({str(getattr(one, what)) for one in instructions})
        if len(found) > 1:
            raise PaymentRefused(f"one batch has one {what}, not {', '.join(found)}")
    keys = [one.obligation_key for one in instructions]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1}) if _double(keys) else []
    if twice:
        raise PaymentRefused(f"paid twice in one batch: obligation {', '.join(twice)}")
    ordered = tuple(sorted(instructions, key=lambda one: one.instruction_id))
    ids = [one.instruction_id for one in ordered]
    return Batch(
        name_uuid("payment-batch", debtor, *ids),
        debtor,
        ordered[0].pay_currency,
        ordered[0].due_on,
        ordered,
    )


def _double(keys: Sequence[UUID]) -> bool:
    return len(set(keys)) < len(keys)
