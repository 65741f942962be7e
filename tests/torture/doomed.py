"""Workers that die, or stop, at a named point with work in hand: each in a process of its own.

They are forked from a server that has imported everything, so that a start costs milliseconds and
a thousand of them minutes. Before the signal the process says what it had in hand: a hit without
work counts for nothing.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from threading import Event as Signal
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from domain.detection.rotation import AircraftRotation
from streaming.broker import Broker, Columns, Reader, transactional
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec
from streaming.detect import detection, worker
from streaming.keyring import Keyring, MasterKey
from streaming.landing import Sort, lander
from streaming.relay import relay
from streaming.store import database
from streaming.topics import LANDING
from tests.streaming.landing.doomed_lander import KINDS

MOST_RECORDS = 40
"""Small batches: whoever dies has some behind it and some before it."""


@dataclass(frozen=True)
class Given:
    """Where to work and how; it ends at the `after`-th time that it is at `point` with work."""

    database_url: str
    bootstrap_servers: str
    registry_url: str
    master_key: str
    point: str | None = None
    after: int = 1
    number: signal.Signals = signal.SIGKILL
    kind: str = "fenced"
    clock: tuple[timedelta, ...] = ()
    most_records: int = MOST_RECORDS


class Doom:
    """Called at every point; `hand` says what is in hand there, in how many records."""

    def __init__(self, given: Given, pipe: Pipe, hand: Callable[[str], dict[str, Any]]) -> None:
        self._given = given
        self._pipe = pipe
        self._hand = hand
        self._left = given.after
        self._committed = False

    def __call__(self, point: str) -> None:
        if point == "after_commit" and not self._committed:
            self._committed = True
            self._pipe.send({"committed": time.monotonic()})
        if point != self._given.point:
            return
        hand = self._hand(point)
        if not hand.get("records"):
            return
        self._left -= 1
        if self._left == 0:
            self._pipe.send({"point": point, "at": time.monotonic(), **hand})
            os.kill(os.getpid(), self._given.number)

    def failed(self, error: Exception) -> None:
        """Tell of the first failure: a zombie's is looked at."""
        self._pipe.send({"failed": type(error).__name__, "reason": str(error).strip()})


def land(given: Given, pipe: Pipe) -> None:
    """A lander."""
    fetched: list[Columns] = []
    following: dict[tuple[str, int], int] = {}
    session: list[psycopg.Connection[Any]] = []

    class Watched(Reader):
        def assign(self, offsets):
            following.update(offsets)
            super().assign(offsets)

        def fetch(self, most, seconds):
            fetched[:] = super().fetch(most, seconds)
            following.update(place for one in fetched for place in one.following())
            return fetched

    class Told(KINDS[given.kind]):
        def _write(self, *arguments):
            try:
                super()._write(*arguments)
            except Exception as error:
                doom.failed(error)
                raise

    def hand(point: str) -> dict[str, Any]:
        status = TransactionStatus(session[-1].info.transaction_status).name
        if point == "before_poll":  # what waits on Kafka
            ends = broker.ends(broker.identities(topic.name for topic in LANDING).values())
            waiting = sum(end - following.get(place, 0) for place, end in ends.items())
            return {"records": waiting, "transaction": status, "spans": []}
        spans = [
            (one.topic, int(partition), int(offset))
            for one in fetched
            for partition, offset in zip(one.partitions, one.offsets, strict=True)
        ]
        return {"records": len(spans), "transaction": status, "spans": spans}

    def connect() -> psycopg.Connection[Any]:
        session.append(database.connect(given.database_url, "lander"))
        return session[-1]

    doom = Doom(given, pipe, hand)
    _watch_begin(doom)
    lander.Reader, lander.MOST_RECORDS = Watched, given.most_records
    if given.clock:
        lander.datetime = _jumping(given.clock)
    broker = Broker(Cluster(given.bootstrap_servers))
    keyring = Keyring(
        lambda: database.connect(given.database_url, "keys"), MasterKey(given.master_key)
    )
    sort = Sort(Codec(Registry(given.registry_url)), keyring)
    Told(connect, broker, sort, LANDING, str(os.getpid()), at=doom).run(_until_told())


def publish(given: Given, pipe: Pipe) -> None:
    """A relay; of kind `unplaced` it takes its position for the beginning."""
    batch: list[int] = []
    producers: list[Any] = []

    class Kept(transactional.Producer):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            producers.append(self)

    class Told(relay.Relay):
        def position(self):
            return 0 if given.kind == "unplaced" else super().position()

        def _messages(self, entries):
            batch[:] = [entry.sequence for entry in entries]
            return super()._messages(entries)

        def _batch(self, *arguments):
            try:
                return super()._batch(*arguments)
            except Exception as error:
                doom.failed(error)
                raise

    def hand(point: str) -> dict[str, Any]:
        if point == "before_commit":
            producers[-1].flush()  # all of the batch lies on the broker, and is not committed
        return {"records": len(batch), "spans": list(batch), "queued": len(producers[-1])}

    doom = Doom(given, pipe, hand)
    transactional.Producer, relay.MOST_ENTRIES = Kept, given.most_records
    Told(
        lambda: database.connect(given.database_url, "relay", autocommit=True),
        Broker(Cluster(given.bootstrap_servers)),
        Codec(Registry(given.registry_url)),
        at=doom,
    ).run(_until_told())


def detect(given: Given, pipe: Pipe) -> None:
    """A detector; of kind `forcing` it asks nobody whether it may."""
    steps: list[Any] = []
    session: list[psycopg.Connection[Any]] = []

    class Watched(detection.Detection):
        def _pending(self):
            steps[:] = super()._pending()
            doom("after_pending")
            return steps

        def step(self):
            try:
                return super().step()
            except Exception as error:
                doom.failed(error)
                raise

    def hand(point: str) -> dict[str, Any]:
        spans = [
            (one.log_id, partition, since, until)
            for one in steps
            for partition, (since, until) in one.spans.items()
        ]
        status = TransactionStatus(session[-1].info.transaction_status).name
        rows = sum(until - since for *_, since, until in spans)
        return {"records": rows, "transaction": status, "spans": spans}

    def connect() -> psycopg.Connection[Any]:
        session.append(database.connect(given.database_url, "detector", autocommit=True))
        return session[-1]

    doom = Doom(given, pipe, hand)
    detection.MOST_RECORDS, worker.Detection = given.most_records, Watched
    detection.SNAPSHOT_SECONDS = 0.5
    if given.kind == "forcing":
        worker.claim = lambda connection, duty: True
    worker.DetectWorker(connect, AircraftRotation, AircraftRotation.topic, at=doom).run(
        _until_told()
    )


def _until_told() -> Signal:
    stop = Signal()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop


def _watch_begin(doom: Doom) -> None:
    """psycopg sends BEGIN by itself before a transaction's first statement."""

    class Begun(psycopg.Connection):
        def _start_query(self):
            begins = not self.autocommit and (
                self.pgconn.transaction_status == TransactionStatus.IDLE
            )
            if begins:
                doom("before_begin")
            yield from super()._start_query()
            if begins:
                doom("after_begin")

    database.psycopg.connect = Begun.connect


def _jumping(jumps: tuple[timedelta, ...]) -> type[datetime]:
    """A clock that stands somewhere else each time it is looked at."""
    looks = 0

    class Jumping(datetime):
        @classmethod
        def now(cls, tz=None):
            nonlocal looks
            looks += 1
            return datetime.now(UTC) + jumps[looks % len(jumps)]

    return Jumping
