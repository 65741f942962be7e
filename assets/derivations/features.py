"""Features: a leg's values as of two hours before its departure, by one fold over the log.

The fold begins with the history that a champion was trained with, then goes on by what lands.
Its snapshot is stored with the marks, so a run takes up where the last one stopped. A snapshot
of another feature set or format is of no use: the fold starts over, and its rows appear beside
those of the old set; rows that are there already are left as they are.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

from domain.detection.errors import SnapshotRefused, UnknownLane
from domain.detection.ordering import ORDERING_TYPES, Lane, Ordering
from domain.detection.snapshots import freeze, thaw
from domain.features import FEATURE_SET, FeatureFold, FeatureRow, History
from domain.features.fold import STATE_TYPES
from streaming.derivation import Derivation, Outcome, Outgrown
from streaming.detect.detection import partitions_of
from streaming.store import detected
from streaming.store.database import Connection
from streaming.store.derive import horizon
from streaming.store.derive_features import FEATURES, records_in, write_features
from streaming.store.intervals import Interval
from streaming.version import code_version

INPUTS = ("external.data", "flight.events")
FORMAT = "1"
_TYPES = (*ORDERING_TYPES, *STATE_TYPES)


def derivation(begin: Callable[[], History]) -> Derivation:
    """`begin` gives the starting history; it is asked only when there is no snapshot yet."""

    def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
        ordering, fold = _load(connection, intervals) or _fresh(connection, begin())
        records = chain.from_iterable(
            ((interval.log, record) for record in records_in(connection, interval))
            for interval in intervals
        )
        try:
            rows = feed(ordering, fold, records)
        except UnknownLane as unknown:  # the topic has more partitions than when the fold began
            raise Outgrown(str(unknown)) from unknown
        written = write_features(connection, rows, code_version())
        snapshot = detected.Snapshot(FORMAT, freeze((fold.version, ordering, fold)))
        detected.save_snapshot(connection, FEATURES, snapshot, sum(ordering.late.values()))
        return Outcome(
            {FEATURES: written},
            {"code": code_version(), "feature set": FEATURE_SET, "fold": fold.version},
            ordering.watermark,
            {"late events": sum(ordering.late.values())},
        )

    return Derivation(FEATURES, INPUTS, step, most_rows=20_000, version=FEATURE_SET)


def feed(ordering: Ordering[Any], fold: FeatureFold, records: Any) -> list[FeatureRow]:
    """The rows that these (topic, record) pairs complete, in order of T."""
    for topic, record in records:
        ordering.push(topic, record)
    rows = [row for record in ordering.release() for row in fold.step(record)]
    if ordering.watermark is not None:
        rows += fold.advance(ordering.watermark)
    return rows


def _fresh(connection: Connection, history: History) -> tuple[Ordering[Any], FeatureFold]:
    lanes = [Lane(name, p) for name in INPUTS for p in range(partitions_of(connection, name))]
    return Ordering(lanes), FeatureFold(history)


def _load(
    connection: Connection, intervals: tuple[Interval, ...]
) -> tuple[Ordering[Any], FeatureFold] | None:
    """What the last run left; None before the first one. Raises Outgrown."""
    stored = detected.load_snapshot(connection, FEATURES)
    if stored is None:
        if _reads_on(connection, intervals):
            raise Outgrown("there are marks and no snapshot: nobody knows what has moved them")
        return None
    if stored.version != FORMAT:
        raise Outgrown(f"its snapshot has format {stored.version}, this version reads {FORMAT}")
    try:
        version, ordering, fold = thaw(stored.state, _TYPES)
    except SnapshotRefused as refusal:
        raise Outgrown(str(refusal)) from refusal
    if version != fold.version:
        raise Outgrown(f"its snapshot was folded by {version}, this version is {fold.version}")
    return ordering, fold


def _reads_on(connection: Connection, intervals: tuple[Interval, ...]) -> bool:
    """Whether anything was read before these intervals."""
    before = dict(horizon(connection, FEATURES).following)
    for interval in intervals:
        before |= {(interval.log_id, p): since for p, (since, _) in interval.spans.items()}
    return any(before.values())
