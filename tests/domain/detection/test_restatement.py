"""Laws of the restatement: it finds what live would have, had nothing come late."""

from typing import Any

from hypothesis import given

from domain.detection import Detector, Finding, restate
from domain.detection.rotation import AircraftRotation, RotationState
from domain.identity import name_uuid
from domain.network_state import FlightRecord
from tests.domain.detection.test_detector_laws import (
    PARTITIONS,
    Logs,
    at_once,
    detectors,
    law,
    network_days,
    record,
)


def told(logs: Logs, late: set[tuple[int, int]]) -> list[tuple[FlightRecord, bool]]:
    ordered = sorted(
        (r for log in logs for r in log), key=lambda r: (r.occurred_at, r.partition, r.offset)
    )
    return [(r, (r.partition, r.offset) in late) for r in ordered]


@detectors
@law
@given(logs=network_days())
def test_it_finds_what_live_finds_when_nothing_is_late(detector: Detector[Any], logs: Logs) -> None:
    live, _ = at_once(detector, logs)
    watermark = live.ordering.watermark
    late = {(one.lane.partition, one.offset) for one in live.late}
    in_order = [
        [r._replace(offset=at) for at, r in enumerate(sorted(log, key=lambda r: r.occurred_at))]
        for log in logs
    ]
    in_time, found = at_once(detector, in_order)
    assert not in_time.late
    assert in_time.ordering.watermark == watermark
    assert watermark is not None
    before = [one for one in told(logs, late) if one[0].occurred_at < watermark]
    restated = restate(detector, before)

    def by_then(findings: list[Finding]) -> set[Any]:
        until = restated.until
        return {f.finding_id for f in findings if until is not None and f.detected_at <= until}

    assert by_then(restated.findings) == by_then(found)


class Counting(AircraftRotation):
    """Remembers what it was given."""

    def __init__(self) -> None:
        super().__init__(PARTITIONS)
        self.given: list[FlightRecord] = []

    def step(self, state: RotationState, event: FlightRecord) -> list[Finding]:
        self.given.append(event)
        return []


def clock(partition: int, offset: int, name: str, minute: float) -> FlightRecord:
    return record(partition, offset, name_uuid("clock", name), "clock", minute, None, {})


def test_copies_are_folded_once_and_what_live_has_not_passed_waits() -> None:
    first, copy = clock(0, 0, "a", 10), clock(0, 7, "a", 10)
    other, beyond = clock(1, 3, "b", 20), clock(0, 8, "c", 30)
    beside = clock(2, 9, "d", 20)
    detector = Counting()
    restated = restate(
        detector,
        [(first, False), (copy, True), (other, False), (beside, True), (beyond, True)],
    )
    assert detector.given == [first, other, beside]
    assert restated.until == other.occurred_at
    assert (restated.records, restated.late) == (4, 2)
