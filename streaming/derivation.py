"""Derives rows from logs: claim an interval, read, compute, write and announce in one transaction.

It knows no Dagster: an asset, the materialiser and a test call the same `run`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from streaming.store.database import Connection
from streaming.store.derive import notify
from streaming.store.intervals import Interval, advance, logs_named, pending


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step wrote: rows by table, the versions it used, the event time it reached.

    `counts` are further figures worth showing, by their name; `correlation_ids` what it was about.
    """

    rows: Mapping[str, int]
    versions: Mapping[str, str]
    as_of: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    correlation_ids: tuple[UUID, ...] = ()


Step = Callable[[Connection, tuple[Interval, ...]], Outcome]


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one table is derived.

    `reader` owns the marks and is the table's own name; `inputs` are names of logs; `step` reads
    the intervals' rows, calls one pure function and writes. `most_rows` bounds one transaction.
    `version` is raised by hand when the same input would give other rows; the exact code of each
    row is in its `code_version`.
    """

    reader: str
    inputs: tuple[str, ...]
    step: Step
    most_rows: int = 2_000
    version: str = "1"


@dataclass(frozen=True, slots=True)
class Written:
    """The interval was ours and is now derived."""

    reader: str
    intervals: tuple[Interval, ...]
    outcome: Outcome

    @property
    def rows_read(self) -> int:
        return sum(interval.rows for interval in self.intervals)


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """Somebody else has read this interval, or part of it; nothing was written."""

    reader: str
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class NothingPending:
    """All that is written has been read."""

    reader: str


class _Lost(Exception):
    """Rolls the transaction back."""


def pending_intervals(connection: Connection, derivation: Derivation) -> tuple[Interval, ...]:
    """What is written but not yet read, at most `most_rows` per log; ordered by log."""
    found = (
        pending(connection, derivation.reader, log, derivation.most_rows)
        for name in derivation.inputs
        for log in logs_named(connection, name)
    )
    return tuple(sorted((i for i in found if i is not None), key=lambda i: i.log_id))


def run(
    connection: Connection, derivation: Derivation, asked: Sequence[Interval] | None = None
) -> Written | AlreadyDone | NothingPending:
    """Derive exactly the intervals asked for, or whatever is pending.

    The marks are moved first: their rows stay locked until commit, so a second caller waits,
    then sees that they have moved and does no work. A step that raises leaves nothing behind.
    """
    try:
        with connection.transaction():
            if asked is None:
                intervals = pending_intervals(connection, derivation)
            else:
                intervals = tuple(sorted(asked, key=lambda i: i.log_id))
            if not intervals:
                return NothingPending(derivation.reader)
            for interval in intervals:
                if not advance(connection, derivation.reader, interval):
                    raise _Lost
            outcome = derivation.step(connection, intervals)
            if any(outcome.rows.values()):
                notify(connection, "derived", derivation.reader)
    except _Lost:
        return AlreadyDone(derivation.reader, intervals)
    return Written(derivation.reader, intervals, outcome)


def as_text(intervals: Sequence[Interval]) -> str:
    """The intervals as one line of JSON, for a run's config and tags; same intervals, same text."""
    return json.dumps(
        [
            [i.log_id, i.log, [[p, *span] for p, span in sorted(i.spans.items())]]
            for i in sorted(intervals, key=lambda i: i.log_id)
        ],
        separators=(",", ":"),
    )


def from_text(text: str) -> tuple[Interval, ...]:
    """The intervals that `as_text` wrote. Raises ValueError on anything else."""
    try:
        return tuple(
            Interval(int(log_id), str(log), {int(p): (int(a), int(b)) for p, a, b in spans})
            for log_id, log, spans in json.loads(text)
        )
    except TypeError as error:
        raise ValueError(f"not intervals: {text!r}; leave it empty to take all pending") from error
