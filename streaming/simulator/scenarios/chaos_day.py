"""A day of chaos, drawn by a seed: as many legs and passengers as asked, a share of legs broken.

Aircraft of three made-up airlines fly out and back all day; one that breaks down drags its delay
along until its ground times have taken it up. Whoever is on a cancelled flight is told, mostly
offered the next one, and sometimes goes with it. What is owed is nobody's script here: that is for
the law.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from random import Random
from typing import Literal

from domain.events import FlightEvent
from domain.network.airports import airport
from domain.network.great_circle import great_circle_km
from streaming.simulator.scenarios.script import ScriptedLeg, Travellers, at
from streaming.simulator.scenarios.telling import found_out

AIRLINES: tuple[tuple[str, Literal["uk", "eu", "other"], str, tuple[str, ...]], ...] = (
    ("9Q", "uk", "G-", ("LHR", "LGW", "MAN", "EDI", "GLA", "BHX")),
    ("8Q", "eu", "PH-", ("AMS", "CDG", "DUB", "FRA", "MAD")),
    ("7Q", "other", "N", ("JFK", "YYZ", "DXB")),
)
"""Designator, licence, registrations and bases; two of three aircraft are of the first."""

NEAR = ("AMS", "CDG", "DUB", "FRA", "MAD", "BCN", "PMI", "FCO", "LIS", "ATH", "AGP", "ZRH", "OSL",
        "LHR", "LGW", "MAN", "EDI", "GLA", "JER", "TFS")  # fmt: skip
FAR = ("JFK", "BOS", "YYZ", "DXB", "DEL")
CAUSES = (
    ("technical_routine", "41"), ("crew_illness", "66"), ("atc_strike", "89"),
    ("weather_unsafe", "71"), ("bird_strike", "24"), ("low_load", "11"), (None, None),
)  # fmt: skip
"""What breaks a leg, with the delay code that goes with it; nobody told, for one in seven."""

SLACK_MINUTES = 15
LATE = (20, 90, 130, 185, 200, 245, 320, 600)
_CLOSES = 23 * 60


def drawn(
    seed: int, legs: int = 3_000, passengers: int = 300_000, broken: float = 0.2
) -> tuple[list[ScriptedLeg], list[Travellers]]:
    """The legs of the day and its groups of travellers; at least `broken` of the legs are late by
    20 minutes or more, or cancelled."""
    random = Random(seed)  # noqa: S311 (a story, not a secret)
    flown = _network(random, legs)
    told = _broken(random, flown, round(legs * broken))
    return told, list(_travellers(random, told, passengers))


def revised(legs: Sequence[ScriptedLeg], many: int, day: date, seed: int) -> list[FlightEvent]:
    """What is found out two days later: `many` broken legs had another cause than was said."""
    random = Random(seed)  # noqa: S311 (a story, not a secret)
    said = [leg for leg in legs if leg.cause is not None and is_broken(leg)]
    found = []
    for leg in sorted(random.sample(said, many), key=lambda leg: leg.flight):
        cause, code = random.choice([one for one in CAUSES if one[0] not in (None, leg.cause)])
        found.append(found_out(leg, day, at(day, "09:00++"), str(cause), code))
    return found


def is_broken(leg: ScriptedLeg) -> bool:
    """Cancelled, or late by 20 minutes or more."""
    return leg.cancelled_before is not None or leg.on_late >= LATE[0]


def _network(random: Random, legs: int) -> list[ScriptedLeg]:
    """Aircraft that fly out and back from their base until the day closes."""
    made: list[ScriptedLeg] = []
    for number in count():
        airline, licence, prefix, bases = AIRLINES[(0, 0, 0, 1, 1, 2)[number % 6]]
        base = random.choice(bases)
        registration = f"{prefix}{number:04d}"
        minute = random.randrange(5 * 60, 9 * 60, 5)
        while True:
            away = random.choice([one for one in _reach(random, licence) if one != base])
            flight = _minutes(base, away)
            if minute + 2 * flight + 120 > _CLOSES + (24 * 60 if flight > 300 else 0):
                break
            for route in ((base, away), (away, base)):
                made.append(
                    ScriptedLeg(
                        f"{airline}{len(made) + 1}", "-".join(route), _clock(minute),
                        _clock(minute + flight), registration, licence,
                    )
                )  # fmt: skip
                minute += flight + 60
                if len(made) == legs:
                    return made
            if minute > _CLOSES:
                break
    return made


def _reach(random: Random, licence: str) -> tuple[str, ...]:
    return FAR if licence != "other" and random.random() < 0.15 else NEAR


def _minutes(origin: str, destination: str) -> int:
    """Block time at 780 km an hour and half an hour on the ground, in steps of five."""
    km = great_circle_km(airport(origin), airport(destination))
    return round((km / 13 + 30) / 5) * 5


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}" + "+" * (minute // 1440)


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:5]) + 1440 * clock.count("+")


def _broken(random: Random, legs: Sequence[ScriptedLeg], many: int) -> list[ScriptedLeg]:
    """Break legs until enough are, each with what it drags along, and ruffle the others."""
    told = {
        leg.flight: replace(leg, off_late=random.randrange(12), on_late=random.randrange(-8, 10))
        for leg in legs
    }
    rotations: dict[str, list[str]] = {}
    for leg in legs:
        rotations.setdefault(leg.registration, []).append(leg.flight)
    roots = [leg.flight for leg in legs]
    random.shuffle(roots)
    broken = 0
    while broken < many:
        root = told[roots.pop()]
        if is_broken(root):
            continue
        cause, code = random.choice(CAUSES)
        if random.random() < 0.25:
            before = random.choice((25, 90, 300, 9 * 1440))
            told[root.flight] = replace(root, cause=cause, delay_code=code, cancelled_before=before)
            broken += 1
            continue
        late = random.choice(LATE) + random.randrange(15)
        flights = rotations[root.registration]
        for flight in flights[flights.index(root.flight) :]:
            if late < LATE[0] or is_broken(told[flight]):
                break
            told[flight] = replace(
                told[flight], off_late=late, on_late=late, cause=cause, delay_code=code
            )
            broken += 1
            late, cause, code = late - SLACK_MINUTES, "late_inbound_operational", "93"
    return list(told.values())


def _travellers(
    random: Random, legs: Sequence[ScriptedLeg], passengers: int
) -> Iterator[Travellers]:
    """Whoever is booked on each leg: most on it alone, a few with a flight after it."""
    later: dict[str, list[ScriptedLeg]] = {}
    for leg in sorted(legs, key=lambda leg: _minute(leg.sobt)):
        later.setdefault(leg.origin, []).append(leg)
    share, rest = divmod(passengers, len(legs))
    for number, leg in enumerate(legs):
        seats = share + (number < rest)
        onward = _onward(random, leg, later.get(leg.destination, []))
        connecting = seats // 16 if onward else 0
        if connecting and onward:
            yield _on(f"{leg.flight} and on", connecting, (leg, onward), later)
        for party, many in enumerate(_parties(random, leg, seats - connecting)):
            group = _on(f"{leg.flight} {party}", many, (leg,), later)
            # Of those who are told that their flight is off, one party goes with the other one.
            yield replace(group, rebooked=(), rebooked_at="") if party else group


def _parties(random: Random, leg: ScriptedLeg, seats: int) -> list[int]:
    if leg.cancelled_before is None:
        return [seats]
    first = round(seats * random.uniform(0.4, 0.8))
    return [many for many in (first, seats - first) if many]


def _onward(
    random: Random, leg: ScriptedLeg, candidates: Iterable[ScriptedLeg]
) -> ScriptedLeg | None:
    """A flight of the same airline to somewhere else, an hour to four after this one arrives."""
    arrives = _minute(leg.sibt)
    fitting = [
        one
        for one in candidates
        if one.airline == leg.airline
        and one.destination != leg.origin
        and arrives + 60 <= _minute(one.sobt) <= arrives + 240
        and one.cancelled_before is None
    ]
    return random.choice(fitting) if fitting else None


def _on(
    name: str, many: int, flights: tuple[ScriptedLeg, ...], later: dict[str, list[ScriptedLeg]]
) -> Travellers:
    """The group, with what becomes of it where its first flight is off or comes too late."""
    group = Travellers(name, many, tuple(leg.flight for leg in flights), None)
    first, last = flights[0], flights[-1]
    if first.cancelled_before is not None:
        told = _minute(first.sobt) - first.cancelled_before
        other = _next(first, later, max(told, 0) + 60)
        group = replace(group, told_before=first.cancelled_before)
        if other is None:
            return group
        way = (other.flight, *group.flights[1:])
        when = _clock(max(told, 0) + 20)
        return replace(group, offered=other.flight, rebooked=way, rebooked_at=when)
    arrived = _minute(first.sibt) + first.on_late
    if last is not first and arrived > _minute(last.sobt) + last.off_late:
        other = _next(last, later, arrived + 30)
        if other is not None:
            way = (first.flight, other.flight)
            return replace(group, rebooked=way, rebooked_at=_clock(arrived + 5))
    return group


def _next(leg: ScriptedLeg, later: dict[str, list[ScriptedLeg]], after: int) -> ScriptedLeg | None:
    """The next flight the same way that goes."""
    for other in later[leg.origin]:
        fits = other.destination == leg.destination and other.cancelled_before is None
        if other is not leg and fits and _minute(other.sobt) >= max(after, _minute(leg.sobt)):
            return other
    return None
