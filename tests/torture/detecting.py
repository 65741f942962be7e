"""One airline's log landed piece by piece for a detector, and the same detected undisturbed."""

from collections.abc import Sequence
from typing import Any

from domain.detection.rotation import AircraftRotation
from domain.network_state import FlightRecord
from streaming.detect import Detection, reader_of
from streaming.store.database import Connection, connect
from streaming.store.intervals import ends, marks, register_kafka_log
from tests.streaming.detect.conftest import Store
from tests.torture import checker, doomed
from tests.torture.killing import Child

READER = reader_of(AircraftRotation.name)


class Watch:
    """A log that grows, detectors over it, and what they should have found in the end."""

    def __init__(self, store: Store, log: Sequence[FlightRecord]) -> None:
        self.store = store
        self._log = log
        self._landed = 0
        self.children: list[Child] = []
        self._sessions: list[Connection] = []

    def land(self, count: int | None = None) -> None:
        """So many more records; None for all that are left."""
        until = len(self._log) if count is None else self._landed + count
        if self._log[self._landed : until]:
            self.store.land(self._log[self._landed : until])
        self._landed = until

    def start(self, **given: Any) -> Child:
        """A detector in a process of its own."""
        told = doomed.Given(self.store.detector_url, "", "", "", **given)
        self.children.append(Child(doomed.detect, told))
        return self.children[-1]

    def marks(self) -> dict[int, int]:
        return marks(self.store.owner, READER, self.store.log_id)

    def finish(self) -> None:
        """Land and detect what is left."""
        self.land()
        detection = self.detection(Detection)
        while detection.step():
            pass

    def detection(self, kind: type[Detection]) -> Detection:
        """One in this process."""
        connection = connect(self.store.detector_url, "test", autocommit=True)
        self._sessions.append(connection)
        return kind(connection, AircraftRotation, AircraftRotation.topic)

    def verdict(self, database_url: str, undisturbed_url: str) -> checker.Verdict:
        """Of all that is landed; the marks must have come to the ends."""
        with connect(undisturbed_url, "test", autocommit=True) as owner:
            log_id = register_kafka_log(owner, "test cluster", "test topic", "flight.events")
            undisturbed = Watch(Store(owner, undisturbed_url, log_id), self._log[: self._landed])
            undisturbed.finish()
            undisturbed.close()
        assert self.marks() == ends(self.store.owner, self.store.log_id)
        return checker.detecting(database_url, undisturbed_url)

    def close(self) -> None:
        for child in self.children:
            child.kill()
        for session in self._sessions:
            session.close()
