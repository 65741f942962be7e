"""What does Art 7 owe? Full or half sums for delay, cancellation, retiming and refused boarding."""

from typing import NamedTuple

from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.distance_band import Stretch
from domain.passenger_rights.event import Event
from domain.passenger_rights.extraordinary import excused, excused_minutes
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.vocabulary import Band

LETTER: dict[Band, str] = {"le1500": "a", "1500_3500_or_intra_eu": "b", "gt3500": "c"}
EARLY_DOOR_MINUTES = 10
"""Doors open at most about this long after on-block; nearer than that to a limit is provisional."""
LEAVING_MINUTES = 5
"""Between an open door and leave to disembark. No source measures it, so it never moves a sum: a
person is told that the other moment may lie beyond the limit."""


class Sum(NamedTuple):
    """An amount in minor units of the rulebook's currency, and the article it rests on."""

    amount_minor: int
    article: str


def compensation(inquiry: Inquiry, event: Event, stretch: Stretch) -> Sum:
    """The sum of Art 7 for one passenger."""
    if event == "delay":
        return _delay(inquiry, stretch.band)
    if event in ("cancellation", "advanced"):
        return _cancellation(inquiry, event, stretch.band)
    if event == "denied_boarding":
        inquiry.hit("CO-16", "Refused boarding is owed at once: no excuse, no minimum delay, no "
                    "relief by notice.")  # fmt: skip
        return _full_or_half(inquiry, stretch.band)
    return Sum(0, "Art 4(1)" if event == "volunteer" else "Art 2(j)")


def _delay(inquiry: Inquiry, band: Band) -> Sum:
    facts, limits = inquiry.facts, inquiry.rules.delay
    gross = facts.arrival_delay_minutes or 0
    gross += _until_it_counts(inquiry, gross)
    if inquiry.rules.arrival.counted == "door_open":
        inquiry.hit("TM-01", "The arrival is when the first door opens.")
    else:
        inquiry.hit("TM-02", "The arrival is when passengers may leave the aircraft.")
    inquiry.hit("TM-03", f"Arrival at the final destination was {gross} minutes after the booked "
                "time.")  # fmt: skip
    if facts.excused_minutes == 0 and gross >= limits.owed_from and excused(inquiry):
        return Sum(0, "Art 5(3)")
    net = gross - excused_minutes(inquiry)
    if net < limits.owed_from:
        if cause_of(facts.cause).code == "self_rerouted":
            inquiry.hit("CO-17", f"The passenger re-booked alone and arrived {net} minutes late.")
        inquiry.hit("CO-03", f"{net} minutes is less than {limits.owed_from}: no sum.")
        return Sum(0, "Art 7")
    _second_sum(inquiry)
    inquiry.hit("CO-03", f"{net} minutes is at least {limits.owed_from}: the sum is owed.")
    return _by_length_of_delay(inquiry, band, gross, net)


def _second_sum(inquiry: Inquiry) -> None:
    if inquiry.facts.rerouting_flight:
        inquiry.hit("CO-19", "The flight offered as re-routing itself failed: a second sum.")


def _by_length_of_delay(inquiry: Inquiry, band: Band, gross: int, net: int) -> Sum:
    """The half of CO-04, and the two minutes at which court and statute part."""
    limits = inquiry.rules.delay
    if band != limits.half_in:
        # Only the middle band's limit of Art 7(2) is as long as the delay that is owed from.
        if net == inquiry.rules.half_up_to[band]:
            inquiry.hit("CO-06", "Exactly three hours in the middle band: the court never halves "
                        "here, the statute's words would.")  # fmt: skip
            return _half(inquiry, band) if inquiry.fork("edge_180") else _full(inquiry, band)
        return _full(inquiry, band)
    tested = gross
    if net < limits.half_below <= gross:
        inquiry.hit("TM-08", "Whether excused minutes count towards the half is open.")
        tested = net if inquiry.fork("partial_excuse") else gross
    if tested == limits.half_below:
        inquiry.hit("CO-05", "Exactly four hours: the court halves only below, the statute's words "
                    "up to.")  # fmt: skip
        return _half(inquiry, band) if inquiry.fork("edge_240") else _full(inquiry, band)
    if tested < limits.half_below:
        inquiry.hit("CO-04", f"{tested} minutes is less than {limits.half_below}: half, over "
                    "3500 km.")  # fmt: skip
        return _half(inquiry, band)
    return _full(inquiry, band)


def _until_it_counts(inquiry: Inquiry, measured: int) -> int:
    """Minutes to add to what was measured; a moment that nearly counts is flagged, and stands."""
    basis, counted = inquiry.facts.arrival_basis, inquiry.rules.arrival.counted
    if basis == "on_block":
        return EARLY_DOOR_MINUTES if _door_may_open_late(inquiry, measured) else 0
    if basis in ("legal", counted):
        return 0
    apart = LEAVING_MINUTES if basis == "door_open" else -LEAVING_MINUTES
    low, high = sorted((measured, measured + apart))
    for limit in (inquiry.rules.delay.owed_from, inquiry.rules.delay.half_below):
        if low < limit <= high:
            inquiry.hit("TM-02" if inquiry.is_uk else "TM-01", f"Told is {basis}, counted is "
                        f"{counted}: {limit} may lie between.", certainty="derived")  # fmt: skip
            inquiry.flags.add("arrival_time_provisional")
    return 0


def _door_may_open_late(inquiry: Inquiry, on_block: int) -> bool:
    limits = inquiry.rules.delay
    for limit in (limits.owed_from, limits.half_below):
        if abs(on_block - limit) <= EARLY_DOOR_MINUTES:
            inquiry.hit("TM-05", f"Only on-block is known, within {EARLY_DOOR_MINUTES} minutes of "
                        f"{limit}: provisional until the door time is told.")  # fmt: skip
            inquiry.flags.add("arrival_time_provisional")
            return inquiry.fork("arrival_time_provisional")
    return False


def _cancellation(inquiry: Inquiry, event: Event, band: Band) -> Sum:
    relief = _relieved_by_notice(inquiry, event)
    if relief is not None:
        return relief
    if excused(inquiry):
        return Sum(0, "Art 5(3)")
    _second_sum(inquiry)
    if event == "advanced":
        inquiry.hit("CO-15", "Brought forward at short notice: the full sum, never half.")
        return _full(inquiry, band)
    inquiry.hit("CO-10", "Neither notice nor re-routing within the limits: the sum is owed.")
    return _full_or_half(inquiry, band)


class _Offer(NamedTuple):
    """Another flight, minutes before the booked departure and after the booked arrival."""

    early: int
    late: int
    new_time: bool = False  # the flight itself, at the time it was brought forward to

    def __str__(self) -> str:
        return f"leaving {self.early} minutes early and arriving {self.late} minutes late"


def _offers(inquiry: Inquiry, event: Event) -> list[_Offer]:
    facts = inquiry.facts
    offers = []
    if event == "advanced":
        offers.append(_Offer(facts.advanced_minutes or 0, 0, new_time=True))
    if facts.reroute_offered:
        offers.append(
            _Offer(facts.reroute_dep_early_minutes or 0, facts.reroute_arr_late_minutes or 0)
        )
    return offers


def _relieved_by_notice(inquiry: Inquiry, event: Event) -> Sum | None:
    """Art 5(1)(c), by what was offered: refusing it revives nothing (CO-11)."""
    facts, limits = inquiry.facts, inquiry.rules.cancellation
    notice = facts.notice_minutes or 0
    hours = f"{notice / 60:g} hours before departure"
    if notice >= limits.no_sum_from_notice:
        inquiry.hit("CO-07", f"Told {hours}, at least 14 days: no sum.")
        return Sum(0, "Art 5(1)(c)(i)")
    middle = notice >= limits.middle_from_notice
    early_limit = limits.middle_early if middle else limits.short_early
    late_limit = limits.middle_late_below if middle else limits.short_late_below
    rule_id, article = ("CO-08", "Art 5(1)(c)(ii)") if middle else ("CO-09", "Art 5(1)(c)(iii)")
    offers = _offers(inquiry, event)
    if not offers:
        inquiry.hit("CO-10", f"Told {hours}; no re-routing was offered.")
    for offer in offers:
        if offer.early > early_limit or offer.late >= late_limit:
            inquiry.hit(rule_id, f"Told {hours}; a re-routing {offer} is outside the limits.")
        elif offer.new_time:
            inquiry.hit(rule_id, f"Told {hours}; the new time counts as a re-routing {offer}: "
                        "no sum.", certainty="derived")  # fmt: skip
            return Sum(0, article)
        else:
            inquiry.hit(rule_id, f"Told {hours} and offered a re-routing {offer}: no sum.")
            return Sum(0, article)
    if not middle and any(late_limit <= o.late < inquiry.rules.delay.owed_from for o in offers):
        inquiry.hit("CO-14", "Arriving less than three hours late relieves nobody after a "
                    "cancellation at short notice.")  # fmt: skip
    return None


def _full_or_half(inquiry: Inquiry, band: Band) -> Sum:
    """Art 7(2): re-routed and arriving within the band's limit, the carrier may pay half."""
    facts = inquiry.facts
    limit = inquiry.rules.half_up_to[band]
    if not facts.reroute_offered or facts.reroute_arr_late_minutes is None:
        return _full(inquiry, band)
    late = facts.reroute_arr_late_minutes
    if late > limit:
        inquiry.hit("CO-12", f"The re-routing arrives {late} minutes late, over {limit}: full.")
        return _full(inquiry, band)
    if late == limit:
        inquiry.hit("CO-13", f"Exactly {limit} minutes: half by the words, though practice halves "
                    "only below.")  # fmt: skip
        return _full(inquiry, band) if inquiry.fork("edge_half_limit") else _half(inquiry, band)
    inquiry.hit("CO-12", f"The re-routing arrives {late} minutes late, within {limit}: half.")
    return _half(inquiry, band)


def _full(inquiry: Inquiry, band: Band) -> Sum:
    inquiry.hit("CO-01", f"Art 7(1)({LETTER[band]}): the full sum.")
    return Sum(inquiry.rules.full_minor[band], f"Art 7(1)({LETTER[band]})")


def _half(inquiry: Inquiry, band: Band) -> Sum:
    inquiry.hit("CO-02", f"Art 7(2)({LETTER[band]}): half the sum.")
    return Sum(inquiry.rules.half_minor[band], f"Art 7(2)({LETTER[band]})")
