"""What assessing again reads and writes: answers that other rules gave than those of today."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from streaming.store.database import Connection
from streaming.store.derive import copy_rows
from streaming.store.derive_rights import ImpactRow
from streaming.store.intervals import append, register_table_log

_NEWEST = """
    select distinct on (obligation_key) * from derived.assessments
    where obligation_key > %(after)s order by obligation_key, sequence desc
"""
_OF_OTHER_RULES = """
    coalesce(rulebook_digest, '') <> all(%(digests)s) and sequence >=
        coalesce((select max(until) from derived.reassessments where digests @> %(digests)s), 0)
"""
_FOUND = f"""
    select * from ({_NEWEST}) newest where {_OF_OTHER_RULES}
    order by obligation_key limit %(most)s
"""
_COUNTED = f"select count(*) from ({_NEWEST}) newest where {_OF_OTHER_RULES}"
BEFORE_ALL = UUID(int=0)
"""No obligation has this key, and all come after it."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One finished re-assessment: under which rules, by whom, and what it found.

    `until` is the end of the assessments' log when it began: those before are looked at.
    """

    sweep_id: UUID
    digests: list[str]
    until: int
    looked_at: int
    changed: int
    asked_by: str
    finished_at: datetime | None = None


def end_held(connection: Connection) -> int:
    """The end of the assessments' log, held until commit: nobody appends to it meanwhile.

    Else what is assessed again here could come after the assessment of newer facts.
    """
    return append(connection, register_table_log(connection, "derived.assessments"), 0)


def under_other_rules(
    connection: Connection, digests: Collection[str], after: UUID, most: int
) -> list[dict[str, Any]]:
    """Newest assessments, by obligation after `after`, that none of these rulebooks gave, and no
    finished sweep by them has confirmed."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_FOUND, {**_asked(digests, after), "most": most}).fetchall()


def unconfirmed(connection: Connection, digests: Collection[str]) -> int:
    """How many `under_other_rules` there are."""
    row = connection.execute(_COUNTED, _asked(digests, BEFORE_ALL)).fetchone()
    return int(row[0]) if row else 0


def _asked(digests: Collection[str], after: UUID) -> dict[str, Any]:
    return {"digests": sorted(digests), "after": after}


def impacts_by_sequence(connection: Connection, sequences: Collection[int]) -> dict[int, ImpactRow]:
    """The facts that assessments judged."""
    names = ", ".join(f'"{name}"' for name in ImpactRow.__slots__)
    query = f"select {names} from derived.passenger_impacts where sequence = any(%s)"
    with connection.cursor(row_factory=class_row(ImpactRow)) as cursor:
        return {row.sequence: row for row in cursor.execute(query, (list(sequences),))}


def write_sweep(connection: Connection, sweep: Sweep) -> None:
    """Keep that it was done."""
    names = [name for name in Sweep.__slots__ if name != "finished_at"]
    copy_rows(connection, "derived.reassessments", [{name: getattr(sweep, name) for name in names}])
