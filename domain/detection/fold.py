"""A detector as a fold, and the fold that runs it behind an ordering buffer."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from domain.detection.errors import DetectorFailed, SnapshotRefused
from domain.detection.findings import Finding
from domain.detection.ordering import ORDERING_TYPES, Lane, Late, Ordering
from domain.detection.snapshots import freeze, thaw
from domain.network_state import FlightRecord

S = TypeVar("S")


def detector_version(rules: str, partitions: int, lateness: timedelta) -> str:
    """For instance `1+6p5m`: rules 1 over six partitions with five minutes allowed."""
    return f"{rules}+{partitions}p{lateness / timedelta(minutes=1):g}m"


class Detector(Protocol[S]):
    """One pattern over the partitions of one topic.

    `version` names the rules *and* what else findings depend on beside the log, the number of
    partitions and the allowed lateness (`detector_version`): findings of one version are one
    function of the log. `key` names what the state could be split by (here the registration),
    so that the same fold can run per key on a distributed engine. `state_types` are the classes
    that a state is made of. `step` changes the state in place and returns what it found; records
    come in event-time order, without late ones and copies. States pickle and stay bounded.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def partitions(self) -> int: ...
    @property
    def lateness(self) -> timedelta: ...
    @property
    def state_types(self) -> tuple[type, ...]: ...

    def initial(self) -> S: ...

    def step(self, state: S, event: FlightRecord) -> list[Finding]: ...


def found_in(detector: Detector[Any], state: Any, record: FlightRecord) -> list[Finding]:
    """What the detector finds in its next record. Raises DetectorFailed."""
    try:
        return detector.step(state, record)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise DetectorFailed(detector.name, str(record.ref), reason) from error


class Fold(Generic[S]):
    """A detector's state with its buffer: records in by partition, findings out by event time.

    `late` names what was too late among the records fed last.
    """

    __slots__ = ("detector", "late", "ordering", "state")

    def __init__(self, detector: Detector[S]) -> None:
        lanes = [Lane(detector.topic, partition) for partition in range(detector.partitions)]
        self.detector = detector
        self.ordering: Ordering[FlightRecord] = Ordering(lanes, detector.lateness)
        self.state = detector.initial()
        self.late: list[Late] = []

    def feed(self, records: Iterable[FlightRecord]) -> list[Finding]:
        """Findings that these records complete; each partition's records in offset order.

        After a raise the state is half-way: restore a snapshot. Raises UnknownLane and
        DetectorFailed.
        """
        topic, push = self.detector.topic, self.ordering.push
        self.late = [late for record in records if (late := push(topic, record)) is not None]
        found: list[Finding] = []
        for record in self.ordering.release():
            found += found_in(self.detector, self.state, record)
        return found

    def snapshot(self) -> bytes:
        """Buffer and state as bytes."""
        return freeze((self._made_by, self.ordering, self.state))

    def restore(self, snapshot: bytes) -> None:
        """Go on from a snapshot of this version. Raises SnapshotRefused."""
        types = (*ORDERING_TYPES, *self.detector.state_types)
        version, ordering, state = thaw(snapshot, types)
        if version != self._made_by:
            raise SnapshotRefused(f"it was made by {version}, this is {self._made_by}")
        self.ordering, self.state = ordering, state

    @property
    def _made_by(self) -> str:
        return f"{self.detector.name} {self.detector.version}"
