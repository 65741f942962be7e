"""The report to an auditor: every fact, every rule in its order, every booking, every paper."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.letters.case import Case, Letter, Section
from domain.letters.passenger import passenger_letter
from domain.letters.words import sum_of
from domain.passenger_rights.rulebooks import rulebooks


class Booking(NamedTuple):
    """One transaction as the auditor sees it: lines, and the seal that it is under."""

    transaction_id: str
    kind: str
    booked_at: str
    description: str
    reverses: str | None
    actor: str | None
    reference: str | None
    lines: tuple[tuple[str, int, str], ...]
    seal: str | None


class Trail(NamedTuple):
    """What the case rests on outside itself."""

    assessment_id: str
    revision: str
    digest: str
    disruption: str
    bookings: tuple[Booking, ...]
    offsets: tuple[str, ...]


def auditor_report(case: Case, trail: Trail) -> Letter:
    """The passenger's letter, and behind it all that it stands on."""
    told = passenger_letter(case)
    return told._replace(
        title=f"Audit of claim {case.obligation_key}",
        sections=(
            *told.sections,
            Section("Rules in the order in which they spoke", _rules(case)),
            Section("Facts", _facts(case)),
            Section("Rulebook", _rulebook(case, trail)),
            Section("Excuse", _excuse(case)),
            Section("Life of the claim", _life(case)),
            Section("Bookings", _bookings(trail.bookings)),
            Section("Evidence on Kafka (log/partition/offset)", trail.offsets),
        ),
    )


def _rules(case: Case) -> tuple[str, ...]:
    return tuple(
        f"{hit.rule_id}  {hit.words} [{hit.certainty}; {hit.source}]"
        for hit in case.assessment.hits
    )


def _facts(case: Case) -> tuple[str, ...]:
    told = case.facts.model_dump(mode="json", exclude_defaults=True)
    return tuple(f"{name}: {value}" for name, value in told.items())


def _rulebook(case: Case, trail: Trail) -> tuple[str, ...]:
    book = next((one for one in rulebooks() if one.id == case.assessment.rulebook), None)
    lines = [f"Assessment {trail.assessment_id}, revision {trail.revision}"]
    if book is not None:
        lines += [f"{book.id}: {book.name}, from {book.starts}", f"Source: {book.source}"]
    return (*lines, f"Digest {trail.digest}", f"Disruption {trail.disruption}")


def _excuse(case: Case) -> tuple[str, ...]:
    checklist = case.assessment.excuse
    if checklist is None:
        return ("No excuse is heard here.",)
    return (
        f"Cause as told: {checklist.cause}",
        *(f"{step.question}: {step.state}" for step in checklist.steps),
        *(f"Paper that would prove it: {paper}" for paper in checklist.evidence),
    )


def _life(case: Case) -> tuple[str, ...]:
    return tuple(
        f"{event.occurred_at:%Y-%m-%d %H:%M} UTC  {event.kind} by {event.actor} ({event.role})"
        + (f", {sum_of(event.amount_minor, event.currency)}"
           if event.amount_minor is not None and event.currency else "")
        + (f": {event.reason}" if event.reason else "")
        for event in case.claim.history
    )  # fmt: skip


def _bookings(bookings: Sequence[Booking]) -> tuple[str, ...]:
    lines: list[str] = []
    for one in bookings:
        what = f"{one.booked_at}  {one.kind} {one.transaction_id}: {one.description}"
        if one.reverses:
            what += f"; takes back {one.reverses}"
        if one.actor:
            what += f"; by {one.actor}, {one.reference}"
        lines.append(what)
        for account, minor, currency in one.lines:
            side = "debit " if minor > 0 else "credit"
            lines.append(f"    {side} {sum_of(abs(minor), currency):>16}  {account}")
        lines.append(f"    {one.seal or 'not sealed yet'}")
    return tuple(lines)
