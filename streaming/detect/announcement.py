"""Findings, and which of them stand, as the events that others hear of on `disruption.events`."""

from collections.abc import Iterable
from datetime import datetime

from domain.detection import Finding
from domain.events import DisruptionEvent
from domain.identity import name_uuid

TOPIC = "disruption.events"
SOURCE = "knockon.detect"


def announcement(finding: Finding, topic: str, produced_at: datetime) -> DisruptionEvent:
    """The event; its id hangs on the finding's. Evidence names records by `topic`, not log id."""
    return DisruptionEvent(
        event_id=name_uuid(TOPIC, finding.finding_id),
        key=finding.scope,
        kind="finding",
        occurred_at=finding.detected_at,
        produced_at=produced_at,
        source=SOURCE,
        correlation_id=finding.correlation_id,
        causation_id=finding.causation_id,
        finding_id=finding.finding_id,
        pattern=finding.pattern,
        detector_version=finding.detector_version,
        scope=finding.scope,
        root_leg_id=finding.root_leg_id,
        from_leg_id=finding.from_leg_id,
        to_leg_id=finding.to_leg_id,
        status=finding.status,
        knock_on_minutes=finding.knock_on_minutes,
        probability=finding.probability,
        detected_at=finding.detected_at,
        evidence=_by_topic(topic, finding.evidence),
    )


def takeover(detector: str, version: str, before: str, at: datetime) -> DisruptionEvent:
    """The event that says: of this detector, findings of `version` stand from here on."""
    event_id = name_uuid(TOPIC, "version_took_over", detector, version, at.isoformat())
    return DisruptionEvent(
        event_id=event_id,
        key=detector,
        kind="version_took_over",
        occurred_at=at,
        produced_at=at,
        source=SOURCE,
        correlation_id=event_id,
        scope=detector,
        detector_version=version,
        superseded_version=before,
    )


def withdrawal(
    finding: Finding, topic: str, because_of: Iterable[str], produced_at: datetime
) -> DisruptionEvent:
    """The event that says that a finding does not stand any more, because of which records."""
    return DisruptionEvent(
        event_id=name_uuid(TOPIC, "finding_withdrawn", finding.finding_id),
        key=finding.scope,
        kind="finding_withdrawn",
        occurred_at=produced_at,
        produced_at=produced_at,
        source=SOURCE,
        correlation_id=finding.correlation_id,
        finding_id=finding.finding_id,
        pattern=finding.pattern,
        detector_version=finding.detector_version,
        scope=finding.scope,
        from_leg_id=finding.from_leg_id,
        to_leg_id=finding.to_leg_id,
        detected_at=finding.detected_at,
        evidence=_by_topic(topic, because_of),
    )


def _by_topic(topic: str, records: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{topic}/{record.partition('/')[2]}" for record in records)
