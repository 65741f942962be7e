"""May the passenger choose money or another way? Art 6(1)(iii) and Art 8."""

from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.event import Event
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.vocabulary import Care


def choice(inquiry: Inquiry, event: Event) -> set[Care]:
    """`choice8` where refund and re-routing must be offered together, `refund` after five hours."""
    facts = inquiry.facts
    if event in ("cancellation", "advanced", "denied_boarding", "volunteer"):
        inquiry.hit("RE-01", "One choice, offered together: refund, earliest or later re-routing.")
        return {"choice8"}
    if event != "delay" or cause_of(facts.cause).code == "self_rerouted":
        return set()
    opens = inquiry.rules.refund.departure_from
    departure = facts.departure_delay_minutes or 0
    if departure >= opens:
        inquiry.hit("RE-02", f"Departure {departure} minutes late, at least {opens}: the passenger "
                    "may take the refund.")  # fmt: skip
        return {"refund"}
    return set()
