"""Which of the two laws leads, and what the other would give: an alternative, never an addition."""

from domain.network.airports import airport
from domain.network.territories import When, territory_of
from domain.passenger_rights.answers import Answer, missing_airports
from domain.passenger_rights.assessment import OtherRegime
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.rulebooks import Rulebook
from domain.passenger_rights.scope import INSIDE_EU
from domain.passenger_rights.vocabulary import Regime

CURRENCY: dict[Regime, str] = {"eu": "EUR", "uk": "GBP"}


def second_to(regime: Regime) -> Regime:
    """The other of the two."""
    return "uk" if regime == "eu" else "eu"


def leading_regime(facts: RightsFacts, when: When, answers: dict[Regime, Answer]) -> Regime:
    """OV-01: the law of the place of departure if it covers, else the one that does.

    A law that can be read goes before one whose text is not loaded, so that the books carry what
    is certainly owed.
    """
    if missing_airports(facts):
        return "eu"
    origin = territory_of(airport(facts.departure_airport), when).area
    destination = territory_of(airport(facts.arrival_airport), when).area
    by_place: Regime = "eu"
    if origin == "uk" or (origin not in INSIDE_EU and destination == "uk"):
        by_place = "uk"
    order = (by_place, second_to(by_place))
    for name in order:
        if answers[name].scope == "yes":
            return name
    for name in order:
        if answers[name].scope == "unknown":
            return name
    return by_place


def silent(book: Rulebook | None, facts: RightsFacts, when: When) -> bool:
    """Whether the EU's law, not loaded for that day, may have something to say to the journey."""
    if book is None or book.rules is not None or missing_airports(facts):
        return False
    ends = (airport(facts.departure_airport), airport(facts.arrival_airport))
    return any(territory_of(end, when).area in INSIDE_EU for end in ends)


def other_regime(book: Rulebook | None, found: Answer, facts: RightsFacts) -> OtherRegime | None:
    """What the second regime gives; None where it does not cover or cannot be read."""
    if book is None or book.rules is None or not found.ruling.covered:
        return None
    return OtherRegime(
        regime=book.regime,
        rulebook=book.id,
        amount_minor=found.amount_minor,
        amount_max_minor=found.amount_minor if found.decided else found.amount_max_minor,
        currency=currency_of(book.regime, facts),
    )


def currency_of(regime: Regime, facts: RightsFacts) -> str:
    """The statute's currency (MO-01); a repaid fare share is in the ticket's."""
    if facts.event == "downgrade" and facts.ticket_currency is not None:
        return facts.ticket_currency
    return CURRENCY[regime]
