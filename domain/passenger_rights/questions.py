"""Facts not yet known: which could still matter, and values that stand for every outcome."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from domain.passenger_rights.facts import DAY_MINUTES, RightsFacts
from domain.passenger_rights.refusals import refusal_of

Answer = Mapping[str, Any]


class Question(NamedTuple):
    """One unknown fact: its name for people, when it is open, and representative answers.

    The answers stand for every stretch between two limits of the law, so that trying them all
    finds every outcome that the true answer could have.
    """

    need: str
    is_open: Callable[[RightsFacts], bool]
    answers: Callable[[RightsFacts], Sequence[Answer]]


def _delayed(facts: RightsFacts) -> bool:
    return facts.event in ("delay", "missed_connection") or (
        facts.event == "diversion" and facts.diverted_to_same_region is not False
    )


def _not_operated(facts: RightsFacts) -> bool:
    return facts.event in ("cancellation", "advanced")  # of a diversion one hears in the air


def _reroutable(facts: RightsFacts) -> bool:
    return facts.event in ("cancellation", "denied_boarding") or (
        facts.event == "diversion" and facts.diverted_to_same_region is not True
    )


_OFFERS: tuple[Answer, ...] = tuple(
    {"reroute_dep_early_minutes": early, "reroute_arr_late_minutes": late}
    for early in (0, 90, 180)
    for late in (60, 110, 150, 210, 239, 300)
)

LICENCE = Question(
    "operating licence",
    lambda f: f.operating_licence == "unknown",
    lambda f: [{"operating_licence": licence} for licence in ("uk", "eu", "other")],
)

MONEY: tuple[Question, ...] = (
    LICENCE,
    Question(
        "fare type",
        lambda f: f.fare_type == "unknown",
        lambda f: [{"fare_type": "public"}, {"fare_type": "staff_id"}],
    ),
    Question(
        # Whoever has flown was there; a refusal told ahead asks nobody to come (C-238/22).
        "presented for check-in",
        lambda f: f.event == "denied_boarding" and f.checked_in is None and not f.notice_minutes,
        lambda f: [{"checked_in": True}, {"checked_in": False}],
    ),
    Question(
        "diverted to the same city or region",
        lambda f: f.event == "diversion" and f.diverted_to_same_region is None,
        lambda f: [{"diverted_to_same_region": True}, {"diverted_to_same_region": False}],
    ),
    Question(
        "arrival time",
        lambda f: _delayed(f) and f.arrival_delay_minutes is None,
        lambda f: [
            {"arrival_delay_minutes": f.excused_minutes + late} for late in (0, 200, 260, 360)
        ],
    ),
    Question(
        "minutes brought forward",
        lambda f: f.event == "advanced" and f.advanced_minutes is None,
        lambda f: [{"advanced_minutes": early} for early in (30, 90, 180)],
    ),
    Question(
        "notice",
        lambda f: _not_operated(f) and f.notice_minutes is None,
        lambda f: [{"notice_minutes": days * DAY_MINUTES} for days in (0, 10, 20)],
    ),
    Question(
        "re-routing offered",
        lambda f: _reroutable(f) and f.reroute_offered is None,
        lambda f: (
            [{"reroute_offered": False}] + [{"reroute_offered": True, **offer} for offer in _OFFERS]
        ),
    ),
    Question(
        "times of the re-routing",
        lambda f: (
            (_reroutable(f) or f.event == "advanced")
            and f.reroute_offered is True
            and (f.reroute_arr_late_minutes is None or _departure_missing(f))
        ),
        lambda f: [_keep_known(f, offer) for offer in _OFFERS],
    ),
)

CARE: tuple[Question, ...] = (
    Question(
        "departure time",
        lambda f: _delayed(f) and f.departure_delay_minutes is None,
        lambda f: [{"departure_delay_minutes": late} for late in (0, 150, 200, 270, 360)],
    ),
    Question(
        "waiting at the airport",
        lambda f: f.event != "downgrade" and f.waiting_at_airport is None,
        lambda f: [{"waiting_at_airport": True}, {"waiting_at_airport": False}],
    ),
    Question(
        "night needed",
        lambda f: f.event != "downgrade" and f.overnight is None,
        lambda f: [{"overnight": True}, {"overnight": False}],
    ),
)


def completions(
    facts: RightsFacts, questions: Sequence[Question]
) -> Iterator[tuple[tuple[int, ...], RightsFacts]]:
    """Every way to answer the open questions: which answer to each, and the completed facts."""
    if not questions:
        yield (), facts
        return
    choices = [tuple(enumerate(question.answers(facts))) for question in questions]
    for combination in product(*choices):
        update: dict[str, Any] = {}
        for _, answer in combination:
            update.update(answer)
        yield tuple(at for at, _ in combination), facts.model_copy(update=update)


def matters(outcomes: Mapping[tuple[int, ...], Any], at: int) -> bool:
    """Whether two completions that differ in one answer alone come to different outcomes."""
    seen: dict[tuple[int, ...], Any] = {}
    for answers, outcome in outcomes.items():
        others = answers[:at] + answers[at + 1 :]
        if seen.setdefault(others, outcome) != outcome:
            return True
    return False


def unknown_refusal(facts: RightsFacts) -> bool:
    """Whether boarding was refused on a ground that the table does not know."""
    return facts.event == "denied_boarding" and (
        refusal_of(facts.refusal_grounds).reasonable == "unknown"
    )


def _departure_missing(facts: RightsFacts) -> bool:
    """Refused boarding asks only when the re-routing arrives."""
    return facts.event != "denied_boarding" and facts.reroute_dep_early_minutes is None


def _keep_known(facts: RightsFacts, offer: Answer) -> Answer:
    known = {name: getattr(facts, name) for name in offer if getattr(facts, name) is not None}
    return {**offer, **known}
