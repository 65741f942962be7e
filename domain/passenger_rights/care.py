"""What care is owed, whatever the cause? Notice, meals, calls, hotel, transfers (Art 6, 9, 14)."""

from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.distance_band import Stretch
from domain.passenger_rights.event import Event
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.vocabulary import Care


def care(inquiry: Inquiry, event: Event, stretch: Stretch) -> set[Care]:
    """What the carrier must give; excuses never touch it (EX-08)."""
    if event == "delay":
        return _delay(inquiry, stretch)
    if event in ("cancellation", "advanced", "denied_boarding"):
        return _no_flight(inquiry)
    return set()


def _delay(inquiry: Inquiry, stretch: Stretch) -> set[Care]:
    facts, rules = inquiry.facts, inquiry.rules
    departure = facts.departure_delay_minutes or 0
    owed: set[Care] = set()
    if cause_of(facts.cause).code == "self_rerouted":
        inquiry.hit("CA-05", "The passenger took another way: care ends.", certainty="settled")
        return owed
    late = facts.arrival_delay_minutes or 0
    if departure >= rules.notice.departure_from or late >= rules.notice.arrival_from:
        inquiry.hit("NO-01", "A written notice of rights is owed.")
        owed.add("notice")
    trigger = rules.care_from[stretch.band]
    if facts.waiting_at_airport is False:
        return owed
    stranded = bool(facts.overnight) and departure < trigger and _connects(inquiry)
    if stranded:
        inquiry.hit("CA-10", "A night at the stop: the onward flight leaves a day later, so it is "
                    "late enough however late the first leg was.")  # fmt: skip
    if departure >= trigger or stranded:
        why = f"Departure {departure} minutes late, at least {trigger}"
        if stranded:
            why = "The onward flight leaves a day later"
        inquiry.hit("CA-01", f"{why}: meals and two calls.")
        owed |= {"meals", "comms"}
        if facts.overnight:
            inquiry.hit("CA-03", "The new departure is a day later: hotel and transfers.")
            owed |= {"hotel", "transport"}
    elif _middle_band_by_eu_reading(inquiry, stretch, departure):
        inquiry.hit("CA-02", "Over 3500 km the UK text is read as owing care from four hours; its "
                    "wording was not seen.")  # fmt: skip
    return owed


def _connects(inquiry: Inquiry) -> bool:
    facts = inquiry.facts
    return facts.single_booking and (bool(facts.via_airports) or facts.event == "missed_connection")


def _middle_band_by_eu_reading(inquiry: Inquiry, stretch: Stretch, departure: int) -> bool:
    """Whether EU words, if UK Art 6 kept them, would already owe care."""
    areas = {inquiry.origin_territory.area, inquiry.destination_territory.area}
    middle = inquiry.rules.care_from["1500_3500_or_intra_eu"]
    europe = areas <= {"uk", "member", "eea", "swiss"}
    return inquiry.is_uk and europe and stretch.band == "gt3500" and departure >= middle


def _no_flight(inquiry: Inquiry) -> set[Care]:
    facts = inquiry.facts
    inquiry.hit("NO-01", "A written notice of rights is owed.")
    owed: set[Care] = {"notice"}
    if facts.waiting_at_airport is not False:
        inquiry.hit("CA-04", "While waiting: meals and two calls.")
        owed |= {"meals", "comms"}
        if facts.overnight:
            inquiry.hit("CA-03", "A night is needed: hotel and transfers.")
            owed |= {"hotel", "transport"}
    return owed
