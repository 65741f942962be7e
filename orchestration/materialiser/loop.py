"""Wakes on NOTIFY, runs the light derivations until nothing is pending, records, and lives on."""

import time
from collections.abc import Callable, Sequence
from threading import Event

import structlog

from orchestration.materialiser.pruning import Pruner
from orchestration.materialiser.recorder import Recorder
from streaming.derivation import AlreadyDone, Derivation, NothingPending, run
from streaming.logging import ids
from streaming.store.database import Connection
from streaming.store.derive import Database
from streaming.store.derive_wake import claim, listen, wait

CHANNELS = ("landed", "detected", "derived")
DEBOUNCE_SECONDS = 0.25
SILENCE_SECONDS = 1.0
"""The slow poll: also how late a stop or a lost notification is noticed."""

log = structlog.get_logger()


class Materialiser:
    """Runs `derivations` over all that is written; `beat` is called while it makes progress."""

    def __init__(
        self,
        database: Database,
        derivations: Sequence[Derivation],
        recorder: Recorder,
        pruner: Pruner,
        beat: Callable[[], None],
        duty: str,
    ) -> None:
        self.database = database
        self.derivations = derivations
        self.recorder = recorder
        self.pruner = pruner
        self.beat = beat
        self.duty = duty
        self.stopping = Event()

    def stop(self) -> None:
        """Finish the transaction at hand, then end."""
        self.stopping.set()

    def work(self) -> None:
        """One session with the database: until stopped, or until the session breaks."""
        with self.database.connect() as ears, self.database.connect() as hands:
            while not claim(ears, self.duty):
                log.info("another materialiser is at work; waiting")
                self.beat()
                if self.stopping.wait(5):
                    return
            listen(ears, CHANNELS)
            self.recorder.resume(hands)
            log.info("materialiser at work", assets=[d.reader for d in self.derivations])
            while not self.stopping.is_set():
                self._catch_up(hands)
                self.recorder.record_due(hands)
                self.pruner.prune_due()
                self.beat()
                wait(ears, SILENCE_SECONDS, DEBOUNCE_SECONDS)
            self._catch_up(hands)

    def _catch_up(self, connection: Connection) -> None:
        """Derive until nothing is pending; records in between when there is much to do."""
        for derivation in self.derivations:
            while True:
                began = time.monotonic()
                done = run(connection, derivation)
                if isinstance(done, NothingPending):
                    break
                if isinstance(done, AlreadyDone):
                    continue
                log.info(
                    "derived",
                    asset=derivation.reader,
                    rows_read=done.rows_read,
                    rows_written=dict(done.outcome.rows),
                    correlation_ids=ids(done.outcome.correlation_ids),
                    milliseconds=round(1000 * (time.monotonic() - began)),
                )
                self.recorder.take(done)
                self.recorder.record_due(connection)
                self.beat()
                if self.stopping.is_set():
                    return
