"""Derives rows from logs: claim an interval, read, compute, write and announce in one transaction.

It knows no Dagster: an asset, the materialiser and a test call the same `run`.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from streaming.store.database import Connection
from streaming.store.derive import notify
from streaming.store.derive_wake import alone
from streaming.store.detected import start_over
from streaming.store.intervals import Interval, advance, joined, logs_named, pending

log = structlog.get_logger(__name__)

EXAMPLES = 10
"""So many rows are shown with what a step wrote, at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step wrote: rows by table, the versions it used, the event time it reached.

    `counts` are further figures worth showing, by their name; `correlation_ids` what it was about;
    `examples` a few of the rows as a person would read them.
    """

    rows: Mapping[str, int]
    versions: Mapping[str, str]
    as_of: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    correlation_ids: tuple[UUID, ...] = ()
    examples: tuple[Mapping[str, str], ...] = ()


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


def merged(several: Sequence[Written]) -> Written:
    """Consecutive results of one reader as one: intervals joined, figures summed, every version.

    Raises ValueError without any.
    """
    if not several:
        raise ValueError("nothing to merge")
    intervals: dict[int, Interval] = {}
    rows, counts = Counter[str](), Counter[str]()
    versions: dict[str, list[str]] = {}
    for one in several:
        for interval in one.intervals:
            before = intervals.get(interval.log_id)
            intervals[interval.log_id] = interval if before is None else joined(before, interval)
        rows.update(one.outcome.rows)
        counts.update(one.outcome.counts)
        for what, version in one.outcome.versions.items():
            told = versions.setdefault(what, [])
            told += [version] if version not in told else []
    times = [one.outcome.as_of for one in several if one.outcome.as_of is not None]
    outcome = Outcome(
        dict(rows),
        {what: ", ".join(told) for what, told in versions.items()},
        max(times, default=None),
        dict(counts),
        examples=tuple(one for each in several for one in each.outcome.examples)[:EXAMPLES],
    )
    return Written(several[0].reader, tuple(intervals[log] for log in sorted(intervals)), outcome)


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """Somebody else has read this interval, or part of it; nothing was written."""

    reader: str
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class NothingPending:
    """All that is written has been read."""

    reader: str


class Outgrown(Exception):
    """A step cannot go on from what its reader has kept: it must read everything again."""


class _Lost(Exception):
    """Rolls the transaction back."""

    def __init__(self, intervals: tuple[Interval, ...]) -> None:
        self.intervals = intervals


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
    then sees that they have moved and does no work. A step that raises leaves nothing behind,
    but for Outgrown: then the reader starts over, and what was asked for is void.
    """
    try:
        with connection.transaction():
            return _derive(connection, derivation, asked)
    except _Lost as lost:
        return AlreadyDone(derivation.reader, lost.intervals)
    except Outgrown:
        return _start_over(connection, derivation, asked)


def _derive(
    connection: Connection, derivation: Derivation, asked: Sequence[Interval] | None
) -> Written | NothingPending:
    if asked is None:
        intervals = pending_intervals(connection, derivation)
    else:
        intervals = tuple(sorted(asked, key=lambda i: i.log_id))
    if not intervals:
        return NothingPending(derivation.reader)
    for interval in intervals:
        if not advance(connection, derivation.reader, interval):
            raise _Lost(intervals)
    outcome = derivation.step(connection, intervals)
    if any(outcome.rows.values()):
        notify(connection, "derived", derivation.reader)
    return Written(derivation.reader, intervals, outcome)


def _start_over(
    connection: Connection, derivation: Derivation, asked: Sequence[Interval] | None
) -> Written | AlreadyDone | NothingPending:
    """Forget marks and snapshot, and derive the first of what is pending then; all or nothing."""
    try:
        with connection.transaction():
            alone(connection, f"start over {derivation.reader}")
            try:
                with connection.transaction():  # another may have started over while we waited
                    return _derive(connection, derivation, asked)
            except Outgrown as reason:
                log.warning("derivation.starts_over", reader=derivation.reader, reason=str(reason))
                start_over(connection, derivation.reader)
                return _derive(connection, derivation, None)
    except _Lost as lost:
        return AlreadyDone(derivation.reader, lost.intervals)


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
