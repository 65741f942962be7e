"""How probable a reactionary delay of 15 minutes is, given how much the turn lacks."""

from math import exp
from typing import NamedTuple

from domain.detection.projection import Inbound, LinkKind

DELAYED_MINUTES = 15


class Curve(NamedTuple):
    """Logistic: P = 1 / (1 + exp(-(excess - middle) / scale)), both in minutes."""

    middle: float
    scale: float


CURVES: dict[Inbound, Curve] = {
    "arrived": Curve(15.0, 6.0),
    "airborne": Curve(18.0, 8.0),
    "waiting": Curve(20.0, 12.0),
}
RETURN_WIDENING = 1.6


def probability(excess_minutes: float, inbound: Inbound, kind: LinkKind) -> float:
    """P(RD >= 15 minutes) of the next leg, rounded to 4 places so that it prints as it compares."""
    middle, scale = CURVES[inbound]
    if kind == "inferred_return":
        scale *= RETURN_WIDENING
    exponent = min(max((excess_minutes - middle) / scale, -40.0), 40.0)
    return round(1 / (1 + exp(-exponent)), 4)
