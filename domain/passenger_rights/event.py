"""Which event is it in law? Diversions, missed connections and retimings are reduced here."""

from typing import Literal

from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.refusals import refusal_of
from domain.passenger_rights.vocabulary import EventKind

Event = Literal[
    "delay", "cancellation", "denied_boarding", "advanced", "downgrade",
    "refusal_with_reason", "volunteer", "none",
]  # fmt: skip
"""An event of the law; the last three bear no Art 7 sum."""

_CLASSES = ("economy", "premium_economy", "business", "first")
_CLASS_WORDS = {
    "y": "economy", "eco": "economy", "coach": "economy", "m": "economy",
    "w": "premium_economy", "premium": "premium_economy", "premium economy": "premium_economy",
    "c": "business", "j": "business", "club": "business", "f": "first",
}  # fmt: skip


def kind_of(inquiry: Inquiry) -> EventKind:
    """The kind reported, with diversion and missed connection reduced to delay or cancellation."""
    facts = inquiry.facts
    if facts.event == "missed_connection":
        if facts.single_booking:
            inquiry.hit("EV-13", "A connection missed through an earlier leg of one booking is a "
                        "delay, measured at the last airport.")  # fmt: skip
        return "delay"
    if facts.event == "diversion":
        if facts.diverted_to_same_region:
            inquiry.hit("EV-07", "Diverted to an airport of the same city or region: a delay, "
                        "measured on reaching the booked airport.")  # fmt: skip
            inquiry.hit("CO-20", "The sum is that of the journey to the booked airport.")
            return "delay"
        inquiry.hit("EV-06", "Diverted to an airport of another region: a cancellation.")
        return "cancellation"
    return facts.event


def event_of(inquiry: Inquiry, kind: EventKind) -> Event:
    """What the law makes of it."""
    if kind == "denied_boarding":
        return _denied_boarding(inquiry)
    if kind == "advanced":
        return _brought_forward(inquiry)
    if kind == "downgrade":
        return _downgrade(inquiry)
    if kind == "cancellation":
        inquiry.hit("EV-01", "A planned flight with a booked seat was not operated as planned.")
        return "cancellation"
    cause = cause_of(inquiry.facts.cause).code
    if cause == "rail_link_missed":
        inquiry.hit("SC-25", "The flight was missed through a train: no regime covers the missed "
                    "link of a rail-air ticket.")  # fmt: skip
        return "none"
    if cause == "passenger_late":
        inquiry.hit("EV-14", "The connection was missed by the passenger's own lateness or in a "
                    "security queue.")  # fmt: skip
        return "none"
    inquiry.hit("EV-03", "The flight kept its plan, however late: a delay, not a cancellation.")
    return "delay"


def _denied_boarding(inquiry: Inquiry) -> Event:
    facts = inquiry.facts
    if facts.voluntary:
        inquiry.hit("EV-11", "The passenger gave up the seat for an agreed benefit.")
        return "volunteer"
    ground = refusal_of(facts.refusal_grounds)
    reasonable = ground.reasonable == "yes"
    if ground.reasonable in ("unsettled", "unknown"):
        reasonable = inquiry.fork("refusal_unsettled")
        inquiry.hit("EV-12", f"Whether '{ground.code}' is a reasonable ground is not settled.")
    if reasonable:
        inquiry.hit("EV-09", f"Boarding was refused on a reasonable ground ({ground.code}).",
                    certainty=ground.certainty, source=ground.authority)  # fmt: skip
        return "refusal_with_reason"
    if ground.code == "misjudged_documents":
        inquiry.hit("EV-10", "Valid papers were misjudged: the refusal counts as denied boarding.")
    else:
        inquiry.hit("EV-09", "Boarding was refused against the passenger's will without a good "
                    "reason.")  # fmt: skip
    return "denied_boarding"


def _brought_forward(inquiry: Inquiry) -> Event:
    limit = inquiry.rules.cancellation.brought_forward_over
    advanced = inquiry.facts.advanced_minutes or 0
    if advanced > limit:
        inquiry.hit("EV-05", f"Brought forward by {advanced} minutes, more than {limit}: "
                    "a cancellation.")  # fmt: skip
        return "advanced"
    inquiry.hit("EV-05", f"Brought forward by {advanced} minutes, not more than {limit}: no event.")
    return "none"


def _downgrade(inquiry: Inquiry) -> Event:
    booked, flown = _class(inquiry.facts.class_booked), _class(inquiry.facts.class_flown)
    if booked in _CLASSES and flown in _CLASSES and _CLASSES.index(flown) >= _CLASSES.index(booked):
        inquiry.hit("EV-15", f"Flown in {flown}, booked in {booked}: not a lower class.")
        return "none"
    inquiry.hit(
        "EV-15", f"Placed in a lower class: {flown or 'unknown'} for {booked or 'unknown'}."
    )
    return "downgrade"


def _class(word: str | None) -> str | None:
    return None if word is None else _CLASS_WORDS.get(word.lower(), word.lower())
