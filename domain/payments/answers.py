"""What a bank says, whichever file it says it in."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

Verdict = Literal["accepted", "executed", "rejected", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an instruction, or of a whole message where `end_to_end_id` is None.

    `code` is the bank's status as sent, `reason` its reason code: shown to a person, never parsed
    further.
    """

    message_id: str
    end_to_end_id: str | None
    verdict: Verdict
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One booked movement on our account, minor units; `outgoing` is a debit for us.

    `movement_id` is computed from what the bank tells, so the same notification read twice is
    the same movement. Without an `end_to_end_id` it is the sum of a batch, by `batch_reference`.
    """

    movement_id: UUID
    end_to_end_id: str | None
    batch_reference: str | None
    outgoing: bool
    minor: int
    currency: str
    booked_on: date
    return_reason: str | None
