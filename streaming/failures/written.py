"""Reads errors back from the logs of the components, and counts them over two spans of time."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from streaming.failures.kinds import Kind

MARK = b'"error_type"'


@dataclass(frozen=True, slots=True)
class Failure:
    """One error, or several of one moment; `reason` says what happened last."""

    component: str
    kind: Kind
    at: datetime
    reason: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Rate:
    """How often errors of one kind came in a span of time, and in the one before it."""

    component: str
    kind: Kind
    now: int
    before: int
    per_minute: float
    per_minute_before: float
    last_at: datetime
    last_reason: str

    @property
    def trend(self) -> Literal["rising", "falling", "steady"]:
        if self.now == self.before:
            return "steady"
        return "rising" if self.now > self.before else "falling"


def failures(logs: Path, since: datetime) -> Iterator[Failure]:
    """All errors since then that lie in a directory of logs, rotated files included."""
    for file in sorted(logs.glob("*.log*")):
        if file.stat().st_mtime >= since.timestamp():
            with file.open("rb") as lines:
                found = (_failure(line, file) for line in lines if MARK in line)
                yield from (one for one in found if one is not None and one.at >= since)


def rates(found: Iterable[Failure], until: datetime, span: timedelta) -> list[Rate]:
    """Per component and kind, the most frequent first; what is older than two spans is left out."""
    by_kind: dict[tuple[str, Kind], list[Failure]] = {}
    for one in found:
        if until - 2 * span <= one.at <= until:
            by_kind.setdefault((one.component, one.kind), []).append(one)
    minutes = span.total_seconds() / 60
    counted = []
    for (component, kind), of_kind in by_kind.items():
        now = sum(one.times for one in of_kind if one.at > until - span)
        before = sum(one.times for one in of_kind) - now
        last = max(of_kind, key=lambda one: one.at)
        counted.append(
            Rate(
                component, kind, now, before, now / minutes, before / minutes, last.at, last.reason
            )
        )
    return sorted(counted, key=lambda one: (-one.now, -one.before, one.component))


def _failure(line: bytes, file: Path) -> Failure | None:
    """None for a line that is cut off or not ours: a log holds what libraries print, too."""
    try:
        said = json.loads(line)
        kind = Kind(said["error_type"])
        at = datetime.fromisoformat(said["timestamp"])
    except (ValueError, KeyError, TypeError):
        return None
    component = file.name.partition(".log")[0]
    return Failure(component, kind, at, str(said.get("reason", said.get("event", ""))))
