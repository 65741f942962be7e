"""Tells Dagster what is new: one materialisation per asset for a whole interval.

Of what the materialiser derives it tells what a run would tell: the intervals read, the rows
written, versions and figures, summed over the steps since it last told. Of what other processes
write it tells the offsets that are there.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from assets.catalogue import key
from assets.run import interval_metadata, reached, shown, told
from streaming.derivation import Derivation, Outcome, Written, merged
from streaming.store.database import Connection
from streaming.store.derive_wake import marked_within
from streaming.store.intervals import Interval, advance, lead, logs_named, pending
from streaming.version import code_version

AT_MOST_EVERY = timedelta(seconds=5)
READER = "dagster"
"""Its marks say how far Dagster has been told; they survive a restart like any reader's."""


class Recorder:
    """Records each asset at most once in five seconds.

    `derivations` are the caller's own; `logs` maps the name of a log that others write to the
    table that it fills. A mark moves after Dagster has the event: a crash in between tells it
    twice, never not at all.
    """

    def __init__(
        self,
        instance: dg.DagsterInstance,
        logs: Mapping[str, str],
        derivations: Sequence[Derivation] = (),
    ) -> None:
        self.instance = instance
        self.logs = logs
        self._derivations = {derivation.reader: derivation for derivation in derivations}
        self._untold: dict[str, list[Written]] = {reader: [] for reader in self._derivations}

    def resume(self, connection: Connection) -> None:
        """Take up what was derived and not told: of what another process derived, the offsets are
        known and the figures are gone with it."""
        for reader, mine in self._untold.items():
            found = (
                lead(connection, reader, told(reader), log_id)
                for log_id in self._inputs(connection, reader)
            )
            intervals = tuple(interval for interval in found if interval is not None)
            if not mine or merged(mine).intervals != intervals:
                mine[:] = [Written(reader, intervals, Outcome({}, {}))] if intervals else []

    def take(self, done: Written) -> None:
        """Tell of this too when it is next due."""
        self._untold[done.reader].append(done)

    def record_due(self, connection: Connection) -> list[str]:
        """Record what is due; returns the tables recorded."""
        recorded = []
        for log, table in self.logs.items():
            intervals = self._due(connection, log)
            if intervals:
                metadata = {**interval_metadata(intervals), "version code": code_version()}
                self._report(table, metadata, intervals)
                for interval in intervals:
                    advance(connection, READER, interval)
                recorded.append(table)
        return recorded + [
            reader for reader in self._untold if self._record_derived(connection, reader)
        ]

    def _record_derived(self, connection: Connection, reader: str) -> bool:
        mine, log_ids = self._untold[reader], self._inputs(connection, reader)
        if not mine or marked_within(connection, told(reader), log_ids, AT_MOST_EVERY):
            return False
        done = merged(mine)
        self._report(reader, shown(done), done.intervals)
        mine.clear()
        for interval in done.intervals:
            advance(connection, told(reader), interval)
        return True

    def _inputs(self, connection: Connection, reader: str) -> list[int]:
        names = self._derivations[reader].inputs
        return sorted(log_id for name in names for log_id in logs_named(connection, name))

    def _due(self, connection: Connection, log: str) -> tuple[Interval, ...]:
        log_ids = logs_named(connection, log)
        if marked_within(connection, READER, log_ids, AT_MOST_EVERY):
            return ()
        found = (pending(connection, READER, log_id) for log_id in log_ids)
        return tuple(interval for interval in found if interval is not None)

    def _report(
        self, table: str, metadata: Mapping[str, Any], intervals: tuple[Interval, ...]
    ) -> None:
        version = reached(intervals)
        self.instance.report_runless_asset_event(
            dg.AssetMaterialization(
                key(table), metadata=metadata, tags={"dagster/data_version": version}
            )
        )
