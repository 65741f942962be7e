"""Is the carrier excused? Art 5(3): cause, control, measures, and the carrier bears the burden."""

from domain.passenger_rights.causes import Cause, cause_of
from domain.passenger_rights.inquiry import Inquiry


def excused(inquiry: Inquiry) -> bool:
    """Whether the whole disruption is excused; partly excused minutes are `excused_minutes`.

    Never touches care, refund or re-routing (EX-08), denied boarding (CO-16) or a downgrade
    (DG-05). Measures that nobody has proven are measures not taken (EX-09).
    """
    cause = cause_of(inquiry.facts.cause)
    if not _can_excuse(inquiry, cause):
        return False
    proven = inquiry.facts.reasonable_measures_proven
    if proven is not True:
        state = "not proven" if proven is None else "shown to be lacking"
        inquiry.flags.add("excuse_unproven")
        inquiry.hit("EX-09", "The cause could excuse the carrier, but that all reasonable "
                    f"measures were taken is {state}.")  # fmt: skip
        return False
    inquiry.hit("EX-06", "All reasonable measures are proven: the carrier is excused.")
    return True


def excused_minutes(inquiry: Inquiry) -> int:
    """Minutes of the delay that an excused event took (TM-07); none if measures were lacking."""
    minutes = inquiry.facts.excused_minutes
    if minutes == 0:
        return 0
    if inquiry.facts.reasonable_measures_proven is False:
        inquiry.flags.add("excuse_unproven")
        inquiry.hit("EX-09", f"{minutes} minutes are claimed as excused, but reasonable measures "
                    "are shown to be lacking.")  # fmt: skip
        return 0
    inquiry.flags.add("partial_excuse")
    inquiry.hit("TM-07", f"{minutes} minutes of the delay are excused and do not count.")
    return minutes


def _can_excuse(inquiry: Inquiry, cause: Cause) -> bool:
    regime = inquiry.book.regime
    if not cause.listed:
        return _unlisted(inquiry, cause)
    words = {
        "no": f"The cause ({cause.code}) is inherent in running an airline or under its control.",
        "yes": f"The cause ({cause.code}) is neither inherent in normal operation nor controlled.",
        "may_be": f"Whether the cause ({cause.code}) can excuse a carrier turns on the case.",
    }[cause.excusable]
    inquiry.hit(cause.rule(regime), words, certainty=cause.certainty(regime),
                source=cause.cite(inquiry.book.id))  # fmt: skip
    if cause.excusable == "no":
        if cause.evidence == "technical" and inquiry.facts.reasonable_measures_proven is True:
            inquiry.hit("EX-07", "That maintenance rules were kept does not excuse by itself.")
        return False
    if cause.earlier_flight:
        inquiry.hit("EX-04", "It struck an earlier flight of the same aircraft, with a direct link "
                    "to this one.")  # fmt: skip
    if cause.excusable == "may_be" and inquiry.facts.reasonable_measures_proven is True:
        return not inquiry.fork("excuse_of_the_case")
    return True


def _unlisted(inquiry: Inquiry, cause: Cause) -> bool:
    """A cause outside the table excuses nothing; with measures proven there are two readings."""
    inquiry.flags.add("excuse_unproven")
    inquiry.hit("EX-09", f"The cause ({cause.code}) is not in the table, so it excuses nothing "
                "until a person has judged it.", certainty="derived")  # fmt: skip
    return inquiry.facts.reasonable_measures_proven is True and inquiry.fork("excuse_of_the_case")
