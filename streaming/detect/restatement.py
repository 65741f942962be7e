"""A restatement of one detector: folds the log with its late records, books what differs."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.detection import Detector, Finding, restate, statement, statements_hash
from domain.detection.errors import DetectionError
from domain.identity import content_hash, name_uuid
from streaming.detect.announcement import announcement, withdrawal
from streaming.detect.detection import reader_of
from streaming.producers import DisruptionProducer
from streaming.store import detected, restating
from streaming.store.database import Connection
from streaming.store.days import parts
from streaming.store.derive import Horizon, horizon
from streaming.version import code_version


class NotClosed(DetectionError):
    """The detector has not passed the late records yet; it will, so ask again."""


class Incomplete(DetectionError):
    """What was landed long ago is not there to be folded."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What one restatement came to; without an id nothing differed and nothing was booked."""

    restatement_id: UUID | None
    until: datetime
    records: int
    added: int
    withdrawn: int
    findings_hash: str
    correlation_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The last restatement once more: as it was booked, folded again, and as it is stored."""

    restatement_id: UUID
    booked_hash: str
    folded_hash: str
    stored_hash: str

    @property
    def equal(self) -> bool:
        """Whether all three say the same findings, byte for byte."""
        return self.booked_hash == self.folded_hash == self.stored_hash


def restate_findings(
    connection: Connection, detector: Detector[Any], evidence: tuple[str, ...]
) -> Corrected:
    """Book the difference between what stands and what would have been found without lateness.

    `evidence` are the late records that it is made for; all late ones so far are folded. In the
    caller's transaction, one at a time. Only event time that the live fold has passed is looked
    at: it will add nothing there any more, so what is booked once is never met again.
    Raises NotClosed and Incomplete.
    """
    name, version = detector.name, detector.version
    if any(not part.attached and part.table == "flight_events" for part in parts(connection)):
        raise Incomplete("days of landed.flight_events are detached: nothing is restated")
    read = horizon(connection, reader_of(name))
    before = restating.watermark(connection, read, detector.partitions, detector.lateness)
    if before is None:
        raise NotClosed(f"a partition of {detector.topic} has said nothing yet")
    done = restate(detector, restating.in_event_time(connection, name, version, read, before))
    late = restating.late_count(connection, name, version)
    if done.until is None or done.late < late:
        raise NotClosed(f"of {late} late records the detector has passed {done.late}")

    stands = {
        statement(finding): finding
        for finding in detected.corrected_findings(connection, name, version, done.until)
    }
    restated = {statement(f): f for f in done.findings if f.detected_at <= done.until}
    added = [finding for said, finding in restated.items() if said not in stands]
    withdrawn = [finding for said, finding in stands.items() if said not in restated]
    findings_hash = statements_hash(restated.values())
    restatement_id = None
    if added or withdrawn:
        booked = restating.Booked(
            name_uuid("restatement", name, version, content_hash(_offsets(read)), findings_hash),
            name, version, done.until, _offsets(read), findings_hash, evidence,
        )  # fmt: skip
        restatement_id = booked.restatement_id
        _book(connection, booked, added, withdrawn, detector.topic)
    return Corrected(
        restatement_id,
        done.until,
        done.records,
        len(added),
        len(withdrawn),
        findings_hash,
        tuple(finding.correlation_id for finding in (*added, *withdrawn)),
    )


def prove(connection: Connection, detector: Detector[Any]) -> Proof | None:
    """Fold again what the last restatement of this version has folded; None without any."""
    booked = restating.last_booked(connection, detector.name, detector.version)
    if booked is None:
        return None
    read = Horizon(
        {
            (int(log_id), int(partition)): following
            for log_id, ends in booked.offsets.items()
            for partition, following in ends.items()
        }
    )
    beyond = booked.until + timedelta.resolution
    told = restating.in_event_time(connection, detector.name, detector.version, read, beyond)
    again = restate(detector, ((record, False) for record, _ in told))
    stored = detected.corrected_findings(connection, detector.name, detector.version, booked.until)
    return Proof(
        booked.restatement_id,
        booked.findings_hash,
        statements_hash(again.findings),
        statements_hash(stored),
    )


def _book(
    connection: Connection,
    booked: restating.Booked,
    added: list[Finding],
    withdrawn: list[Finding],
    topic: str,
) -> None:
    """Rows, corrections and announcements. A finding that says something else under an id that is
    taken (its minutes changed, not its evidence; or it was withdrawn before) gets its own."""
    taken = detected.known_ids(connection, [finding.finding_id for finding in added])
    new = [
        replace(f, finding_id=name_uuid("restated", f.finding_id, booked.restatement_id))
        if f.finding_id in taken
        else f
        for f in added
    ]
    restating.open_restatement(connection, booked, code_version())
    detected.save_findings(connection, new, code_version(), booked.restatement_id)
    restating.book(connection, booked, [f.finding_id for f in new],
                   [f.finding_id for f in withdrawn])  # fmt: skip
    now = datetime.now(UTC)
    events = [announcement(finding, topic, now) for finding in new]
    events += [withdrawal(finding, topic, booked.evidence, now) for finding in withdrawn]
    DisruptionProducer(connection).send(events)


def _offsets(read: Horizon) -> dict[str, dict[str, int]]:
    offsets: dict[str, dict[str, int]] = {}
    for (log_id, partition), following in sorted(read.following.items()):
        offsets.setdefault(str(log_id), {})[str(partition)] = following
    return offsets
