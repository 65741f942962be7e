"""How probable a reactionary delay of 15 minutes is, given how much of the turn is missing.

Empirical, by how far the inbound leg has come. Fitted by isotonic regression on 1 January 2015
of the BTS on-time data (42,000 links of 14 US airlines, looked at 0 to 180 minutes before SOBT;
outcome: LateAircraftDelay >= 15), averaged over +-3 minutes around each knot, linear in between.
Inferred returns: the same day with each aircraft seen only when it departs from one airport
(9,900 links). On 2 January, unseen (tests/domain/detection): Brier .021 against .032 for the base
rate once the inbound has arrived, .073 against .148 while it flies, .128 against .200 before it
has left, .096 against .116 for inferred returns.
The curves pass 0.5 above 15 minutes because the minimum turn is a pessimist's fifth percentile
and because a delay under 15 minutes on arrival counts as none in the outcome.
"""

from bisect import bisect_right
from typing import Literal

from domain.detection.projection import Inbound, LinkKind

DELAYED_MINUTES = 15

EXCESS_MINUTES = (-60, -30, -15, -5, 0, 5, 10, 15, 20, 25, 30, 40, 50, 70, 100)
CURVES: dict[Inbound | Literal["inferred_return"], tuple[float, ...]] = {
    "arrived": (.01, .01, .01, .01, .02, .04, .10, .24, .43, .64, .76, .86, .97, .99, .99),
    "airborne": (.01, .01, .03, .04, .06, .10, .14, .23, .35, .50, .64, .76, .88, .93, .99),
    "waiting": (.04, .05, .09, .11, .12, .14, .24, .34, .47, .65, .76, .88, .91, .93, .95),
    "inferred_return": (
        .06, .07, .10, .11, .13, .15, .19, .40, .57, .59, .59, .74, .76, .80, .80
    ),
}  # fmt: skip


def probability(excess_minutes: float, inbound: Inbound, kind: LinkKind) -> float:
    """P(reactionary delay of the next leg >= 15 minutes), to 4 places, in [0, 1]."""
    curve = CURVES["inferred_return" if kind == "inferred_return" else inbound]
    at = bisect_right(EXCESS_MINUTES, excess_minutes)
    if at == 0:
        return curve[0]
    if at == len(EXCESS_MINUTES):
        return curve[-1]
    left, right = EXCESS_MINUTES[at - 1], EXCESS_MINUTES[at]
    share = (excess_minutes - left) / (right - left)
    return round(curve[at - 1] + share * (curve[at] - curve[at - 1]), 4)
