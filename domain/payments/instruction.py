"""One payment of one obligation: its identity is the obligation and the attempt, so it is one.

Two who schedule at once make the same instruction, and the second finds it there.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.events.passenger import SealedBytes
from domain.identity import name_uuid
from domain.payments.errors import PaymentRefused
from domain.payments.exchange import Rate, converted

Status = Literal["made", "sent", "accepted", "executed", "rejected", "returned"]
ENDED: tuple[Status, ...] = ("rejected", "returned")
"""The money is not with the passenger and not on its way: a further attempt may follow."""

Minor = Annotated[int, Field(gt=0, le=2**63 - 1)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Instruction(BaseModel):
    """Pay so much to these details; amounts in minor units.

    `owed_minor` is what it discharges, `pay_minor` what the passenger gets: the same, or that
    at `rate`. `details` are BankDetails sealed under the passenger's key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    instruction_id: UUID
    obligation_key: UUID
    passenger_ref: UUID
    attempt: Annotated[int, Field(ge=1)]
    owed_minor: Minor
    owed_currency: Currency
    pay_minor: Minor
    pay_currency: Currency
    rate: Rate | None = None
    due_on: date
    details: SealedBytes

    @model_validator(mode="after")
    def _agrees(self) -> "Instruction":
        if self.instruction_id != instruction_id(self.obligation_key, self.attempt):
            raise ValueError("the id of an instruction is that of its obligation and attempt")
        at_par = (self.owed_minor, self.owed_currency) == (self.pay_minor, self.pay_currency)
        if self.rate is None and not at_par:
            raise ValueError("another amount or currency than owed needs its rate")
        if self.rate is not None and (
            self.rate.to != self.pay_currency
            or converted(self.owed_minor, self.owed_currency, self.rate) != self.pay_minor
        ):
            raise ValueError("the amount is not the one owed at the rate")
        return self

    @property
    def end_to_end_id(self) -> str:
        """What goes to the passenger's bank and comes back: 32 signs, of at most 35."""
        return self.instruction_id.hex


def instruction_id(obligation_key: UUID, attempt: int) -> UUID:
    """The identity of the nth attempt to pay an obligation."""
    return name_uuid("payment", obligation_key, attempt)


def instruct(
    obligation_key: UUID, passenger_ref: UUID, attempt: int, owed_minor: int, currency: str,
    due_on: date, details: bytes, rate: Rate | None = None,
) -> Instruction:  # fmt: skip
    """The instruction of one attempt; with a rate it pays in that rate's other currency."""
    pay = owed_minor if rate is None else converted(owed_minor, currency, rate)
    return Instruction(
        instruction_id=instruction_id(obligation_key, attempt),
        obligation_key=obligation_key,
        passenger_ref=passenger_ref,
        attempt=attempt,
        owed_minor=owed_minor,
        owed_currency=currency,
        pay_minor=pay,
        pay_currency=currency if rate is None else rate.to,
        rate=rate,
        due_on=due_on,
        details=details,
    )


def next_attempt(so_far: Mapping[int, Status], *, more_is_owed: bool = False) -> int:
    """The number of the next attempt. Raises PaymentRefused while one is on its way, or did pay.

    After one that paid there is a next only where the books say that more is payable.
    """
    for attempt, status in sorted(so_far.items()):
        if status == "executed" and more_is_owed:
            continue
        if status not in ENDED:
            raise PaymentRefused(f"attempt {attempt} is {status}: nothing is paid twice")
    return max(so_far, default=0) + 1
