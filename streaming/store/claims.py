"""The SQL of claims: events in and out, and what the desk knows of an obligation."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from domain.claims import ClaimEvent
from domain.claims.states import ASKED
from domain.ledger import Obligation
from streaming.store.database import Connection
from streaming.store.derive import insert

EVENTS = "claims.events"
_FIELDS = tuple(ClaimEvent.model_fields)
_EVENT = ", ".join(_FIELDS)


@dataclass(frozen=True, slots=True)
class Told:
    """One assessment as a claim hears of it; `reference` is its place in its log."""

    assessment_id: UUID
    revision: str
    regime: str
    rulebook: str
    amount_max_minor: int
    currency: str
    needs: list[str]
    as_of: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim as a list shows it: its last event."""

    obligation_key: UUID
    state: str
    number: int
    kind: str
    occurred_at: datetime
    actor: str


def obligation_of(connection: Connection, obligation_key: UUID) -> Obligation | None:
    """Who is owed, by the newest facts kept."""
    row = connection.execute(
        "select passenger_ref, journey_id, obligation_event from derived.passenger_impacts"
        " where obligation_key = %s order by sequence desc limit 1",
        (obligation_key,),
    ).fetchone()
    return Obligation(*row) if row else None


def obligations_of(connection: Connection, keys: Collection[UUID]) -> dict[UUID, Obligation]:
    """As `obligation_of`, of several."""
    rows = connection.execute(
        "select distinct on (obligation_key) obligation_key, passenger_ref, journey_id,"
        " obligation_event from derived.passenger_impacts where obligation_key = any(%s)"
        " order by obligation_key, sequence desc",
        (list(keys),),
    )
    return {key: Obligation(*facts) for key, *facts in rows}


def facts_of(connection: Connection, obligation_key: UUID) -> dict[str, Any]:
    """The newest facts kept of an obligation that has any."""
    row = connection.execute(
        "select facts from derived.passenger_impacts where obligation_key = %s"
        " order by sequence desc limit 1",
        (obligation_key,),
    ).fetchone()
    assert row is not None
    facts: dict[str, Any] = row[0]
    return facts


def obligations_named(connection: Connection, prefix: str) -> list[UUID]:
    """At most two obligations whose key begins so; a range of the index, not of the table."""
    digits = prefix.lower().replace("-", "")
    if not digits or len(digits) > 32 or set(digits) - set("0123456789abcdef"):
        return []
    rows = connection.execute(
        "select distinct obligation_key from derived.passenger_impacts"
        " where obligation_key between %s and %s limit 2",
        (UUID(hex=digits.ljust(32, "0")), UUID(hex=digits.ljust(32, "f"))),
    )
    return [row[0] for row in rows]


def assessments_told(connection: Connection, obligation_key: UUID) -> list[Told]:
    """Every assessment of an obligation, oldest first."""
    with connection.cursor(row_factory=class_row(Told)) as cursor:
        return cursor.execute(
            "select assessment_id, revision, regime, rulebook, amount_max_minor, currency, needs,"
            " as_of, log_id::text || '/0/' || sequence as reference from derived.assessments,"
            " logs.logs where obligation_key = %s and name = 'derived.assessments'"
            " order by sequence",
            (obligation_key,),
        ).fetchall()


def is_booked(connection: Connection, obligation_key: UUID) -> bool:
    """Whether the books have read every assessment of the obligation."""
    row = connection.execute(
        "select not exists (select from derived.assessments where obligation_key = %s and sequence"
        " >= coalesce((select m.next_offset from logs.marks m join logs.logs l using (log_id)"
        " where m.reader = 'ledger.transactions' and l.name = 'derived.assessments'), 0))",
        (obligation_key,),
    ).fetchone()
    return bool(row and row[0])


def asked_for(connection: Connection, keys: Collection[UUID]) -> set[UUID]:
    """Which of the obligations somebody has ever asked for."""
    rows = connection.execute(
        f"select distinct obligation_key from {EVENTS}"
        " where obligation_key = any(%s) and kind = any(%s)",
        (list(keys), list(ASKED)),
    )
    return {row[0] for row in rows}


def events_of(connection: Connection, obligation_key: UUID) -> list[ClaimEvent]:
    """The events of a claim as they were accepted."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"select {_EVENT} from {EVENTS} where obligation_key = %s order by number",
            (obligation_key,),
        )
        return [ClaimEvent.model_validate(row) for row in rows]


def places_of(connection: Connection, obligation_key: UUID) -> list[int]:
    """Where the events of a claim are in their log."""
    rows = connection.execute(
        f"select sequence from {EVENTS} where obligation_key = %s order by number",
        (obligation_key,),
    )
    return [row[0] for row in rows]


def write_events(
    connection: Connection,
    events: Sequence[tuple[ClaimEvent, str, tuple[str, ...]]],
    first_number: int,
    code_version: str,
) -> int:
    """Append events of one claim, each with the state after it and its evidence.

    Returns the sequence of the first. Of two that were told at once the second fails.
    """
    rows: list[dict[str, Any]] = [
        {**event.model_dump(), "number": number, "state": state, "evidence": list(evidence)}
        for number, (event, state, evidence) in enumerate(events, start=first_number)
    ]
    first = insert(connection, EVENTS, rows, code_version=code_version)
    assert first is not None
    return first


def claims(connection: Connection, state: str | None, limit: int) -> list[Listed]:
    """Claims that somebody has touched, the newest event first; read from the end of the log."""
    with connection.cursor(row_factory=class_row(Listed)) as cursor:
        return cursor.execute(
            "select obligation_key, state, number, kind, occurred_at, actor"
            f" from {EVENTS} e where (%(state)s::text is null or state = %(state)s)"
            f" and not exists (select from {EVENTS} later"
            " where later.obligation_key = e.obligation_key and later.number > e.number)"
            " order by sequence desc limit %(limit)s",
            {"state": state, "limit": limit},
        ).fetchall()


def counts(connection: Connection) -> dict[str, int]:
    """How many touched claims are in each state."""
    rows = connection.execute(
        f"select state, count(*) from (select distinct on (obligation_key) state from {EVENTS}"
        " order by obligation_key, number desc) last group by state order by state"
    )
    return {row[0]: row[1] for row in rows}
