"""Whether somebody is at work on a chain of derivations: by Dagster's runs, and by locks.

A run that works on a reader holds a lock in the database (`assets.run.derive`), which ends with
its session; so a run that says STARTED, holds nothing and has fallen silent has lost its process.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from streaming.derivation import Derivation
from streaming.store.database import Connection
from streaming.store.derive_wake import duty_of, is_claimed

SILENT_FOR = timedelta(seconds=60)
"""Longer than a run takes to import its code or to go from one asset to the next: in between it
holds no lock, but it has just told Dagster something."""

_BEGINNING = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.CANCELING,
]
"""Dagster's run monitoring ends these by itself when nothing comes of them in its time."""


def now() -> datetime:
    return datetime.now(UTC)


def at_work(
    instance: dg.DagsterInstance, connection: Connection, job: str, chain: Sequence[Derivation]
) -> str | None:
    """Who is at work on the chain, in words; None when nobody is.

    Any run of the job counts, whichever asset it began with: it goes on to those after it. So
    does a person's own materialisation, which is no run of the job but holds the lock.
    """
    for derivation in chain:
        if is_claimed(connection, duty_of(derivation.reader)):
            return f"a run is at work on {derivation.reader}"
    if instance.get_runs_count(dg.RunsFilter(job_name=job, statuses=_BEGINNING)):
        return f"a run of {job} is about to begin or to end"
    started = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(started):
        if now() - _last_word(instance, run) < SILENT_FOR:
            return f"a run of {job} is in flight"
    return None


def _last_word(instance: dg.DagsterInstance, run: dg.DagsterRun) -> datetime:
    """When the run last told Dagster anything."""
    told = instance.get_records_for_run(run.run_id, limit=1, ascending=False).records
    if told:
        return datetime.fromtimestamp(told[0].timestamp, UTC)
    record = instance.get_run_record_by_id(run.run_id)
    return now() if record is None else record.update_timestamp
