"""Batch: folds the landed log anew, cut and interleaved otherwise, to compare with what is stored.

`python -m streaming.detect.refold --seed 1` does it in a process of its own and prints JSON:
the hash over the stored findings and the hash over the refolded ones, as of the same marks.
"""

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from domain.detection import Detector, Finding, Fold, findings_hash
from domain.detection.registry import DETECTORS
from streaming.detect.detection import partitions_of, reader_of
from streaming.detect.restatement import Proof, prove
from streaming.settings import Settings
from streaming.store import detected
from streaming.store.database import Connection, connect
from streaming.store.derive import horizon
from streaming.store.intervals import logs_named

LARGEST_CUT = 3_000


@dataclass(frozen=True, slots=True)
class Refolded:
    """Live against batch for one detector version, over the offsets before its reader's marks."""

    detector: str
    version: str
    seed: int
    records: int
    live: int
    batch: int
    live_hash: str
    batch_hash: str
    restated: Proof | None
    """What was booked for late records, if anything; apart, since live knows nothing of it."""

    @property
    def equal(self) -> bool:
        """Whether both hold the same findings, byte for byte, and corrections come out again."""
        return self.live_hash == self.batch_hash and (self.restated is None or self.restated.equal)


def live_findings(connection: Connection, detector: Detector[Any]) -> list[Finding]:
    """The stored findings of this very version of the detector."""
    return detected.stored_findings(connection, detector.name, detector.version)


def refold(connection: Connection, name: str, seed: int) -> Refolded:
    """Fold everything that the detector's reader has read, in an order drawn from `seed`.

    Reads marks, findings and records in one snapshot of the database, and writes nothing: it
    may run beside the worker. Raises KeyError for a detector that is not in the registry.
    """
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        return compare(connection, name, seed)


def compare(connection: Connection, name: str, seed: int) -> Refolded:
    """As `refold`, in the caller's transaction, which must not see others' commits."""
    make: Callable[[int], Detector[Any]] = DETECTORS[name]
    detector = make(partitions_of(connection, make(1).topic))
    live = live_findings(connection, detector)
    found, records = _fold(connection, detector, random.Random(seed))  # noqa: S311
    batch = [replace(finding, causation_id=None) for finding in found]
    return Refolded(
        name,
        detector.version,
        seed,
        records,
        len(live),
        len(batch),
        findings_hash(live),
        findings_hash(batch),
        prove(connection, detector),
    )


def _fold(
    connection: Connection, detector: Detector[Any], drawn: random.Random
) -> tuple[list[Finding], int]:
    """Lane after lane in cuts of any size; only within a lane the order is the log's."""
    read = horizon(connection, reader_of(detector.name))
    ahead = {
        partition: [
            (log_id, 0, until)
            for log_id in logs_named(connection, detector.topic)
            if (until := read.next_offset(log_id, partition))
        ]
        for partition in range(detector.partitions)
    }
    fold, found, records = Fold(detector), list[Finding](), 0
    while lanes := [partition for partition, spans in ahead.items() if spans]:
        partition = drawn.choice(lanes)
        log_id, since, until = ahead[partition].pop(0)
        cut = min(until, since + drawn.randint(1, LARGEST_CUT))
        if cut < until:
            ahead[partition].insert(0, (log_id, cut, until))
        batch = detected.flight_records(connection, log_id, partition, since, cut)
        records += len(batch)
        found += fold.feed(batch)
    return found, records


def main() -> None:
    """Compare, print, and exit 1 when live and batch differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detector", default="aircraft_rotation", choices=DETECTORS)
    parser.add_argument("--seed", type=int, default=1, help="draws cuts and interleaving")
    asked = parser.parse_args()
    url = Settings().database_url_for("knockon_detector")
    with connect(url, "knockon-refold", autocommit=True) as connection:
        done = refold(connection, asked.detector, asked.seed)
    print(json.dumps({**asdict(done), "equal": done.equal}))  # noqa: T201 (its answer)
    raise SystemExit(0 if done.equal else 1)


if __name__ == "__main__":
    main()
