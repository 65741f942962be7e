"""What would have to be done to a cluster's topics, and what of it is refused and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from streaming.broker import Existing, TopicAdmin
from streaming.provisioning.drift import (
    CLEANUP,
    FOREVER,
    RETENTION,
    Drift,
    differences,
    kept_for,
    missing,
    span,
)
from streaming.topics import Topic

ALLOW_RETENTION_CUT = "--allow-retention-cut"


@dataclass(frozen=True, slots=True)
class Plan:
    """Every topic that was looked at, and what is not as declared; made at one moment."""

    topics: tuple[Topic, ...]
    drifts: tuple[Drift, ...]

    @property
    def in_order(self) -> bool:
        """Whether all is as declared."""
        return not self.drifts

    def of(self, topic: str) -> list[Drift]:
        """What is otherwise about one topic."""
        return [drift for drift in self.drifts if drift.topic == topic]


def plan(
    admin: TopicAdmin,
    topics: Iterable[Topic],
    *,
    allow_retention_cut: bool = False,
    now: datetime | None = None,
) -> Plan:
    """Look at the topics and change nothing. Raises BrokerError when the cluster is away."""
    wanted = tuple(topics)
    found = admin.existing(topic.name for topic in wanted)
    drifts: list[Drift] = []
    for topic in wanted:
        existing = found.get(topic.name)
        if existing is None:
            drifts.append(missing(topic))
            continue
        for drift in differences(topic, existing):
            cost = _cost(admin, topic, existing, drift, now or datetime.now(UTC))
            if cost is None or (cost.by_retention and allow_retention_cut):
                drifts.append(replace(drift, waived=cost is not None))
            else:
                drifts.append(replace(drift, refused=cost.reason))
    return Plan(wanted, tuple(drifts))


@dataclass(frozen=True, slots=True)
class _Cost:
    reason: str
    by_retention: bool = False


def _cost(
    admin: TopicAdmin, topic: Topic, existing: Existing, drift: Drift, now: datetime
) -> _Cost | None:
    """What mending would lose; None when nothing."""
    if drift.refused is not None:
        return _Cost(drift.refused)
    if drift.setting == CLEANUP and "compact" not in existing.settings[CLEANUP]:
        lost = admin.lost_by_compaction(existing)
        if lost is not None:
            return _Cost(f"compaction would lose records ({lost}): write to a new topic instead")
    if drift.setting not in (CLEANUP, RETENTION):
        return None
    before = kept_for(existing.settings[CLEANUP], existing.settings[RETENTION])
    after = kept_for(topic.cleanup, topic.settings[RETENTION])
    if after >= before:
        return None
    held, older = admin.held(existing, now - after if after != FOREVER else now)
    return _Cost(
        f"records are kept {span(before)} and would be {span(after)}: {older:,} of {held:,} are"
        f" older and would be lost; give {ALLOW_RETENTION_CUT} if they may be",
        by_retention=True,
    )
