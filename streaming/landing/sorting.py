"""Sorts consumed records into rows and dead letters; touches neither Kafka nor PostgreSQL.

What an event says of itself is judged by its model. What is judged here needs the record too: an
event may not have occurred much later than its record was written. Whoever folds a partition takes
its newest event time for granted, so one event from the far future would make all that follow it
late, for good. The verdict hangs on the log alone, so landing again lands the same.

The record's time is the broker's on the topics that we make (LogAppendTime). On a topic with
CreateTime the producer writes it, and one that is wrong twice in the same direction passes: set
LogAppendTime there, or message.timestamp.after.max.ms (an hour since Kafka 4.0).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Protocol

from domain.events import Event
from streaming.broker import Columns, Record, TopicIdentity
from streaming.codec import LARGEST_BYTES, Codec, Decoded, Rejected
from streaming.landing.batch import IDENTITY, Batch
from streaming.landing.burying import Sealing as Burying
from streaming.landing.burying import bury
from streaming.landing.further import SealingMore, further_rows
from streaming.landing.replays import Copy, Place, without
from streaming.schemas import committed
from streaming.store.landing import Table
from streaming.topics import LANDING
from streaming.transcode import Target, Transcoder

MOST_AHEAD = timedelta(hours=24)
"""Room for clocks that go wrong and times given in a zone's own (14 h at most), not for more.

The same for all topics: schedules are published months ahead and forecasts look forward, but
occurred_at is when that became known.
"""

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Sealing(Burying, SealingMore, Protocol):
    """What landing needs of the keyring."""


class Sort:
    """Decodes and validates records, and lays them out for COPY."""

    def __init__(self, codec: Codec, sealing: Sealing) -> None:
        self._codec = codec
        self._sealing = sealing
        self.tables = {topic.name: Table(topic.table) for topic in LANDING}
        self.dead_letters = Table("dead_letters")
        self.further_fields = Table("further_fields")
        self._facts = {name: _facts_of(table) for name, table in self.tables.items()}
        targets = {
            topic.name: Target(
                topic.model,
                committed(topic),
                self.tables[topic.name].widths[len(IDENTITY) :],
                topic.largest_bytes or LARGEST_BYTES,
            )
            for topic in LANDING
        }
        self._transcode = Transcoder(targets, codec.schemas, MOST_AHEAD)

    def __call__(
        self,
        fetched: Sequence[Columns],
        logs: Mapping[str, int],
        identities: Mapping[str, TopicIdentity],
        now: datetime,
        copies: Mapping[Place, Copy] = MappingProxyType({}),
    ) -> Batch:
        """Raises BrokerError when the registry cannot be asked for a schema not met before."""
        batch = Batch(copies)
        slow: list[Record] = []
        for of_topic in fetched:
            done = self._transcode(
                of_topic.topic,
                logs[of_topic.topic],
                without(of_topic, copies),
                of_topic.partitions,
                of_topic.offsets,
                of_topic.recorded_ms,
                (now - _EPOCH) // _MICROSECOND,
            )
            if done.rows:
                batch.laid_out[of_topic.topic] = done
            slow += [of_topic.record(place) for place in done.slow]
        self._sort(batch, slow, logs, identities, now)
        return batch

    def slowly(
        self,
        fetched: Sequence[Columns],
        logs: Mapping[str, int],
        identities: Mapping[str, TopicIdentity],
        now: datetime,
        copies: Mapping[Place, Copy] = MappingProxyType({}),
    ) -> tuple[Batch, list[Record]]:
        """The same, every record through its model, so that single rows can be left out."""
        batch = Batch(copies)
        records = [one.record(place) for one in fetched for place in range(len(one))]
        self._sort(batch, records, logs, identities, now)
        return batch, records

    def _sort(
        self,
        batch: Batch,
        records: Sequence[Record],
        logs: Mapping[str, int],
        identities: Mapping[str, TopicIdentity],
        now: datetime,
    ) -> None:
        refused: list[tuple[Record, Rejected]] = []
        saying_more: list[tuple[Record, Decoded]] = []
        for record in records:
            copy = batch.copies.get((record.topic, record.partition, record.offset))
            if copy is not None and copy.landed_as is not None:
                refused.append((record, Rejected("replayed_already", copy.reason)))
                continue
            decoded = self._codec.decode(record.topic, record.value)
            if isinstance(decoded, Rejected):
                refused.append((record, decoded))
                continue
            ahead = decoded.event.occurred_at - record.recorded_at
            if ahead > MOST_AHEAD:
                refused.append((record, Rejected("invalid", _too_far(ahead))))
                continue
            if decoded.further:
                saying_more.append((record, decoded))
            batch.rows.setdefault(record.topic, []).append(
                (
                    logs[record.topic], record.partition, record.offset, record.recorded_at,
                    now, decoded.schema_id, *self._facts[record.topic](decoded.event),
                )
            )  # fmt: skip
        batch.further += further_rows(saying_more, logs, self._sealing)
        self.bury(batch, refused, logs, identities, now)

    def bury(
        self,
        batch: Batch,
        refused: Sequence[tuple[Record, Rejected]],
        logs: Mapping[str, int],
        identities: Mapping[str, TopicIdentity],
        now: datetime,
    ) -> None:
        """Add dead letters to the batch; those of a personal topic are sealed first."""
        bury(batch, self._sealing, self._codec.schema_id, refused, logs, identities, now)


def _facts_of(table: Table) -> Callable[[Event], Sequence[Any]]:
    """The event's values in the order of the table's columns after the identity."""
    facts = attrgetter(*table.columns[len(IDENTITY) :])
    if not table.has_arrays:
        return facts
    # Events are frozen and hold tuples; COPY takes lists for arrays.
    return lambda event: [list(v) if isinstance(v, tuple) else v for v in facts(event)]


def _too_far(ahead: timedelta) -> str:
    hours, most = ahead.total_seconds() / 3600, MOST_AHEAD.total_seconds() / 3600
    return f"occurred_at: {hours:.1f} h after the record was written, {most:.0f} h at most"
