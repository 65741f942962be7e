"""The lander: consume a batch, write rows and next offsets in one transaction, then tell Kafka.

PostgreSQL alone knows how far a partition is landed. Whatever happens to this process, to
PostgreSQL or to Kafka, the next owner reads on from there; what was consumed but not committed is
consumed again, what was committed is never asked for again.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event as Signal

import structlog

from streaming.broker import Broker, BrokerError, Reader, Record, RecordsGone, TopicIdentity
from streaming.landing.batch import Batch, Sort
from streaming.store import landing as stored
from streaming.store.database import Connection, Unavailable
from streaming.store.errors import Lost, StoreError
from streaming.store.intervals import register_kafka_log
from streaming.store.landing import Claim
from streaming.topics import Topic

MOST_RECORDS = 2_000
WAIT_SECONDS = 0.05
STANDBY_SECONDS = 1.0
LOOK_SECONDS = 2.0
"""How often it is asked whether the topics are still the same ones."""

log = structlog.get_logger(__name__)


class Recreated(Exception):
    """A topic was deleted and made anew: claim again, it is another log."""


class Lander:
    """Lands all partitions of the topics. `at` is called at named points, for tests that kill."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        broker: Broker,
        sort: Sort,
        topics: Sequence[Topic],
        owner: str,
        *,
        at: Callable[[str], None] = lambda point: None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._connect = connect
        self._broker = broker
        self._sort = sort
        self._topics = topics
        self._owner = owner
        self._at = at
        self._beat = beat
        self.landed = 0
        self.dead_lettered = 0

    def run(self, stop: Signal) -> None:
        """Land until `stop` is set: the batch in hand is finished, then everything is closed.

        Raises RecordsGone when records were removed before they were landed: never skipped.
        """
        failures = 0
        while not stop.is_set():
            try:
                self._own(stop)
                failures = 0
            except (Unavailable, StoreError, BrokerError, Recreated) as error:
                if isinstance(error, RecordsGone) and not self._recreated():
                    raise
                failures += 1
                pause = min(10.0, 0.1 * 2**failures) * random.uniform(0.5, 1.5)  # noqa: S311
                log.warning("landing.interrupted", reason=str(error).strip(), retry_in_s=pause)
                stop.wait(pause)

    def _own(self, stop: Signal) -> None:
        """Claim the partitions and land until something breaks."""
        self._identities = self._broker.identities(topic.name for topic in self._topics)
        connection = self._connect()
        reader = Reader(self._broker.bootstrap_servers, "knockon-landing")
        try:
            self._logs = {
                name: register_kafka_log(connection, found.cluster_id, found.topic_id, name)
                for name, found in self._identities.items()
            }
            connection.commit()
            claims = self._claim(connection, stop)
            if claims:
                self._land(connection, reader, claims, stop)
        finally:
            reader.close()
            with suppress(Unavailable):
                connection.close()

    def _claim(self, connection: Connection, stop: Signal) -> dict[tuple[str, int], Claim]:
        """All partitions, standing by for those that a living lander owns."""
        wanted = [(n, p) for n, found in self._identities.items() for p in range(found.partitions)]
        claims: dict[tuple[str, int], Claim] = {}
        while len(claims) < len(wanted) and not stop.is_set():
            for name, partition in wanted:
                if (name, partition) not in claims:
                    claim = self.claim(connection, self._logs[name], partition)
                    if claim is not None:
                        claims[name, partition] = claim
            connection.commit()
            if len(claims) < len(wanted):
                self._beat()
                log.info("landing.standby", owned=len(claims), wanted=len(wanted))
                stop.wait(STANDBY_SECONDS)
        return claims

    def claim(self, connection: Connection, log_id: int, partition: int) -> Claim | None:
        """How a partition is claimed; None while another lander lives."""
        return stored.claim(connection, log_id, partition, self._owner)

    def _land(
        self,
        connection: Connection,
        reader: Reader,
        claims: dict[tuple[str, int], Claim],
        stop: Signal,
    ) -> None:
        reader.assign({place: claim.next_offset for place, claim in claims.items()})
        log.info("landing.started", partitions=len(claims), owner=self._owner)
        looked = datetime.now(UTC)
        while not stop.is_set():
            self._beat()
            records = reader.batch(MOST_RECORDS, WAIT_SECONDS)
            now = datetime.now(UTC)
            if (now - looked).total_seconds() > LOOK_SECONDS:
                looked = now
                if self._recreated():
                    raise Recreated("a topic was made anew")
            if records:
                self._write(connection, records, claims, now)
                self._at("before_acknowledgement")
                reader.tell({place: claim.next_offset for place, claim in claims.items()})
                self._at("after_acknowledgement")
        log.info("landing.stopped", landed=self.landed, dead_lettered=self.dead_lettered)

    def _write(
        self,
        connection: Connection,
        records: Sequence[Record],
        claims: dict[tuple[str, int], Claim],
        now: datetime,
    ) -> None:
        batch = self._sort(records, self._logs, self._identities, now)
        # Markers and compaction leave gaps, so the end moves to after the last record seen.
        untils = {(record.topic, record.partition): record.offset + 1 for record in records}
        try:
            self._at("before_fence")
            self.move(connection, [(claims[place], until) for place, until in untils.items()])
            self._at("after_fence")
            self._copy(connection, batch)
            self._at("before_commit")
            connection.commit()
        except (Unavailable, Lost):
            with suppress(Unavailable):
                connection.rollback()
            raise
        self._at("after_commit")
        for place, until in untils.items():
            claims[place] = _moved(claims[place], until)
        self.landed += batch.landed
        self.dead_lettered += len(batch.dead)

    def move(self, connection: Connection, moves: Sequence[tuple[Claim, int]]) -> None:
        """The fence: raises Lost when a partition is not ours any more."""
        stored.move_ends(connection, moves)

    def _copy(self, connection: Connection, batch: Batch) -> None:
        self._at("before_copy")
        for topic, rows in batch.rows.items():
            self._sort.tables[topic].copy(connection, rows)
        if batch.dead:
            self._sort.dead_letters.copy(connection, batch.dead)
            stored.put_in_outbox(connection, "dead.letter.queue", batch.outbox)
        self._at("after_copy")
        stored.announce(connection, batch.rows)

    def _recreated(self) -> bool:
        found: dict[str, TopicIdentity] = self._broker.identities(t.name for t in self._topics)
        return found != self._identities


def _moved(claim: Claim, until: int) -> Claim:
    return Claim(claim.log_id, claim.partition, claim.fence, until)
