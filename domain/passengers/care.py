"""The care clock of a journey: what is due from when, what was given, and how that counts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from domain.passenger_rights import RightsFacts, assess
from domain.passenger_rights.care_clock import Due

Counts = Literal[
    "within",  # owed by the law
    "beyond",  # given all the same: goodwill
    "free",  # cost nothing
    "not_assessed",  # waits for an assessment
    "not_owed",  # a passenger's own receipt for what the carrier had not to give (CA-07)
]
BOOKED: tuple[Counts, ...] = ("within", "beyond")
AT_THE_AIRPORT = ("meals", "comms", "hotel", "transport")
"""The care that somebody waits for (Art 9); the rest is a word or a choice."""


class Given(NamedTuple):
    """One care event; the amount in minor units. A receipt is the passenger's own (CA-07)."""

    event_id: UUID
    at: datetime
    care: str
    amount_minor: int
    currency: str
    supplier: str | None
    is_receipt: bool
    reference: str


class Entitlement(NamedTuple):
    """What the newest assessment of one obligation of a journey grants."""

    care: Collection[str]
    regime: str
    facts: RightsFacts
    assessment_id: UUID
    revision: str
    rulebook: str
    reference: str
    as_of: datetime


def ground(care: str, entitlements: Sequence[Entitlement]) -> Entitlement | None:
    """The entitlement that a piece of care rests on: the first that grants it, else the first."""
    granting = (one for one in entitlements if care in one.care)
    return next(granting, entitlements[0] if entitlements else None)


def counts(given: Given, entitlements: Sequence[Entitlement]) -> Counts:
    """How care that was given counts by what is known now; sums have no cap (CA-08)."""
    on = ground(given.care, entitlements)
    if given.amount_minor == 0:
        return "free"
    if on is None:
        return "not_assessed"
    if given.care in on.care:
        return "within"
    return "not_owed" if given.is_receipt else "beyond"


def due(
    entitlements: Sequence[Entitlement], known: dict[str, tuple[Due, ...]] | None = None
) -> dict[str, dict[str, Any]]:
    """Care to the first time it falls due (ISO 8601, UTC), its rule, and whether it is owed now.

    What is not owed yet is the next trigger, should the wait go on (LE-10). `known` keeps what
    was worked out, by revision: many passengers of one flight have the same facts.
    """
    known = {} if known is None else known
    found: dict[str, dict[str, Any]] = {}
    for one in entitlements:
        start = one.facts.scheduled_departure
        if start is None:
            continue
        if one.revision not in known:
            answer = assess(one.facts, "uk" if one.regime == "uk" else "eu")
            known[one.revision] = answer.care_clock
        for item in known[one.revision]:
            at = (start + timedelta(minutes=item.after_minutes)).isoformat()
            for care in item.care:
                entry = {"at": at, "rule": item.rule_id, "owed": care in one.care}
                before = found.get(care)
                if before is None or _rank(entry) < _rank(before):
                    found[care] = entry
    return found


def _rank(entry: Mapping[str, Any]) -> tuple[bool, str]:
    return not entry["owed"], entry["at"]


def waits_until(entitlements: Sequence[Entitlement]) -> datetime | None:
    """When the passenger goes on as far as known; None while some departure is not."""
    ends = []
    for one in entitlements:
        start, late = one.facts.scheduled_departure, one.facts.departure_delay_minutes
        if start is None or late is None:
            return None
        ends.append(start + timedelta(minutes=late))
    return max(ends, default=None)


def overdue(
    due: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, Mapping[str, Any]],
    waits_until: datetime | None,
    now: datetime,
    patience: timedelta,
) -> list[str]:
    """Care that has been due for longer than `patience` and was not given to who still waits."""
    if waits_until is not None and waits_until <= now:
        return []
    had = {one["care"] for one in given.values() if datetime.fromisoformat(one["at"]) <= now}
    return [
        care
        for care in AT_THE_AIRPORT
        if care in due
        and due[care]["owed"]
        and care not in had
        and datetime.fromisoformat(due[care]["at"]) + patience < now
    ]
