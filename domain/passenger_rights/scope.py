"""Does the regime cover this passenger on this journey? Art 3, in both regimes."""

from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.vocabulary import EventKind, Licence

INSIDE_EU = ("member", "eea", "swiss")
COMMUNITY: tuple[Licence, ...] = ("eu", "eea", "swiss")


def in_scope(inquiry: Inquiry, event: EventKind) -> bool:
    """Whether the regime covers the journey, the passenger and the carrier."""
    return _passenger_covered(inquiry, event) and _journey_covered(inquiry)


def _passenger_covered(inquiry: Inquiry, event: EventKind) -> bool:
    facts = inquiry.facts
    if facts.aircraft == "helicopter":
        inquiry.hit("SC-19", "Only fixed-wing powered aircraft are covered; this was a helicopter.")
        return False
    if facts.operating_licence == "none":
        inquiry.hit("SC-26", "The operator had no valid licence on the day, so it is no carrier.")
        return False
    if facts.fare_type == "infant_free_unnamed":
        inquiry.hit("SC-22", "The infant travelled free, without a seat and not on the booking.")
        return False
    if facts.fare_type in ("staff_id", "sponsored_guest", "free"):
        inquiry.hit("SC-20", "The fare was free, or reduced and not open to the public.")
        return False
    if facts.fare_type in ("frequent_flyer", "zero_fare_taxes_paid", "child_public", "group"):
        inquiry.hit("SC-21", "An award, public child or group fare, or taxes alone, is a fare.")
    if cause_of(facts.cause).code == "package_cancelled_other_reason":
        inquiry.hit("SC-24", "The package was called off for a reason other than the flight.")
        return False
    return not _absent(inquiry, event)


def _absent(inquiry: Inquiry, event: EventKind) -> bool:
    """SC-23: not presented for check-in, where the event asks for it."""
    facts = inquiry.facts
    if facts.checked_in is not False or event in ("cancellation", "advanced", "downgrade"):
        return False
    if event == "denied_boarding" and facts.notice_minutes:
        # C-238/22 is of 2023: it binds no UK court.
        inquiry.hit("SC-23", "Boarding was refused in advance, so check-in was not asked for.",
                    certainty="persuasive" if inquiry.is_uk else "settled")  # fmt: skip
        return False
    if cause_of(facts.cause).code == "self_rerouted":
        return False  # CO-17 decides: the passenger booked a replacement alone
    inquiry.hit("SC-23", "The passenger did not present for check-in in time.")
    return True


def _journey_covered(inquiry: Inquiry) -> bool:
    if inquiry.facts.via_airports and inquiry.facts.single_booking:
        inquiry.hit("SC-07", "Legs on one booking are one flight; stops do not count.")
    _who_owes(inquiry)
    return _uk_covers(inquiry) if inquiry.is_uk else _eu_covers(inquiry)


def _who_owes(inquiry: Inquiry) -> None:
    """SC-11, SC-12: who sold the seat and who owns aircraft and crew does not matter."""
    facts = inquiry.facts
    if facts.marketing_licence not in (None, facts.operating_licence):
        inquiry.hit("SC-12", "Sold under another carrier's code: the licence of the operating "
                    "carrier counts.")  # fmt: skip
    if facts.lessor_licence not in (None, facts.operating_licence):
        inquiry.hit("SC-11", "Aircraft and crew were hired: the carrier that hired them operates "
                    "the flight.", source="C-532/17")  # fmt: skip
    if facts.operating_licence in ("eea", "swiss"):
        where = "Switzerland" if facts.operating_licence == "swiss" else "Iceland or Norway"
        inquiry.hit("SC-13", f"The licence counts, not the brand: it was issued in {where}.",
                    certainty="settled")  # fmt: skip


def _eu_covers(inquiry: Inquiry) -> bool:
    origin, destination = inquiry.origin_territory, inquiry.destination_territory
    for territory in (origin, destination):
        if territory.rule in ("SC-14", "SC-15", "SC-16"):
            inquiry.hit(territory.rule, territory.source + ".")
    if origin.area in INSIDE_EU:
        inquiry.hit("SC-01", f"The journey starts at {inquiry.origin.iata}, inside the EU area.")
        return True
    licence = inquiry.facts.operating_licence
    community = licence in COMMUNITY or (licence == "uk" and inquiry.uk_is_member)
    if destination.area in INSIDE_EU and community:
        inquiry.hit("SC-02", f"It ends at {inquiry.destination.iata}, on a carrier licensed there.")
        return _no_benefits_elsewhere(inquiry)
    if inquiry.facts.via_airports and destination.area not in INSIDE_EU:
        inquiry.hit("SC-08", "Both ends lie outside the EU area; a stop inside does not help.")
    else:
        inquiry.hit("SC-02", "It starts outside the EU area, and does not end inside on a carrier "
                    "licensed there.")  # fmt: skip
    return False


def _uk_covers(inquiry: Inquiry) -> bool:
    origin, destination = inquiry.origin_territory, inquiry.destination_territory
    licence = inquiry.facts.operating_licence
    if origin.area == "uk":
        inquiry.hit("SC-03", f"The journey starts at {inquiry.origin.iata}, in the UK.")
        return True
    if inquiry.origin.country in ("JE", "GG", "IM", "GI"):
        inquiry.hit("SC-17", f"{inquiry.origin.iata} is not the United Kingdom.")
    if destination.area == "uk" and licence in ("uk", *COMMUNITY):
        inquiry.hit("SC-04", f"It ends at {inquiry.destination.iata}, in the UK, on a carrier "
                    "licensed in the UK or the EU.")  # fmt: skip
        if _may_be_swiss_or_eea(inquiry) and _swiss_or_eea_left_out(inquiry):
            return False
        return _no_benefits_elsewhere(inquiry)
    if licence == "uk" and _counts_as_member_state(inquiry):
        inquiry.hit("SC-05", f"It ends at {inquiry.destination.iata}, in an EU Member State, on a "
                    "UK carrier.")  # fmt: skip
        return _no_benefits_elsewhere(inquiry)
    if inquiry.facts.via_airports and destination.area not in ("uk", "member"):
        inquiry.hit("SC-08", "Neither end lies in the UK; a stop inside does not help.")
    else:
        inquiry.hit("SC-04", "It starts outside the UK, and neither ends there on a UK or EU "
                    "carrier nor in a Member State on a UK carrier.")  # fmt: skip
    return False


def _counts_as_member_state(inquiry: Inquiry) -> bool:
    """UK Art 3(1)(b)(ii) says Member State; whether EEA or Swiss airports count is not settled."""
    area = inquiry.destination_territory.area
    return area == "member" or (area in ("eea", "swiss") and inquiry.fork("territory_review"))


def _may_be_swiss_or_eea(inquiry: Inquiry) -> bool:
    """`eu` may hide a Swiss or EEA licence where the flight leaves from there."""
    licence = inquiry.facts.operating_licence
    return licence in ("eea", "swiss") or (
        licence == "eu" and inquiry.origin_territory.area in ("eea", "swiss")
    )


def _swiss_or_eea_left_out(inquiry: Inquiry) -> bool:
    inquiry.hit("SC-18", "Whether a Swiss, Norwegian or Icelandic licence makes a Community "
                "carrier under UK Art 2(c) was not found: hold for counsel.")  # fmt: skip
    return inquiry.fork("swiss_eea_carrier_uk")


def _no_benefits_elsewhere(inquiry: Inquiry) -> bool:
    if inquiry.facts.third_country_benefits:
        inquiry.hit("SC-06", "Compensation and assistance of equal purpose were already given "
                    "where the journey started.")  # fmt: skip
        return False
    return True
