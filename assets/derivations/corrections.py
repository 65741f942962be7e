"""Corrections: what the detectors would have found, had late records come in time.

A reader of the late records: each interval of them is the reason for one restatement of the
version that they were late for. It folds everything that the detector has read, so it runs once a
day and not with every late record.
"""

from collections import Counter

import structlog

from domain.detection.registry import DETECTORS
from streaming.derivation import Derivation, Outcome
from streaming.detect.detection import partitions_of
from streaming.detect.restatement import Corrected, Incomplete, restate_findings
from streaming.store.database import Connection
from streaming.store.intervals import Interval
from streaming.store.restating import LATE, late_in
from streaming.store.standing import CORRECTIONS, current_version
from streaming.version import code_version

log = structlog.get_logger(__name__)


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Restate each version that still stands; a superseded one is as wrong as it was."""
    versions, counts = {"code": code_version()}, Counter[str]()
    done: list[Corrected] = []
    for (name, version), late in late_in(connection, intervals).items():
        counts["late records"] += len(late)
        make = DETECTORS[name]
        detector = make(partitions_of(connection, make(1).topic))
        if version != detector.version or version != current_version(connection, name):
            continue
        versions["detector"] = f"{name} {version}"
        try:
            done.append(restate_findings(connection, detector, tuple(late)))
        except Incomplete as reason:  # so it will be every time: better told than tried for ever
            log.warning("restatement.incomplete", reason=str(reason))
            counts["late records not restated"] += len(late)
    for one in done:
        counts.update(added=one.added, withdrawn=one.withdrawn)
        versions["findings hash"] = one.findings_hash
    return Outcome(
        {CORRECTIONS: counts["added"] + counts["withdrawn"]},
        versions,
        max((one.until for one in done), default=None),
        counts,
        tuple(dict.fromkeys(each for one in done for each in one.correlation_ids)),
    )


FINDING_CORRECTIONS = Derivation(CORRECTIONS, (LATE,), step, most_rows=100_000)
