"""Which run to ask for: the interval a reader lacks, unless a run is at work on it.

Nothing is remembered here. Marks say what is missing, Dagster's own runs say what was asked for
and how it ended; so a failed interval is asked for again, and one in flight is not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.catalogue import key
from streaming.derivation import Derivation, as_text, pending_intervals
from streaming.store.database import Connection
from streaming.store.intervals import Interval

READER_TAG = "knockon/reader"
INTERVAL_TAG = "knockon/interval"
LOST_AFTER = timedelta(minutes=15)
"""A run without a sign of life for so long is taken for dead: its process was killed. Asking
again is safe even if it is not, since only one of two can move the mark."""
LONGEST_PAUSE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=5)

_IN_FLIGHT = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to ask for: from this derivation on, over these intervals."""

    derivation: Derivation
    intervals: tuple[Interval, ...]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def interval_name(self) -> str:
        """A short name of the intervals: same offsets, same name."""
        digest = hashlib.sha256(as_text(self.intervals).encode()).hexdigest()
        return f"{self.derivation.reader}@{digest[:16]}"


def first_pending(connection: Connection, chain: Sequence[Derivation]) -> Wanted | None:
    """The first derivation of the chain that lacks something; those after it follow in its run."""
    for derivation in chain:
        intervals = pending_intervals(connection, derivation)
        if intervals:
            return Wanted(derivation, intervals)
    return None


def request(
    instance: dg.DagsterInstance,
    wanted: Wanted,
    selection: Sequence[Derivation],
) -> dg.RunRequest | dg.SkipReason:
    """The run request for `wanted`, or why there is none now.

    The run key names interval and attempt, so two ticks never start two runs for one attempt.
    """
    now = _now()
    reader = wanted.derivation.reader
    alive = dg.RunsFilter(
        tags={READER_TAG: reader}, statuses=_IN_FLIGHT, updated_after=now - LOST_AFTER
    )
    if instance.get_runs_count(alive):
        return dg.SkipReason(f"a run for {reader} is in flight")
    same = {INTERVAL_TAG: wanted.interval_name}
    failures = instance.get_run_records(dg.RunsFilter(tags=same, statuses=_FAILED))
    if failures:
        pause = min(FIRST_PAUSE * 2 ** (len(failures) - 1), LONGEST_PAUSE)
        last = max(record.update_timestamp for record in failures)
        if now - last < pause:
            return dg.SkipReason(
                f"{wanted.interval_name} failed {len(failures)} times; again after {pause}"
            )
    attempt = 1 + instance.get_runs_count(dg.RunsFilter(tags=same))
    op = "__".join(key(reader).path)
    return dg.RunRequest(
        run_key=f"{wanted.interval_name}#{attempt}",
        run_config={"ops": {op: {"config": {"intervals": as_text(wanted.intervals)}}}},
        tags={
            READER_TAG: reader,
            **same,
            "knockon/attempt": str(attempt),
            "knockon/rows": str(sum(interval.rows for interval in wanted.intervals)),
            **wanted.tags,
        },
        asset_selection=[key(derivation.reader) for derivation in selection],
    )
