"""May the passenger choose money or another way? Art 6(1)(iii) and Art 8."""

from typing import NamedTuple

from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.event import Event
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.vocabulary import Care


class Choice(NamedTuple):
    """What the passenger may choose; chosen once, and rightly informed (RE-07)."""

    code: str
    words: str
    rule_id: str


_REFUND = Choice("refund", "money back within 7 days, for parts not used and for used ones that "
                 "lost their purpose", "RE-03")  # fmt: skip
_BY_ORGANISER = Choice("refund", "money back within 7 days, from the organiser of the package",
                       "RE-06")  # fmt: skip
_FLIGHT_BACK = Choice("flight_back", "with it, a flight back to the start at the earliest chance",
                      "RE-03")  # fmt: skip
_EARLIEST = Choice("earliest_rerouting", "the earliest re-routing under comparable conditions, on "
                   "any carrier, at no cost", "RE-04")  # fmt: skip
_LATER = Choice("later_rerouting", "a re-routing at a later date of the passenger's wish", "RE-01")


def choices(facts: RightsFacts, owed: frozenset[Care]) -> tuple[Choice, ...]:
    """What the passenger may choose from under Art 8, in the order of the article."""
    money = [_BY_ORGANISER if facts.fare_type == "package" else _REFUND]
    if facts.via_airports:
        money.append(_FLIGHT_BACK)
    if "choice8" in owed:
        return (*money, _EARLIEST, _LATER)
    return tuple(money) if "refund" in owed else ()


def choice(inquiry: Inquiry, event: Event) -> set[Care]:
    """`choice8` where refund and re-routing must be offered together, `refund` after five hours."""
    facts = inquiry.facts
    if event in ("cancellation", "advanced", "denied_boarding", "volunteer"):
        inquiry.hit("RE-01", "One choice, offered together: refund, earliest or later re-routing.")
        _package(inquiry)
        return {"choice8"}
    if event != "delay" or cause_of(facts.cause).code == "self_rerouted":
        return set()
    opens = inquiry.rules.refund.departure_from
    departure = facts.departure_delay_minutes or 0
    if departure >= opens:
        inquiry.hit("RE-02", f"Departure {departure} minutes late, at least {opens}: the passenger "
                    "may take the refund.")  # fmt: skip
        _package(inquiry)
        return {"refund"}
    return set()


def _package(inquiry: Inquiry) -> None:
    if inquiry.facts.fare_type == "package":
        inquiry.hit("RE-06", "A package: money back is owed by the organiser alone, compensation "
                    "still by the carrier.")  # fmt: skip
