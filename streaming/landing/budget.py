"""The dead letter budget: a bad deploy must not drain a topic into the dead letters.

When more than a share of a topic's recent records could not be landed, the batch that goes beyond
is not committed, and this lander's partitions of that topic are left where they are; the others go
on. A lander that is started anew tries again, so a deploy that mends is all that is needed; what is
rubbish for good is let through by `knockon dead-letters accept`.

The window is one of records, not of time: a few bad ones on a quiet topic are never a share of
enough. It is read from the dead letters at every start, so that restarts do not empty it.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from streaming.broker import Columns
from streaming.landing.batch import Batch
from streaming.store import halts as stored
from streaming.store.database import Connection
from streaming.store.landing import Claim

Claims = Mapping[tuple[str, int], Claim]


class Exceeded(Exception):
    """Too much of a topic cannot be landed; it was left where it is."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(f"{topic} is not landed any further: {reason}")
        self.topic = topic
        self.reason = reason


@dataclass(slots=True)
class _Window:
    """Records and dead letters of the last batches; as few of them as hold `least` records."""

    least: int
    batches: deque[tuple[int, int]] = field(default_factory=deque)
    records: int = 0
    dead: int = 0

    def add(self, records: int, dead: int) -> None:
        self.batches.append((records, dead))
        self.records += records
        self.dead += dead
        while self.records - self.batches[0][0] >= self.least:
            gone, buried = self.batches.popleft()
            self.records -= gone
            self.dead -= buried


class Budget:
    """`share` of at least `least` records of a topic may be dead letters; None: all of them."""

    def __init__(self, share: float | None = 0.5, least: int = 1_000) -> None:
        self._share = share
        self._least = least
        self._windows: dict[str, _Window] = {}
        self._halted: set[tuple[str, int]] = set()
        self._on_trial: set[tuple[str, int]] = set()
        self._accepted: dict[tuple[str, int], int] = {}

    def begin(self, connection: Connection, claims: Claims) -> set[tuple[str, int]]:
        """Read what is known of the claimed partitions; returns those that are to be landed."""
        places = {(claim.log_id, claim.partition): place for place, claim in claims.items()}
        topics = {claim.log_id: topic for (topic, _), claim in claims.items()}
        stopped = {places[one] for one in stored.stopped(connection, places)}
        self._accepted = {
            places[one]: until for one, until in stored.accepted(connection, places).items()
        }
        self._windows = {}
        for log_id, (records, dead) in stored.recent(connection, places, self._least).items():
            self._windows[topics[log_id]] = window = _Window(self._least)
            window.add(records, dead)
        connection.commit()
        self._halted &= stopped
        self._on_trial = stopped - self._halted
        return set(claims) - self._halted

    def lifted(self, connection: Connection, claims: Claims) -> bool:
        """Whether somebody has accepted what this lander has halted: then begin anew."""
        if not self._halted:
            return False
        halted = [claims[place] for place in self._halted if place in claims]
        stopped = stored.stopped(connection, [(one.log_id, one.partition) for one in halted])
        connection.commit()
        return len(stopped) < len(self._halted)

    def check(
        self, connection: Connection, claims: Claims, fetched: Sequence[Columns], batch: Batch
    ) -> None:
        """Within the batch's transaction, before it commits. Raises Exceeded."""
        counted = self._counted(claims, fetched, batch)
        for topic, (records, dead) in counted.items():
            window = self._windows.setdefault(topic, _Window(self._least))
            records_now, dead_now = window.records + records, window.dead + dead
            if self._share is None or records_now < self._least:
                continue
            # A batch that is within the budget makes things better.
            if dead > self._share * records and dead_now > self._share * records_now:
                why = batch.buried[topic].most_common(1)[0][0]
                raise Exceeded(
                    topic,
                    f"{dead_now:,} of its last {records_now:,} records would be dead letters,"
                    f" mostly as {why}",
                )
        landed = {place for place in self._on_trial if place[0] in counted}
        if landed:
            stored.resume(connection, _partitions(claims, landed))

    def spend(self, claims: Claims, fetched: Sequence[Columns], batch: Batch) -> None:
        """The batch is committed; `claims` are those before it."""
        counted = self._counted(claims, fetched, batch)
        for topic, (records, dead) in counted.items():
            self._windows.setdefault(topic, _Window(self._least)).add(records, dead)
        self._on_trial = {place for place in self._on_trial if place[0] not in counted}

    def halt(self, connection: Connection, claims: Claims, exceeded: Exceeded) -> None:
        """Write down that the topic's partitions are left where they are."""
        places = {place for place in claims if place[0] == exceeded.topic}
        stored.halt(connection, _partitions(claims, places), exceeded.reason)
        connection.commit()
        self._halted |= places

    def _counted(
        self, claims: Claims, fetched: Sequence[Columns], batch: Batch
    ) -> dict[str, tuple[int, int]]:
        """Records and dead letters by topic, without replays and topics that were accepted."""
        copies = Counter(topic for topic, _, _ in batch.copies)
        accepted = {
            place[0]
            for one in fetched
            for place, _ in one.following()
            if claims[place].next_offset < self._accepted.get(place, 0)
        }
        return {
            one.topic: (len(one) - copies[one.topic], batch.buried[one.topic].total())
            for one in fetched
            if one.topic not in accepted
        }


def _partitions(claims: Claims, places: set[tuple[str, int]]) -> list[tuple[int, int]]:
    return [(claims[place].log_id, claims[place].partition) for place in places]
