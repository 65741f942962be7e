"""Assessing again: what the rules of today say to facts that other rules have judged.

A mended rule changes sums that are booked, so a person asks for it and may look first. It works
through the obligations in transactions of their own; cut off, it is simply asked again. Where
the answer is another in anything but words, a new assessment is appended, and the books follow it
by reversal like any other change.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from assets.derivations.assessments import READER, assessed
from domain.identity import content_hash
from domain.ledger import assessment_id
from domain.passenger_rights import digests
from streaming.store.database import Connection
from streaming.store.derive import Database, notify
from streaming.store.derive_rights import revisions_known, write_assessments
from streaming.store.intervals import log_id
from streaming.store.reassessing import (
    BEFORE_ALL,
    Sweep,
    end_held,
    impacts_by_sequence,
    under_other_rules,
    write_sweep,
)
from streaming.version import code_version

MOST_ROWS = 2_000
ANSWER = (
    "regime", "rulebook", "in_scope", "event", "band", "amount_minor", "amount_min_minor",
    "amount_max_minor", "currency", "care", "citations", "rules_hit", "flags", "needs",
    "certainty", "other_regime",
)  # fmt: skip
"""The columns that make an answer; the explanation is words."""


@dataclass
class Reassessed:
    """What came of it: obligations looked at, answers that changed, and what the books carry for
    those, in minor units by currency, before and after."""

    looked_at: int = 0
    changed: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)


def reassess(
    database: Database,
    asked_by: str,
    *,
    dry_run: bool = False,
    hear: Callable[[Reassessed], None] = lambda _: None,
) -> Reassessed:
    """Assess everything again that stands under other rules; `hear` is told after each step."""
    done = Reassessed()
    today = sorted(digests())
    with database.connect() as connection:
        begun = None
        after: UUID | None = BEFORE_ALL
        while after is not None:
            with connection.transaction(force_rollback=dry_run):
                end = end_held(connection)
                begun = end if begun is None else begun
                after = _step(connection, today, after, done)
            hear(done)
        if not dry_run:
            sweep = Sweep(uuid4(), today, begun or 0, done.looked_at, done.changed, asked_by)
            with connection.transaction():
                write_sweep(connection, sweep)
    return done


def _step(connection: Connection, today: list[str], after: UUID, done: Reassessed) -> UUID | None:
    """The next obligations; returns the last of them, or None when there were none."""
    found = under_other_rules(connection, today, after, MOST_ROWS)
    if not found:
        return None
    rows = list(_changed(connection, found, done))
    if rows:
        write_assessments(connection, rows, code_version())
        notify(connection, "derived", READER)
    done.looked_at += len(found)
    done.changed += len(rows)
    last: UUID = found[-1]["obligation_key"]
    return last


def _changed(
    connection: Connection, found: list[dict[str, Any]], done: Reassessed
) -> Iterator[dict[str, Any]]:
    impacts = impacts_by_sequence(connection, {row["impact_sequence"] for row in found})
    log = log_id(connection, "derived.passenger_impacts")
    judged = assessed((impacts[row["impact_sequence"]] for row in found), log)
    again = list(zip(found, judged, strict=True))
    known = revisions_known(
        connection, "assessments", [(row["obligation_key"], row["revision"]) for _, row in again]
    )
    for before, row in again:
        if all(_same(before[name], row[name]) for name in ANSWER):
            continue
        key = row["obligation_key"]
        if (key, row["revision"]) in known:  # a rule that was mended back: it names what it follows
            row["revision"] = content_hash(row["revision"], before["revision"])
            row["assessment_id"] = assessment_id(key, row["revision"])
        done.before[before["currency"]] += before["amount_max_minor"]
        done.after[row["currency"]] += row["amount_max_minor"]
        yield row


def _same(one: Any, other: Any) -> bool:
    return bool(one == (list(other) if isinstance(other, tuple) else other))
