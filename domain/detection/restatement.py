"""What a detector would have found, had every record come in time: the fold without lateness."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.detection.findings import Finding
from domain.detection.fold import Detector, found_in
from domain.detection.ordering import Copies
from domain.network_state import FlightRecord


@dataclass(frozen=True, slots=True)
class Restated:
    """All findings up to `until` (included), the event time that the live fold has passed.

    `late` counts the late records among the `records` that were folded or dropped as copies.
    """

    findings: list[Finding]
    until: datetime | None
    records: int
    late: int


def restate(detector: Detector[Any], told: Iterable[tuple[FlightRecord, bool]]) -> Restated:
    """Fold records in the ordering's total order; each comes with whether it was late.

    It ends with the last record that was not late, and those late at the same time: the live fold
    has run its timers up to there, and will never again find anything before it.
    """
    state, copies = detector.initial(), Copies(detector.lateness)
    found: list[Finding] = []
    waiting: list[FlightRecord] = []
    until, records, late = None, 0, 0

    def fold(record: FlightRecord) -> None:
        if copies.first(record.occurred_at, record.event_id):
            found.extend(found_in(detector, state, record))

    for record, was_late in told:
        if was_late:
            waiting.append(record)
            continue
        for each in waiting:
            fold(each)
        fold(record)
        records, late = records + len(waiting) + 1, late + len(waiting)
        waiting, until = [], record.occurred_at
    for each in waiting:
        if each.occurred_at == until:
            fold(each)
            records, late = records + 1, late + 1
    return Restated(found, until, records, late)
