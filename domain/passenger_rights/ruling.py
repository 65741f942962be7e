"""One run of the rules from scope to care, under one rulebook and one reading of it."""

from typing import NamedTuple

from domain.network.great_circle import Distance
from domain.network.territories import When
from domain.passenger_rights.care import care
from domain.passenger_rights.compensation import Sum, compensation
from domain.passenger_rights.distance_band import stretch_of
from domain.passenger_rights.downgrade import downgrade
from domain.passenger_rights.event import event_of, kind_of
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.inquiry import Fork, Hit, Inquiry
from domain.passenger_rights.refund import choice
from domain.passenger_rights.rulebooks import Rulebook
from domain.passenger_rights.scope import in_scope
from domain.passenger_rights.vocabulary import Band, Care, Flag


class Measured(NamedTuple):
    """The reference points an amount was measured between, degrees, so it can be re-derived."""

    origin: tuple[float, float]
    destination: tuple[float, float]


class Ruling(NamedTuple):
    """What one run said; `forks` are the points at which another reading could say otherwise."""

    covered: bool
    event: str
    band: Band | None
    distance: Distance | None
    measured: Measured | None
    sum: Sum
    care: frozenset[Care]
    hits: tuple[Hit, ...]
    flags: frozenset[Flag]
    forks: frozenset[Fork]


def rule_on(
    facts: RightsFacts, book: Rulebook, when: When, other_way: frozenset[Fork] = frozenset()
) -> Ruling:
    """Run the rules once on complete facts; a fork named in `other_way` is read the other way."""
    inquiry = Inquiry(facts, book, when, other_way)
    kind = kind_of(inquiry)
    if not in_scope(inquiry, kind):
        return _ruling(inquiry, False, kind, Sum(0, "Art 3"))
    stretch = stretch_of(inquiry)
    event = event_of(inquiry, kind)
    owed = Sum(0, "Art 2")
    if event == "downgrade":
        owed = downgrade(inquiry, stretch)
    elif event != "none":
        owed = compensation(inquiry, event, stretch)
    provided = frozenset(care(inquiry, event, stretch) | choice(inquiry, event))
    return _ruling(inquiry, True, event, owed)._replace(
        band=stretch.band, distance=stretch.distance, care=provided
    )


def _ruling(inquiry: Inquiry, covered: bool, event: str, owed: Sum) -> Ruling:
    return Ruling(
        covered=covered,
        event=event,
        band=None,
        distance=None,
        measured=Measured(
            (inquiry.origin.latitude, inquiry.origin.longitude),
            (inquiry.destination.latitude, inquiry.destination.longitude),
        ),
        sum=owed,
        care=frozenset(),
        hits=tuple(inquiry.hits),
        flags=frozenset(inquiry.flags),
        forks=frozenset(inquiry.forks),
    )
