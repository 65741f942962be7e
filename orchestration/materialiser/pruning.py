"""Prunes what Dagster keeps of the past, a little at a time, while the materialiser is idle."""

import time
from datetime import UTC, datetime, timedelta

import dagster as dg
import structlog

from streaming.store.derive_pruning import prune_materialisations

EVERY_SECONDS = 600.0
KEPT_MATERIALISATIONS = 2_000
"""Per asset: close to three hours of one every five seconds, which is what people look at."""
KEPT_RUNS = timedelta(days=14)
RUNS_AT_A_TIME = 50

log = structlog.get_logger()


class Pruner:
    """Deletes old runless materialisations and old finished runs of one Dagster instance."""

    def __init__(self, instance: dg.DagsterInstance, keep: int = KEPT_MATERIALISATIONS) -> None:
        self.instance = instance
        self.keep = keep
        self._next_at = time.monotonic()

    def prune_due(self) -> None:
        """Prune, if the last time is long enough ago."""
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + EVERY_SECONDS
            events, runs = self.prune(datetime.now(UTC))
            if events or runs:
                log.info("pruned", materialisations=events, runs=runs)

    def prune(self, now: datetime) -> tuple[int, int]:
        """How many materialisations and runs were deleted."""
        url = getattr(self.instance.event_log_storage, "postgres_url", None)
        events = 0 if url is None else prune_materialisations(url, self.keep)
        finished = dg.RunsFilter(
            statuses=[
                dg.DagsterRunStatus.SUCCESS,
                dg.DagsterRunStatus.FAILURE,
                dg.DagsterRunStatus.CANCELED,
            ],
            updated_before=now - KEPT_RUNS,
        )
        old = self.instance.get_run_records(finished, limit=RUNS_AT_A_TIME)
        for record in old:
            self.instance.delete_run(record.dagster_run.run_id)
        return events, len(old)
