"""Sorts consumed records into rows and dead letters; touches neither Kafka nor PostgreSQL.

What an event says of itself is judged by its model. What is judged here needs the record too: an
event may not have occurred much later than its record was written. Whoever folds a partition takes
its newest event time for granted, so one event from the far future would make all that follow it
late, for good. The verdict hangs on the log alone, so landing again lands the same.

The record's time is the broker's on the topics that we make (LogAppendTime). On a topic with
CreateTime the producer writes it, and one that is wrong twice in the same direction passes: set
LogAppendTime there, or message.timestamp.after.max.ms (an hour since Kafka 4.0).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID, uuid5

from domain.events import DeadLetter, Event
from streaming.broker import Columns, Record, TopicIdentity
from streaming.codec import LARGEST_BYTES, Codec, Decoded, Rejected
from streaming.headers import CORRELATION_ID, id_in, packed
from streaming.landing.further import SealingMore, further_rows
from streaming.landing.replays import Copy, Place, without
from streaming.schemas import committed
from streaming.store.landing import Table
from streaming.topics import LANDING, TOPICS
from streaming.transcode import Target, Transcoded, Transcoder

DEAD_LETTERS = UUID("6f1c3a58-2f0e-5b1c-9c55-7b1a4cf1b8d3")
"""Namespace of dead letter ids: UUIDv5 of cluster/topic id/partition/offset."""

MOST_AHEAD = timedelta(hours=24)
"""Room for clocks that go wrong and times given in a zone's own (14 h at most), not for more.

The same for all topics: schedules are published months ahead and forecasts look forward, but
occurred_at is when that became known.
"""

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

IDENTITY = ("log_id", "partition", "offset", "recorded_at", "landed_at", "schema_id")


class Sealing(SealingMore, Protocol):
    """What landing needs of the keyring."""

    def seal_dead_letters(self, payloads: Mapping[UUID, bytes]) -> dict[UUID, bytes]: ...


@dataclass(slots=True)
class Batch:
    """What one transaction writes: rows per topic, dead letters, and their announcements.

    `laid_out` are rows that are COPY streams already, `rows` those that went the slow way.
    `copies` are the records by which dead letters are replayed, first ones and further ones.
    `buried` counts new dead letters by topic and why, without replays that failed again.
    """

    copies: Mapping[Place, Copy] = field(default_factory=dict)
    laid_out: dict[str, Transcoded] = field(default_factory=dict)
    rows: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    further: list[Sequence[Any]] = field(default_factory=list)
    dead: list[Sequence[Any]] = field(default_factory=list)
    outbox: list[tuple[UUID, str, bytes, dict[str, str]]] = field(default_factory=list)
    buried: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def landed(self) -> int:
        slowly = sum(len(rows) for rows in self.rows.values())
        return slowly + sum(one.rows for one in self.laid_out.values())

    @property
    def topics(self) -> set[str]:
        """Whose tables have new rows."""
        return self.rows.keys() | {name for name, one in self.laid_out.items() if one.rows}


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
        letters = {_id(identities[record.topic], record): record for record, _ in refused}
        personal = {i: r for i, r in letters.items() if TOPICS[r.topic].personal}
        seal = self._sealing.seal_dead_letters
        values = seal({i: r.value for i, r in personal.items() if r.value is not None})
        keys = seal({i: r.key for i, r in personal.items() if r.key is not None})
        headers = {i: packed(r.headers) for i, r in letters.items() if r.headers}
        headers |= seal({i: headers[i] for i in personal if i in headers})
        for (letter, record), (_, why) in zip(letters.items(), refused, strict=True):
            sealed = letter in personal
            value = values.get(letter) if sealed else record.value
            key = keys.get(letter) if sealed else record.key
            reason = why.reason.replace("\0", "")
            schema_id = self._codec.schema_id(record.value)
            correlation_id = id_in(record.headers, CORRELATION_ID)
            copy = batch.copies.get((record.topic, record.partition, record.offset))
            replay_of = copy.dead_letter_id if copy else None
            if copy is None:
                batch.buried[record.topic][f"{why.error_type}: {reason}"] += 1
            batch.dead.append(
                (
                    logs[record.topic], record.partition, record.offset, letter,
                    record.recorded_at, now, key, value, sealed, why.error_type, reason,
                    headers.get(letter), schema_id, correlation_id, replay_of,
                )
            )  # fmt: skip
            event = DeadLetter(
                event_id=letter,
                key=f"{record.topic}/{record.partition}",
                kind="dead_letter",
                occurred_at=record.recorded_at,
                produced_at=now,
                source="knockon.landing",
                correlation_id=correlation_id or letter,
                dead_letter_id=letter,
                origin_cluster_id=identities[record.topic].cluster_id,
                origin_topic_id=identities[record.topic].topic_id,
                origin_topic=record.topic,
                origin_partition=record.partition,
                origin_offset=record.offset,
                origin_key=key,
                payload=value,
                payload_sealed=sealed,
                origin_headers=headers.get(letter),
                schema_id=schema_id,
                replay_of=replay_of,
                error_type=why.error_type,
                reason=reason,
            )
            batch.outbox.append((letter, event.key, event.model_dump_json().encode(), {}))


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


def _id(identity: TopicIdentity, record: Record) -> UUID:
    name = f"{identity.cluster_id}/{identity.topic_id}/{record.partition}/{record.offset}"
    return uuid5(DEAD_LETTERS, name)
