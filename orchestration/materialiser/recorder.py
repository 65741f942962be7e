"""Tells Dagster what other processes wrote: one materialisation per asset for a whole interval."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from assets.catalogue import key
from assets.run import interval_metadata, reached
from streaming.store.database import Connection
from streaming.store.derive_wake import marked_within
from streaming.store.intervals import Interval, advance, logs_named, pending
from streaming.version import code_version

AT_MOST_EVERY = timedelta(seconds=5)
READER = "dagster"
"""Its marks say how far Dagster has been told; they survive a restart like any reader's."""


class Recorder:
    """Records the logs of some tables, each at most once in five seconds.

    `logs` maps the name of a log to the table that it fills. The mark moves after Dagster has
    the event: a crash in between tells it twice, never not at all.
    """

    def __init__(self, instance: dg.DagsterInstance, logs: Mapping[str, str]) -> None:
        self.instance = instance
        self.logs = logs

    def record_due(self, connection: Connection) -> list[str]:
        """Record what is due; returns the tables recorded."""
        recorded = []
        for log, table in self.logs.items():
            intervals = self._due(connection, log)
            if intervals:
                self.instance.report_runless_asset_event(_event(table, intervals))
                for interval in intervals:
                    advance(connection, READER, interval)
                recorded.append(table)
        return recorded

    def _due(self, connection: Connection, log: str) -> tuple[Interval, ...]:
        log_ids = logs_named(connection, log)
        if marked_within(connection, READER, log_ids, AT_MOST_EVERY):
            return ()
        found = (pending(connection, READER, log_id) for log_id in log_ids)
        return tuple(interval for interval in found if interval is not None)


def _event(table: str, intervals: tuple[Interval, ...]) -> dg.AssetMaterialization:
    metadata: dict[str, Any] = {
        **interval_metadata(intervals),
        "version code": code_version(),
    }
    return dg.AssetMaterialization(
        asset_key=key(table), metadata=metadata, tags={"dagster/data_version": reached(intervals)}
    )
