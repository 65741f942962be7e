"""The independent checker: a plain consumer and SQL; it knows nothing of marks, fences or numbers.

It holds what was produced against what lies on Kafka, and that against what lies in PostgreSQL.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from confluent_kafka import Consumer, KafkaError, TopicPartition

from tests.streaming.landing.conftest import START

ROWS = """
    select r.partition, r."offset", r.event_id::text, r.key,
        extract(epoch from r.aobt - %(start)s)::bigint
    from landed.flight_events r join logs.logs using (log_id) where topic_id = %(topic)s
    union all
    select r.partition, r."offset", null, null, null
    from landed.dead_letters r join logs.logs using (log_id) where topic_id = %(topic)s
"""


@dataclass(frozen=True)
class Verdict:
    """How many were looked at, and what is wrong with them."""

    produced: int
    lost: int
    duplicated: int
    disordered: int

    @property
    def right(self) -> bool:
        return not (self.lost or self.duplicated or self.disordered)


def read(bootstrap_servers: str, topic: str) -> list[Any]:
    """All committed messages of the topic, each partition in its order."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "checker",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    try:
        parts = consumer.list_topics(topic, 20).topics[topic].partitions
        consumer.assign([TopicPartition(topic, part, 0) for part in parts])
        found, left = [], set(parts)
        while left:
            (message,) = consumer.consume(1, 30) or [None]
            assert message is not None, f"{topic}: nothing heard of partitions {left}"
            if message.error() is None:
                found.append(message)
            elif message.error().code() == KafkaError._PARTITION_EOF:
                left.discard(message.partition())
        return found
    finally:
        consumer.close()


def landing(
    bootstrap_servers: str,
    database_url: str,
    topic_id: str,
    produced: Mapping[str, tuple[str, int]],
    unreadable: int,
) -> Verdict:
    """Of flight.events: `produced` are key and number of each event, by its id."""
    on_kafka: dict[tuple[int, int], str | None] = {}
    for message in read(bootstrap_servers, "flight.events"):
        headers = dict(message.headers() or [])
        event_id = headers["event-id"].decode() if "event-id" in headers else None
        on_kafka[message.partition(), message.offset()] = event_id
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(ROWS, {"start": START, "topic": topic_id}).fetchall()
    sent = Counter(on_kafka.values())
    lost = sum(1 for event in produced if not sent[event]) + max(0, unreadable - sent[None])
    doubled = sum(sent[event] - 1 for event in produced if sent[event] > 1)
    doubled += max(0, sent[None] - unreadable)
    places = Counter((partition, offset) for partition, offset, *_ in rows)
    events = Counter(event for _, _, event, *_ in rows if event is not None)
    lost += sum(1 for place in on_kafka if not places[place])
    twice = sum(number - 1 for number in places.values())
    doubled += max(twice, sum(number - 1 for number in events.values()))
    doubled += sum(1 for place in places if place not in on_kafka)
    told = [
        (partition, offset, key, number)
        for partition, offset, event, key, number in sorted(rows, key=lambda row: row[:2])
        if event is not None
    ]
    wrong = sum(
        on_kafka.get((partition, offset)) != event or produced.get(event) != (key, number)
        for partition, offset, event, key, number in rows
        if event is not None
    )
    return Verdict(len(on_kafka), lost, doubled, wrong + _disordered(told))


def _disordered(rows: Iterable[tuple[int, int, str, int]]) -> int:
    """How often a key's number does not exceed the one before, or its partition is another."""
    last: dict[str, tuple[int, int]] = {}
    found = 0
    for partition, _, key, number in rows:
        if key in last and (last[key][0] != partition or last[key][1] >= number):
            found += 1
        last[key] = (partition, number)
    return found


def visible(database_url: str, topic_id: str, spans: Iterable[tuple[str, int, int]]) -> int:
    """How many of these records are to be seen by another session now."""
    places = [(partition, offset) for _, partition, offset in spans]
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            f"select count(*) from ({ROWS}) r join unnest(%(partitions)s::int[],"
            ' %(offsets)s::bigint[]) as p(partition, "offset") using (partition, "offset")',
            {
                "start": START,
                "topic": topic_id,
                "partitions": [partition for partition, _ in places],
                "offsets": [offset for _, offset in places],
            },
        ).fetchone()
    assert row is not None
    return int(row[0])


def rows(database_url: str, topic_id: str) -> int:
    """How many rows and dead letters there are of this log."""
    with psycopg.connect(database_url) as connection:
        told = {"start": START, "topic": topic_id}
        row = connection.execute(f"select count(*) from ({ROWS}) r", told).fetchone()
    assert row is not None
    return int(row[0])


def gaps(database_url: str, topic_id: str) -> int:
    """Records missing before the last one that is there, or there twice, in any partition."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            'select count(*), count(distinct "offset"), max("offset") + 1'
            f" from ({ROWS}) r group by partition",
            {"start": START, "topic": topic_id},
        ).fetchall()
    return sum(abs(last - many) + (many - distinct) for many, distinct, last in rows)


def relaying(bootstrap_servers: str, topic: str, queued: Mapping[str, tuple[str, int]]) -> Verdict:
    """Of a relayed topic: `queued` are key and number of each entry, by its event id."""
    messages = read(bootstrap_servers, topic)
    sent: Counter[str] = Counter()
    by_key, by_partition, strangers = [], [], 0
    for message in sorted(messages, key=lambda one: (one.partition(), one.offset())):
        headers, place = dict(message.headers()), (message.partition(), message.offset())
        event = headers["event-id"].decode()
        sent[event] += 1
        key, number = queued.get(event, ("", -1))
        strangers += message.key().decode() != key
        by_key.append((*place, key, number))
        by_partition.append((*place, str(place[0]), int(headers["outbox-sequence"])))
    return Verdict(
        len(queued),
        sum(1 for event in queued if not sent[event]),
        sum(many - 1 for many in sent.values()) + strangers,
        _disordered(by_key) + _disordered(by_partition),
    )


FINDINGS = """
    select finding_id::text, scope, row(pattern, from_leg_id, to_leg_id, root_leg_id, status,
        knock_on_minutes, probability, detected_at, correlation_id, evidence, statistics)::text
    from detected.findings order by sequence
"""


def detecting(database_url: str, undisturbed_url: str) -> Verdict:
    """Findings held against those of a run that nothing disturbed, and against the outbox."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(FINDINGS).fetchall()
        told = connection.execute("select entry_id::text from outbox.entries").fetchall()
        numbers = connection.execute("select sequence from detected.findings order by 1").fetchall()
    with psycopg.connect(undisturbed_url) as connection:
        expected = connection.execute(FINDINGS).fetchall()
        expected_told = connection.execute("select entry_id::text from outbox.entries").fetchall()
    found, wanted = Counter(row[0] for row in rows), {row[0] for row in expected}
    lost = len(wanted - found.keys()) + len(set(expected_told) - set(told))
    doubled = sum(found.values()) - len(found) + len(told) - len(set(told))
    doubled += len(found.keys() - wanted) + len(set(told) - set(expected_told))
    disordered = sum(_by_scope(rows)[scope] != of for scope, of in _by_scope(expected).items())
    disordered += [number for (number,) in numbers] != list(range(len(rows)))
    return Verdict(len(expected), lost, doubled, disordered)


def _by_scope(rows: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for finding, scope, content in rows:
        found[scope].append((finding, content))
    return found
