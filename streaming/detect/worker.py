"""The detect worker: woken by landing, one detector, backing off when it or PostgreSQL fails."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event as Signal
from typing import Any

import structlog

from domain.detection import Detector
from domain.detection.errors import DetectionError, UnknownLane
from streaming.detect.detection import Detection
from streaming.failures import Recovery, Retrying
from streaming.logging import ids
from streaming.store.database import Connection, Unavailable
from streaming.store.derive_wake import claim, listen, wait
from streaming.store.errors import StoreError

POLL_SECONDS = 1.0
DEBOUNCE_SECONDS = 0.02
BROKEN_DETECTOR = Recovery("pause", 0.5, 60.0)
"""It may be one record that a deploy has mended, and landing goes on without it."""

log = structlog.get_logger(__name__)


class DetectWorker:
    """Runs one detector for as long as the process lives; of several processes one stands by.

    A failing detector makes no progress and gives no sign of life, so that its health turns bad;
    it is tried again after a pause that doubles up to a minute.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        make: Callable[[int], Detector[Any]],
        topic: str,
        *,
        beat: Callable[[], None] = lambda: None,
        at: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._connect = connect
        self._make = make
        self._topic = topic
        self._beat = beat
        self._at = at
        self._retrying = Retrying("detect")

    def run(self, stop: Signal) -> None:
        """Detect until `stop` is set; the last thing done is a snapshot."""
        while not stop.is_set():
            try:
                self._detect(stop)
            except UnknownLane as grown:  # the next load knows the new partition
                log.warning("detect.partitions_grew", reason=str(grown))
            except DetectionError as error:
                self._retrying.after(error, stop, instead=BROKEN_DETECTOR)
            except Exception as error:
                self._retrying.after(error, stop, passing=isinstance(error, StoreError))

    def _detect(self, stop: Signal) -> None:
        connection = self._connect()
        try:
            while not claim(connection, f"detect {self._topic}"):
                self._beat()
                if stop.wait(POLL_SECONDS):
                    return
            listen(connection, ["landed"])
            detection = Detection(connection, self._make, self._topic, at=self._at)
            while not stop.is_set():
                done = detection.step()
                self._retrying.succeeded()
                self._beat()
                if done is None:
                    if detection.outgrown:
                        log.warning("detect.partitions_grew", reader=detection.reader)
                        return
                    wait(connection, POLL_SECONDS, DEBOUNCE_SECONDS)
                elif done.findings:
                    log.info(
                        "detect.found",
                        reader=detection.reader,
                        offsets=done.offsets,
                        findings=done.findings,
                        new=done.new,
                        correlation_ids=ids(done.correlation_ids),
                    )
            detection.save_snapshot()
        finally:
            with suppress(Unavailable):
                connection.close()
