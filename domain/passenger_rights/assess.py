"""The one entry of passenger rights: facts in, an assessment out."""

from domain.network.territories import When
from domain.passenger_rights.answers import Answer, answer, missing_airports
from domain.passenger_rights.assessment import Assessment, ordered_care
from domain.passenger_rights.care_clock import care_clock
from domain.passenger_rights.checklist import checklist
from domain.passenger_rights.compensation import Sum
from domain.passenger_rights.downgrade import priced
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.inquiry import Hit
from domain.passenger_rights.refund import choices
from domain.passenger_rights.regimes import (
    CURRENCY,
    currency_of,
    leading_regime,
    other_regime,
    second_to,
    silent,
)
from domain.passenger_rights.rulebooks import Rulebook, rulebook_for
from domain.passenger_rights.rules import rule
from domain.passenger_rights.ruling import Ruling
from domain.passenger_rights.vocabulary import Flag, Regime

_NO_RULEBOOK = "none"


def assess(facts: RightsFacts, regime: Regime | None = None) -> Assessment:
    """What the law gives this passenger, under both regimes, paid once.

    Both regimes are evaluated; the law of the place of departure leads where both cover (OV-01),
    the other is named as `other_regime`, never added. With `regime` given, that one leads.
    Every outcome is a value: a journey outside the law, a fact not known, a law whose text is not
    loaded. Raises RulesBroken only where the rules' own data is at fault.
    """
    when = When.of(facts.flight_date, facts.scheduled_departure)
    books = {name: rulebook_for(name, when) for name in CURRENCY}
    answers = {name: _answer(facts, book, when) for name, book in books.items()}
    leading = regime or leading_regime(facts, when, answers)
    second = second_to(leading)
    other = other_regime(books[second], answers[second], facts)
    flags: set[Flag] = set(answers[leading].flags)
    if other is not None and answers[leading].scope != "no":
        flags.add("dual_regime")
    if regime is None and silent(books[second], facts, when):
        flags.add("reform_text_missing")
    found, book = answers[leading], books[leading]
    ruling = found.ruling
    return Assessment(
        regime=leading,
        rulebook=book.id if book else _NO_RULEBOOK,
        rulebook_digest=book.digest if book else _NO_RULEBOOK,
        scope=found.scope,
        event=ruling.event,
        band=ruling.band,
        distance_km=ruling.distance.sphere_km if ruling.distance else None,
        distance_km_wgs84=ruling.distance.wgs84_km if ruling.distance else None,
        measured=ruling.measured,
        decided=found.decided,
        bounded=found.bounded,
        amount_minor=found.amount_minor,
        amount_min_minor=found.amount_min_minor,
        amount_max_minor=found.amount_max_minor,
        currency=currency_of(leading, facts),
        article=ruling.sum.article,
        care=ordered_care(found.care),
        care_clock=care_clock(facts, book, ruling),
        choices=choices(facts, found.care),
        excuse=checklist(facts, ruling),
        other_regime=other,
        certainty=found.certainty,
        flags=tuple(sorted(flags)),
        needs=found.needs,
        hits=ruling.hits,
    )


def _answer(facts: RightsFacts, book: Rulebook | None, when: When) -> Answer:
    if book is None:
        return _blank("no", "V-00", "No such law was in force on the day of the flight.", ())
    if book.rules is None:
        words = f"{book.id} governs the day, but its text is not loaded: nothing is said about it."
        missing = _blank("unknown", "V-00", words, (f"text of {book.source}",))
        return missing._replace(
            flags=frozenset({"reform_text_missing"}),
            certainty="unverified",
            decided=False,
            bounded=False,
        )
    unplaced = missing_airports(facts)
    if unplaced:
        return _anything(book, facts, "DI-01", "Where the journey starts and ends decides, and an "
                         "airport is not in the table.", unplaced)  # fmt: skip
    if not facts.single_booking and (facts.via_airports or facts.event == "missed_connection"):
        return _anything(book, facts, "SC-07", "On separate bookings each flight is a journey of "
                         "its own; these facts are of the whole way.",
                         ("the facts of each booking apart",))  # fmt: skip
    found = answer(facts, book, when)
    if found.scope != "no" and found.ruling.event == "downgrade":
        return _priced(facts, found)
    return found


def _priced(facts: RightsFacts, found: Answer) -> Answer:
    """A percentage of a price that nobody told is not decided, and has no upper end."""
    unpriced = [
        need
        for need, told in (
            ("price of the leg", priced(facts)),
            ("currency of the ticket", facts.ticket_currency is not None),
        )
        if not told
    ]
    unclassed = [
        need
        for need, told in (
            ("class booked", facts.class_booked is not None),
            ("class flown", facts.class_flown is not None),
        )
        if not told
    ]
    if not unpriced and not unclassed:
        return found
    lowest = 0 if unclassed else found.amount_min_minor
    return found._replace(
        decided=False,
        bounded=priced(facts),
        amount_minor=lowest,
        amount_min_minor=lowest,
        needs=(*found.needs, *unclassed, *unpriced),
    )


def _anything(
    book: Rulebook, facts: RightsFacts, rule_id: str, words: str, needs: tuple[str, ...]
) -> Answer:
    """Nothing can be decided before more is told: from nothing to the highest sum."""
    assert book.rules is not None
    downgrade = facts.event == "downgrade"
    return _blank("unknown", rule_id, words, needs)._replace(
        decided=False,
        bounded=not downgrade,
        amount_max_minor=0 if downgrade else max(book.rules.full_minor.values()),
    )


def _blank(scope: str, rule_id: str, words: str, needs: tuple[str, ...]) -> Answer:
    hit = Hit(rule_id, words, "settled", rule(rule_id).source)
    ruling = Ruling(
        covered=False,
        event="none",
        band=None,
        distance=None,
        measured=None,
        sum=Sum(0, "Art 19" if rule_id == "V-00" else "Art 3"),
        care=frozenset(),
        hits=(hit,),
        flags=frozenset(),
        forks=frozenset(),
    )
    return Answer(ruling, scope, True, True, 0, 0, 0, frozenset(), frozenset(), needs, "settled")
