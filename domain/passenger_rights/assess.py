"""The one entry of passenger rights: facts in, an assessment out."""

from domain.network.airports import airport
from domain.network.territories import When, territory_of
from domain.passenger_rights.answers import Answer, answer, missing_airports
from domain.passenger_rights.assessment import Assessment, OtherRegime, ordered_care
from domain.passenger_rights.compensation import Sum
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.inquiry import Hit
from domain.passenger_rights.rulebooks import Rulebook, rulebook_for
from domain.passenger_rights.rules import rule
from domain.passenger_rights.ruling import Ruling
from domain.passenger_rights.scope import INSIDE_EU
from domain.passenger_rights.vocabulary import Flag, Regime

_CURRENCY: dict[Regime, str] = {"eu": "EUR", "uk": "GBP"}
_NO_RULEBOOK = "none"


def assess(facts: RightsFacts, regime: Regime | None = None) -> Assessment:
    """What the law gives this passenger, under both regimes, paid once.

    Both regimes are evaluated; the law of the place of departure leads where both cover (OV-01),
    the other is named as `other_regime`, never added. With `regime` given, that one leads.
    Every outcome is a value: a journey outside the law, a fact not known, a law whose text is not
    loaded. Raises RulesBroken only where the rules' own data is at fault.
    """
    when = When.of(facts.flight_date, facts.scheduled_departure)
    books = {name: rulebook_for(name, when) for name in _CURRENCY}
    answers = {name: _answer(facts, book, when) for name, book in books.items()}
    leading = regime or _leading(facts, when, answers)
    second: Regime = "uk" if leading == "eu" else "eu"
    other = _other(books[second], answers[second], facts)
    flags: set[Flag] = set()
    if other is not None and answers[leading].scope != "no":
        flags.add("dual_regime")
    return _assessment(facts, leading, books[leading], answers[leading], other, flags)


def _answer(facts: RightsFacts, book: Rulebook | None, when: When) -> Answer:
    if book is None:
        return _blank("no", "No such law was in force on the day of the flight.", ())
    if book.rules is None:
        missing = _blank("unknown", f"{book.id} governs the day, but its text is not loaded: "
                         "nothing is said about it.", (f"text of {book.source}",))  # fmt: skip
        return missing._replace(
            flags=frozenset({"reform_text_missing"}), certainty="unverified", decided=False
        )
    unplaced = missing_airports(facts)
    if unplaced:
        highest = max(book.rules.full_minor.values())
        unknown = _blank("unknown", "Where the journey starts and ends decides, and an airport is "
                         "not in the table.", unplaced)  # fmt: skip
        return unknown._replace(
            decided=False, amount_max_minor=0 if facts.event == "downgrade" else highest
        )
    found = answer(facts, book, when)
    if found.scope != "no" and found.ruling.event == "downgrade":
        return _priced(facts, found)
    return found


def _priced(facts: RightsFacts, found: Answer) -> Answer:
    """A percentage of a price that nobody told is not decided, and has no upper end."""
    unpriced = [
        need
        for need, fact in (
            ("price of the leg", facts.leg_price_minor),
            ("currency of the ticket", facts.ticket_currency),
        )
        if fact is None
    ]
    if not unpriced:
        return found
    return found._replace(decided=False, needs=(*found.needs, *unpriced))


def _blank(scope: str, words: str, needs: tuple[str, ...]) -> Answer:
    hit = Hit("V-00", words, "settled", rule("V-00").source)
    ruling = Ruling(
        covered=False,
        event="none",
        band=None,
        distance=None,
        measured=None,
        sum=Sum(0, "Art 19"),
        care=frozenset(),
        hits=(hit,),
        flags=frozenset(),
        forks=frozenset(),
    )
    return Answer(ruling, scope, True, 0, 0, 0, frozenset(), frozenset(), needs, "settled")


def _leading(facts: RightsFacts, when: When, answers: dict[Regime, Answer]) -> Regime:
    """OV-01: the law of the place of departure if it covers, else the one that does."""
    if missing_airports(facts):
        return "eu"
    origin = territory_of(airport(facts.departure_airport), when).area
    destination = territory_of(airport(facts.arrival_airport), when).area
    by_place: Regime = "eu"
    if origin == "uk" or (origin not in INSIDE_EU and destination == "uk"):
        by_place = "uk"
    second: Regime = "uk" if by_place == "eu" else "eu"
    for name in (by_place, second):
        if answers[name].scope != "no":
            return name
    return by_place


def _other(book: Rulebook | None, found: Answer, facts: RightsFacts) -> OtherRegime | None:
    if book is None or book.rules is None or found.scope == "no":
        return None
    currency = _currency(book.regime, found, facts)
    return OtherRegime(
        regime=book.regime, rulebook=book.id, amount_minor=found.amount_minor, currency=currency
    )


def _currency(regime: Regime, found: Answer, facts: RightsFacts) -> str:
    """The statute's currency (MO-01); a repaid fare share is in the ticket's."""
    if facts.event == "downgrade" and facts.ticket_currency is not None:
        return facts.ticket_currency
    return _CURRENCY[regime]


def _assessment(
    facts: RightsFacts,
    regime: Regime,
    book: Rulebook | None,
    found: Answer,
    other: OtherRegime | None,
    flags: set[Flag],
) -> Assessment:
    ruling = found.ruling
    return Assessment(
        regime=regime,
        rulebook=book.id if book else _NO_RULEBOOK,
        rulebook_digest=book.digest if book else _NO_RULEBOOK,
        scope=found.scope,
        event=ruling.event,
        band=ruling.band,
        distance_km=ruling.distance.sphere_km if ruling.distance else None,
        distance_km_wgs84=ruling.distance.wgs84_km if ruling.distance else None,
        measured=ruling.measured,
        decided=found.decided,
        amount_minor=found.amount_minor,
        amount_min_minor=found.amount_min_minor,
        amount_max_minor=found.amount_max_minor,
        currency=_currency(regime, found, facts),
        article=ruling.sum.article,
        care=ordered_care(found.care),
        other_regime=other,
        certainty=found.certainty,
        flags=tuple(sorted(found.flags | flags)),
        needs=found.needs,
        hits=ruling.hits,
    )
