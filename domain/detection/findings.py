"""What a detector says: a finding; its id is computed from evidence and detector version."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.identity import content_hash, name_uuid
from domain.network_state import Known

Pattern = Literal["aircraft_rotation"]
Status = Literal["predicted", "confirmed", "closed"]
Statistic = float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement about one link from a leg to another, at one event time.

    `detected_at` is the event time at which it was knowable. `evidence` are the records it rests
    on, `trigger` is the event that led to it now (None: the clock did). `statistics` is the
    reasoning in numbers: the statistic itself is the explanation.
    """

    finding_id: UUID
    detector: str
    detector_version: str
    pattern: Pattern
    scope: str
    root_leg_id: UUID
    from_leg_id: UUID
    to_leg_id: UUID
    status: Status
    knock_on_minutes: int
    probability: float
    detected_at: datetime
    correlation_id: UUID
    causation_id: UUID | None
    evidence: tuple[str, ...]
    statistics: dict[str, Statistic] = field(default_factory=dict)


def finding_id(
    detector: str,
    version: str,
    scope: str,
    status: Status,
    detected_at: datetime,
    evidence: tuple[Known, ...],
) -> UUID:
    """UUIDv5 over what was said, when, by which version, on which events.

    Events, not offsets: the same day replayed into another cluster meets its own findings.
    """
    events = sorted({str(known.event_id) for known in evidence})
    parts = (detector, version, scope, status, detected_at.isoformat(), *events)
    return name_uuid("finding", *parts)


def statement(finding: Finding) -> str:
    """Hash of what a finding says and rests on, whatever its id, and whatever led to it now."""
    said = asdict(finding)
    del said["finding_id"], said["causation_id"]
    return content_hash(said)


def statements_hash(findings: Iterable[Finding]) -> str:
    """SHA-256 over what the findings say: equal iff they say the same, under whatever ids."""
    return content_hash(sorted(statement(finding) for finding in findings))


def findings_hash(findings: Iterable[Finding]) -> str:
    """SHA-256 over the findings sorted by id: equal iff they are the same, byte for byte."""
    ordered = sorted(findings, key=lambda finding: finding.finding_id)
    return content_hash([asdict(finding) for finding in ordered])
