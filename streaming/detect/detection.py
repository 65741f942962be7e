"""One detector over the landed log: loads its state, then folds interval after interval.

Findings and marks commit together, each time. The snapshot commits with them, but only now and
then: it names its own offsets, and what lies between it and the marks is folded again at the next
start. That changes no finding, since a fold depends on the log alone. A snapshot costs as much as
there are legs known, a second for the whole US network, so its time says how often it is taken.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from domain.detection import Detector, Fold
from domain.detection.errors import SnapshotRefused
from domain.network_state import FlightRecord
from streaming.detect.announcement import announcement, takeover
from streaming.producers import DisruptionProducer
from streaming.store import detected, restating, standing
from streaming.store.database import Connection
from streaming.store.derive import horizon
from streaming.store.errors import Lost
from streaming.store.intervals import Interval, advance, logs_named, pending
from streaming.topics import TOPICS
from streaming.version import code_version

MOST_RECORDS = 5_000
SNAPSHOT_SECONDS = 5.0
SNAPSHOT_SHARE = 0.05
"""Of the time, which snapshots may take; after a crash a few moments' records are folded again."""
HELD_BACK_RECORDS = 50_000

log = structlog.get_logger(__name__)


def reader_of(detector: str) -> str:
    """The name under which a detector's marks and snapshot are kept."""
    return f"detector:{detector}"


def partitions_of(connection: Connection, topic: str) -> int:
    """The lanes of a topic: as declared, or more when a log of it has had more."""
    return max(TOPICS[topic].partitions, detected.partitions_written(connection, topic))


def slices(interval: Interval, most: int) -> Iterator[Interval]:
    """The interval in pieces of at most `most` offsets, each with its share of every partition."""
    starts = {partition: since for partition, (since, _) in interval.spans.items()}
    while starts:
        share = max(1, most // len(starts))
        spans = {p: (s, min(s + share, interval.spans[p][1])) for p, s in starts.items()}
        yield Interval(interval.log_id, interval.log, spans)
        starts = {p: until for p, (_, until) in spans.items() if until < interval.spans[p][1]}


@dataclass(frozen=True, slots=True)
class Detected:
    """What one step did: offsets covered, findings made, and how many were new to the table."""

    offsets: int
    findings: int
    new: int
    correlation_ids: tuple[UUID, ...] = ()


class Detection:
    """A fold that keeps step with its reader's marks; after a raise, load anew."""

    def __init__(
        self,
        connection: Connection,
        make: Callable[[int], Detector[Any]],
        topic: str,
        *,
        at: Callable[[str], None] = lambda point: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Load the newest snapshot and fold what lies between it and the marks.

        Without a snapshot, or with one that this version cannot read or did not make, the fold
        starts over and meets its own findings again. `connection` is in autocommit.
        """
        self._connection = connection
        self._at = at
        self._monotonic = monotonic
        self.fold = Fold(make(partitions_of(connection, topic)))
        self.topic = topic
        self.reader = reader_of(self.fold.detector.name)
        self._snapshot_at: float | None = None
        self._snapshot_took = 0.0
        with connection.transaction():
            self._load()
            self._folded = dict(horizon(connection, self.reader).following)
            if standing.current_version(connection, self.fold.detector.name) is None:
                self._take_over()

    def step(self) -> Detected | None:
        """Fold what is pending, at most about 5,000 offsets; None when there is nothing.

        Raises Lost when another process has moved the marks, DetectionError when the fold fails.
        """
        with self._connection.transaction():
            intervals = self._pending()
            if not intervals:
                self._take_over()
                return None
            for interval in intervals:
                if not self._take(interval):
                    raise Lost(f"another process has moved the marks of {self.reader}")
            self._at("after_marks")
            records = [record for interval in intervals for record in self._records(interval)]
            found = self.fold.feed(records)
            self._keep_late()
            new = detected.save_findings(self._connection, found, code_version())
            if new:
                now = datetime.now(UTC)
                DisruptionProducer(self._connection).send(
                    announcement(finding, self.topic, now) for finding in new
                )
            self._at("after_findings")
            offsets = sum(interval.rows for interval in intervals)
            if offsets < MOST_RECORDS // 2:
                self._take_over()
            if self._snapshot_due():
                self.save_snapshot()
            self._at("before_commit")
        self._at("after_commit")
        for interval in intervals:
            self._folded |= {(interval.log_id, p): u for p, (_, u) in interval.spans.items()}
        return Detected(offsets, len(found), len(new), tuple(one.correlation_id for one in new))

    @property
    def outgrown(self) -> bool:
        """Whether the topic has more partitions now than the fold was built for: load anew."""
        return partitions_of(self._connection, self.topic) > self.fold.detector.partitions

    def save_snapshot(self) -> None:
        """Store the state as of the marks; inside a step's transaction, or after it."""
        began = self._monotonic()
        snapshot = detected.Snapshot(self.fold.detector.version, self.fold.snapshot())
        late = sum(self.fold.ordering.late.values())
        detected.save_snapshot(self._connection, self.reader, snapshot, late)
        self._snapshot_at = self._monotonic()
        self._snapshot_took = self._snapshot_at - began
        held = len(self.fold.ordering)
        if held > HELD_BACK_RECORDS:
            lane = self.fold.ordering.slowest
            log.warning("detect.held_back", reader=self.reader, records=held, by=str(lane))

    def _take_over(self) -> None:
        """Let the findings of this version stand, once it has read what the one before had read.

        Until then those of the version before stand: whoever reads them never meets a mixture,
        nor a network in which nothing is wrong because nothing is folded yet.
        """
        detector = self.fold.detector
        before = standing.current_version(self._connection, detector.name)
        if before == detector.version:
            return
        standing.take_over(self._connection, detector.name, detector.version, code_version())
        if before is not None:
            log.warning("detect.takes_over", version=detector.version, before=before)
            event = takeover(detector.name, detector.version, before, datetime.now(UTC))
            DisruptionProducer(self._connection).send([event])

    def _keep_late(self) -> None:
        """Late records are not folded: the daily restatement reads them where they are noted."""
        late, detector = self.fold.late, self.fold.detector
        if late:
            restating.save_late(self._connection, detector.name, detector.version, late)
            newest = [f"{one.log_id}/{one.lane.partition}/{one.offset}" for one in late[-5:]]
            log.warning("detect.late", reader=self.reader, records=len(late), newest=newest)

    def _snapshot_due(self) -> bool:
        if self._snapshot_at is None:
            return True
        pause = max(SNAPSHOT_SECONDS, self._snapshot_took / SNAPSHOT_SHARE)
        return self._monotonic() - self._snapshot_at >= pause

    def _take(self, interval: Interval) -> bool:
        """Move the marks, when they are where this fold has left them and not another's."""
        since = {(interval.log_id, p): s for p, (s, _) in interval.spans.items()}
        if any(self._folded.get(place, 0) != offset for place, offset in since.items()):
            return False
        return advance(self._connection, self.reader, interval)

    def _pending(self) -> list[Interval]:
        found = (
            pending(self._connection, self.reader, log_id, MOST_RECORDS)
            for log_id in logs_named(self._connection, self.topic)
        )
        return [interval for interval in found if interval is not None]

    def _records(self, interval: Interval) -> Iterator[FlightRecord]:
        for partition, (since, until) in sorted(interval.spans.items()):
            yield from detected.flight_records(
                self._connection, interval.log_id, partition, since, until
            )

    def _load(self) -> None:
        snapshot = detected.load_snapshot(self._connection, self.reader)
        if snapshot is None:  # then nobody knows which version has moved the marks
            detected.start_over(self._connection, self.reader)
            return
        try:
            self.fold.restore(snapshot.state)
        except SnapshotRefused as refusal:
            log.warning("detect.starts_over", reader=self.reader, reason=str(refusal))
            detected.start_over(self._connection, self.reader)
            return
        self._snapshot_at = self._monotonic()
        folded_again = 0
        for interval in self._behind_marks():
            records = list(self._records(interval))
            self.fold.feed(records)
            folded_again += len(records)
        log.info("detect.loaded", reader=self.reader, folded_again=folded_again)

    def _behind_marks(self) -> Iterator[Interval]:
        """What the marks have passed and the snapshot has not, in slices, logs in order."""
        read = horizon(self._connection, self.reader)
        for log_id in logs_named(self._connection, self.topic):
            spans = {}
            for lane, (folded_log, offset) in self.fold.ordering.following.items():
                # A lane goes on from log to log: before its own log it has folded everything.
                since = offset if folded_log == log_id else 0
                until = read.next_offset(log_id, lane.partition)
                if folded_log <= log_id and since < until:
                    spans[lane.partition] = (since, until)
            yield from slices(Interval(log_id, self.topic, spans), MOST_RECORDS)
