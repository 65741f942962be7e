"""One regime's answer over every reading of the law and every value of what is not yet known."""

from typing import NamedTuple

from domain.network.airports import find_airport
from domain.network.territories import When
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.inquiry import Fork
from domain.passenger_rights.questions import (
    CARE,
    LICENCE,
    MONEY,
    Question,
    completions,
    matters,
    unknown_refusal,
)
from domain.passenger_rights.rulebooks import Rulebook
from domain.passenger_rights.ruling import Ruling, rule_on
from domain.passenger_rights.vocabulary import Care, Certainty, Flag, weakest

_FORK_FLAGS: dict[Fork, Flag] = {
    "edge_180": "edge_180",
    "edge_240": "edge_240",
    "edge_half_limit": "edge_half_limit",
    "distance_borderline": "distance_borderline",
    "coordinate_conflict": "coordinate_conflict",
    "territory_review": "territory_review",
    "swiss_eea_carrier_uk": "swiss_eea_carrier_uk",
    "arrival_time_provisional": "arrival_time_provisional",
    "partial_excuse": "partial_excuse",
}
_FORK_NEEDS: dict[Fork, str] = {"arrival_time_provisional": "door opening time"}
_NEED_FLAGS: dict[str, Flag] = {
    "operating licence": "licence_unknown",
    "notice": "notice_unproven",
}


class Answer(NamedTuple):
    """What one regime says; `ruling` is the run whose reasons are told."""

    ruling: Ruling
    scope: str
    decided: bool
    bounded: bool  # False where the highest sum cannot be told
    amount_minor: int
    amount_min_minor: int
    amount_max_minor: int
    care: frozenset[Care]
    flags: frozenset[Flag]
    needs: tuple[str, ...]
    certainty: Certainty


class _Readings(NamedTuple):
    """The decision on complete facts, and the forks at which another reading pays otherwise."""

    ruling: Ruling
    amounts: frozenset[int]
    disputed: frozenset[Fork]


def missing_airports(facts: RightsFacts) -> tuple[str, ...]:
    """Ends of the journey that the airport table does not hold."""
    ends = (facts.departure_airport, facts.arrival_airport)
    return tuple(f"airport {iata}" for iata in ends if find_airport(iata) is None)


def answer(facts: RightsFacts, book: Rulebook, when: When) -> Answer:
    """The regime's answer; the rulebook's text must be loaded and both airports known."""
    money = _open_questions(facts, book, when)
    care = [question for question in CARE if question.is_open(facts)]
    if not money and not care:
        return _complete(facts, _read(facts, book, when))
    told = next(iter(completions(facts, care)))[1]
    readings = {at: _read(full, book, when) for at, full in completions(told, money)}
    decisions = list(readings.values())
    # While a fact is missing, the reasons told are those of a reading that covers, if one does.
    first = next((one for one in decisions if one.ruling.covered), decisions[0])
    outcomes = {at: (r.ruling.covered, r.ruling.sum, r.amounts) for at, r in readings.items()}
    needs = [q.need for i, q in enumerate(money) if matters(outcomes, i)]
    decided = not needs
    provided, care_needs = _care(facts, book, when, money, care, readings)
    disputed = frozenset().union(*(r.disputed for r in readings.values()))
    needs += [_FORK_NEEDS[fork] for fork in sorted(disputed) if fork in _FORK_NEEDS]
    if unknown_refusal(facts) and "refusal_unsettled" in disputed:
        needs.append("ground of the refusal")
    everything = frozenset().union(*(r.amounts for r in readings.values()))
    lowest, highest = min(everything), max(everything)
    return Answer(
        ruling=first.ruling,
        scope=_scope(readings),
        decided=decided,
        bounded=True,
        amount_minor=first.ruling.sum.amount_minor if decided else lowest,
        amount_min_minor=lowest,
        amount_max_minor=highest,
        care=provided,
        flags=_flags(readings, disputed, needs),
        needs=tuple(dict.fromkeys([*needs, *care_needs])),
        certainty=_certainty(first, disputed),
    )


def _complete(facts: RightsFacts, read: _Readings) -> Answer:
    """The same where nothing is to be asked, which is most of a file: half the time."""
    needs = [_FORK_NEEDS[fork] for fork in sorted(read.disputed) if fork in _FORK_NEEDS]
    if "refusal_unsettled" in read.disputed and unknown_refusal(facts):
        needs.append("ground of the refusal")
    return Answer(
        ruling=read.ruling,
        scope="yes" if read.ruling.covered else "no",
        decided=True,
        bounded=True,
        amount_minor=read.ruling.sum.amount_minor,
        amount_min_minor=min(read.amounts),
        amount_max_minor=max(read.amounts),
        care=read.ruling.care,
        flags=_flags({(): read}, read.disputed, needs),
        needs=tuple(needs),
        certainty=_certainty(read, read.disputed),
    )


def _open_questions(facts: RightsFacts, book: Rulebook, when: When) -> list[Question]:
    """What is not known about the money; a licence only where some licence would change scope."""
    money = [question for question in MONEY if question.is_open(facts)]
    if facts.operating_licence != "unknown":
        return money
    paying = facts.model_copy(update={"fare_type": "public"})
    rulings = [
        rule_on(paying.model_copy(update=dict(licensed)), book, when)
        for licensed in LICENCE.answers(paying)
    ]
    # At a fork the licence may matter on the other way alone.
    if any(one.forks for one in rulings) or len({one.covered for one in rulings}) > 1:
        return money
    return [one for one in money if one is not LICENCE]


def _read(facts: RightsFacts, book: Rulebook, when: When) -> _Readings:
    decision = rule_on(facts, book, when)
    amounts = {decision.sum.amount_minor}
    disputed: set[Fork] = set()
    ways = [frozenset({fork}) for fork in sorted(decision.forks)]
    if len(ways) > 1:
        ways.append(decision.forks)
    for way in ways:
        other = rule_on(facts, book, when, way)
        amounts.add(other.sum.amount_minor)
        if (other.covered, other.sum.amount_minor) != (decision.covered, decision.sum.amount_minor):
            disputed |= way if len(way) == 1 else set()
    return _Readings(decision, frozenset(amounts), frozenset(disputed))


def _care(
    facts: RightsFacts,
    book: Rulebook,
    when: When,
    money: list[Question],
    questions: list[Question],
    readings: dict[tuple[int, ...], _Readings],
) -> tuple[frozenset[Care], list[str]]:
    """Care owed on every reading, and the questions whose answer would change it."""
    owed = frozenset.intersection(*(r.ruling.care for r in readings.values()))
    if not questions:
        return owed, []
    needs: list[str] = []
    seen: set[tuple[object, ...]] = set()
    for at, told in completions(facts, money):
        ruling = readings[at].ruling
        # Care asks for nothing else that the money questions could have answered.
        key = (ruling.covered, ruling.event, told.arrival_delay_minutes)
        if key in seen:
            continue
        seen.add(key)
        outcomes = {
            way: rule_on(full, book, when).care for way, full in completions(told, questions)
        }
        owed = frozenset.intersection(owed, *outcomes.values())
        needs += [q.need for i, q in enumerate(questions) if matters(outcomes, i)]
    return owed, needs


def _scope(readings: dict[tuple[int, ...], _Readings]) -> str:
    covered = {r.ruling.covered for r in readings.values()}
    if len(covered) > 1:
        return "unknown"
    return "yes" if covered == {True} else "no"


def _flags(
    readings: dict[tuple[int, ...], _Readings], disputed: frozenset[Fork], needs: list[str]
) -> frozenset[Flag]:
    flags = frozenset().union(*(r.ruling.flags for r in readings.values()))
    by_fork = {_FORK_FLAGS[fork] for fork in disputed if fork in _FORK_FLAGS}
    by_need = {_NEED_FLAGS[need] for need in needs if need in _NEED_FLAGS}
    return flags | by_fork | by_need


def _certainty(first: _Readings, disputed: frozenset[Fork]) -> Certainty:
    certainties = [hit.certainty for hit in first.ruling.hits]
    if disputed:
        certainties.append("ambiguous")
    return weakest(certainties)
