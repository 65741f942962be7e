"""Paying in another currency than the one owed, at a rate fixed by contract (MO-02)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.money import major, places, rounded
from domain.payments.errors import PaymentRefused


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of `to` for one unit of `owed`, of a day, from a source, by a policy.

    Which day counts is national law: `policy` names the rule of the contract that chose it.
    """

    owed: str
    to: str
    value: Decimal
    on: date
    source: str
    policy: str

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value <= 0 or self.owed == self.to:
            raise PaymentRefused(f"{self.value} {self.to} for one {self.owed} is no rate")


def converted(minor: int, currency: str, rate: Rate) -> int:
    """The amount in minor units of the other currency, half up; raises for another's rate."""
    if currency != rate.owed:
        raise PaymentRefused(f"a rate of {rate.owed} does not convert {currency}")
    return rounded((major(minor, currency) * rate.value).scaleb(places(rate.to)))
