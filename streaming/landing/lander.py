"""The lander: consume a batch, write rows and next offsets in one transaction, then tell Kafka.

PostgreSQL alone knows how far a partition is landed. Whatever happens to this process, to
PostgreSQL or to Kafka, the next owner reads on from there; what was consumed but not committed is
consumed again, what was committed is never asked for again.

A topic that was deleted and made anew keeps its name and is another log, which the client mostly
reports as an offset out of range, but need not. So the cluster is asked for the topics' ids after a
batch was fetched, and answers before it is committed: an id is never used again, so if they are
still the claimed ones, the batch came from those logs. What remains is a broker that answers from
metadata older than the partition leader's: on several brokers for as long as metadata take to get
around; one broker alone knows a new topic before it serves it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from threading import Event as Signal

import structlog

from streaming.broker import Broker, BrokerError, Columns, Reader, RecordsGone, TopicIdentity
from streaming.failures import Kind, Retrying
from streaming.landing import replays, writing
from streaming.landing.budget import Budget, Exceeded
from streaming.landing.claiming import claim_all
from streaming.landing.days import DayKeeper
from streaming.landing.sorting import Sort
from streaming.logging import ids
from streaming.store import landing as stored
from streaming.store.database import Connection, Unavailable
from streaming.store.days import Days, note_days
from streaming.store.errors import Lost, Refused, StoreError
from streaming.store.intervals import register_kafka_log
from streaming.store.landing import Claim
from streaming.topics import Topic

MOST_RECORDS = 10_000
WAIT_SECONDS = 0.05
IDLE_SECONDS = 30
LOOK_SECONDS = 2.0
"""How often it is asked while nothing arrives whether the topics are still the same ones."""

GROUP = "knockon-landing"
"""Under which Kafka's side may see how far landing is."""

Identities = Callable[[], dict[str, TopicIdentity]]

log = structlog.get_logger(__name__)


class Recreated(Exception):
    """A topic was deleted and made anew: claim again, it is another log."""


class Lander:
    """Lands its share (which of how many) of the partitions of each topic.

    A lander that dies is started again by its supervisor and claims the same partitions at once:
    no group has to notice. `at` is called at named points, for tests that kill.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        broker: Broker,
        sort: Sort,
        topics: Sequence[Topic],
        owner: str,
        *,
        share: tuple[int, int] = (1, 1),
        keep_days: int | None = None,
        budget: Budget | None = None,
        at: Callable[[str], None] = lambda point: None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._connect = connect
        self._broker = broker
        self._sort = sort
        self._topics = topics
        self._owner = owner
        self._share = share
        self._days = DayKeeper(keep_days)
        self._budget = budget or Budget()
        self._at = at
        self._beat = beat
        self._retrying = Retrying("landing")
        self.landed = 0
        self.dead_lettered = 0

    def run(self, stop: Signal) -> None:
        """Land until `stop` is set: the batch in hand is finished, then everything is closed.

        Raises:
            RecordsGone: records were removed before they were landed: never skipped.
            LandedTwice: a record is landed already, against the fence.
        """
        while not stop.is_set():
            try:
                self._own(stop)
            except Exceeded as error:
                log.error(
                    "landing.halted",
                    error_type=Kind.PROCESSING,
                    topic=error.topic,
                    reason=error.reason,
                    mend=f"deploy what mends it, or knockon dead-letters accept {error.topic}",
                )
            except Exception as error:
                if isinstance(error, RecordsGone) and self._surely_the_same():
                    self._retrying.give_up(error)
                passing = isinstance(error, (StoreError, BrokerError, Recreated))
                self._retrying.after(error, stop, passing=passing)

    def _own(self, stop: Signal) -> None:
        """Claim the partitions and land until something breaks."""
        self._identities = self._broker.identities(topic.name for topic in self._topics)
        connection = self._connect()
        reader = Reader(self._broker.cluster, GROUP)
        try:
            # One that is suspended in its transaction must not keep its partitions for ever.
            connection.execute(f"set idle_in_transaction_session_timeout = '{IDLE_SECONDS} s'")
            self._logs = {
                name: register_kafka_log(connection, found.cluster_id, found.topic_id, name)
                for name, found in self._identities.items()
            }
            connection.commit()
            which, of = self._share
            wanted = [
                (name, partition)
                for name, found in self._identities.items()
                for partition in range(which - 1, found.partitions, of)
            ]

            def claim(name: str, partition: int) -> Claim | None:
                return self.claim(connection, self._logs[name], partition)

            claims = claim_all(connection, wanted, claim, self._beat, stop)
            if claims:
                self._land(connection, reader, claims, stop)
        finally:
            reader.close()
            with suppress(Unavailable):
                connection.close()

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
        self._days.claimed(connection, list(claims.values()))
        self._days.look_ahead(connection, datetime.now(UTC))
        self._at("before_assignment")
        places = self._budget.begin(connection, claims)
        reader.assign({place: claims[place].next_offset for place in places})
        log.info("landing.started", partitions=len(places), owner=self._owner)
        looked = datetime.now(UTC)
        while not stop.is_set():
            self._beat()
            self._at("before_poll")
            fetched = reader.fetch(MOST_RECORDS, WAIT_SECONDS)
            self._at("after_poll")
            now = datetime.now(UTC)
            if (now - looked).total_seconds() > LOOK_SECONDS:
                looked = now
                self._same(self._ask())
                self._days.look_ahead(connection, now)
                if self._budget.lifted(connection, claims):
                    return
            if fetched:
                self._write(connection, fetched, claims, now)
                self._at("before_acknowledgement")
                told = {place: claim.next_offset for place, claim in claims.items()}
                self._broker.tell(GROUP, told)
                self._at("after_acknowledgement")
        log.info("landing.stopped", landed=self.landed, dead_lettered=self.dead_lettered)

    def _write(
        self,
        connection: Connection,
        fetched: Sequence[Columns],
        claims: dict[tuple[str, int], Claim],
        now: datetime,
    ) -> None:
        identities = self._ask()  # after the fetch; answered while we sort and copy
        self._days.before(connection, fetched)
        copies = replays.copies(connection, fetched, self._logs)
        batch = self._sort(fetched, self._logs, self._identities, now, copies)
        # Markers and compaction leave gaps, so the end moves to after the last record seen.
        untils = dict(chain.from_iterable(of_topic.following() for of_topic in fetched))
        moves = [(claims[place], until) for place, until in untils.items()]
        days = self._days.notes(fetched, claims)

        def whole() -> None:
            writing.write(connection, self._sort, batch, self._at)
            self._budget.check(connection, claims, fetched, batch)

        def fitting() -> None:
            nonlocal batch
            batch, records = self._sort.slowly(fetched, self._logs, self._identities, now, copies)
            reasons = writing.write_fitting(
                connection, self._sort, batch, records, self._logs, self._identities, now
            )
            self._budget.check(connection, claims, fetched, batch)
            log.warning("landing.refused", records=len(reasons), reasons=sorted(set(reasons)))

        try:
            try:
                self._transact(connection, moves, days, whole, identities)
            except Refused:
                connection.rollback()
                self._transact(connection, moves, days, fitting, identities)
        except Exceeded as error:
            connection.rollback()
            self._budget.halt(connection, claims, error)
            raise
        except (Unavailable, Lost, BrokerError, Recreated):
            with suppress(Unavailable):
                connection.rollback()
            raise
        self._at("after_commit")
        self._budget.spend(claims, fetched, batch)
        self._retrying.succeeded()
        for place, until in untils.items():
            claims[place] = _moved(claims[place], until)
        self._days.noted(days)
        self.landed += batch.landed
        self.dead_lettered += len(batch.dead)
        if batch.outbox:
            log.warning(
                "landing.dead_lettered",
                records=len(batch.dead),
                correlation_ids=ids(entry[0] for entry in batch.outbox),
            )

    def _transact(
        self,
        connection: Connection,
        moves: Sequence[tuple[Claim, int]],
        days: Sequence[Days],
        write: Callable[[], None],
        identities: Identities,
    ) -> None:
        self._at("before_fence")
        self.move(connection, moves)
        self._at("after_fence")
        note_days(connection, days)
        write()
        self._at("before_commit")
        self._same(identities)
        connection.commit()

    def move(self, connection: Connection, moves: Sequence[tuple[Claim, int]]) -> None:
        """The fence: raises Lost when a partition is not ours any more."""
        stored.move_ends(connection, moves)

    def _ask(self) -> Identities:
        return self._broker.ask_identities(topic.name for topic in self._topics)

    def _same(self, identities: Identities) -> None:
        if identities() != self._identities:
            raise Recreated("a topic was made anew")

    def _surely_the_same(self) -> bool:
        """False also while it cannot be told: a topic that is being deleted loses its records."""
        try:
            return self._ask()() == self._identities
        except BrokerError:
            return False


def _moved(claim: Claim, until: int) -> Claim:
    return Claim(claim.log_id, claim.partition, claim.fence, until)
