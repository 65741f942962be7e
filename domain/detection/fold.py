"""A detector as a fold, and the fold that runs it behind an ordering buffer."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from domain.detection.errors import SnapshotRefused
from domain.detection.findings import Finding
from domain.detection.ordering import ALLOWED_LATENESS, ORDERING_TYPES, Lane, Ordering
from domain.detection.snapshots import freeze, thaw
from domain.network_state import FlightRecord

S = TypeVar("S")


class Detector(Protocol[S]):
    """One pattern. `step` changes the state in place and returns what it found; both are pure.

    `key` names what the state could be split by (here the registration), so that the same fold
    can run per key on a distributed engine. `state_types` are the classes that a state is made
    of. Records come in event-time order, without late ones and duplicates. The state must
    pickle, and must stay bounded as event time moves on.
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
    def state_types(self) -> tuple[type, ...]: ...

    def initial(self) -> S: ...

    def step(self, state: S, event: FlightRecord) -> list[Finding]: ...


class Fold(Generic[S]):
    """A detector's state with its buffer: records in by partition, findings out by event time."""

    __slots__ = ("detector", "ordering", "state")

    def __init__(
        self, detector: Detector[S], partitions: int, lateness: timedelta = ALLOWED_LATENESS
    ) -> None:
        lanes = [Lane(detector.topic, partition) for partition in range(partitions)]
        self.detector = detector
        self.ordering: Ordering[FlightRecord] = Ordering(lanes, lateness)
        self.state = detector.initial()

    @property
    def version(self) -> str:
        """What the findings depend on beside the log; another version folds from the start."""
        minutes = self.ordering.lateness / timedelta(minutes=1)
        lanes = len(self.ordering.lanes)
        return f"{self.detector.name} {self.detector.version} lanes={lanes} lateness={minutes:g}"

    def feed(self, records: Iterable[FlightRecord]) -> list[Finding]:
        """Findings that these records complete; each partition's records in offset order."""
        topic, push = self.detector.topic, self.ordering.push
        for record in records:
            push(topic, record)
        found: list[Finding] = []
        step, state = self.detector.step, self.state
        for record in self.ordering.release():
            found += step(state, record)
        return found

    def snapshot(self) -> bytes:
        """Buffer and state as bytes."""
        return freeze((self.version, self.ordering, self.state))

    def restore(self, snapshot: bytes) -> None:
        """Go on from a snapshot of this version. Raises SnapshotRefused."""
        types = (*ORDERING_TYPES, *self.detector.state_types)
        version, ordering, state = thaw(snapshot, types)
        if version != self.version:
            raise SnapshotRefused(f"it was made by {version!r}, this is {self.version!r}")
        self.ordering, self.state = ordering, state
