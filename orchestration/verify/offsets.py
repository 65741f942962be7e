"""Landed and dead-lettered offsets are exactly those that an independent consumer sees."""

from collections import Counter, defaultdict
from uuid import UUID

from orchestration.verify.verdict import Verdict
from streaming.broker import Broker, read_to_end
from streaming.headers import REPLAY_OF, id_in
from streaming.store import audit
from streaming.store.database import Connection
from streaming.store.intervals import ends, register_kafka_log
from streaming.store.replays import landed_as
from streaming.topics import LANDING


def offsets_accounted(connection: Connection, broker: Broker) -> Verdict:
    """Per partition of every landing topic, up to its landed mark.

    What lies beyond the mark is on its way, not lost. What Kafka has removed by retention can no
    longer be compared and is left out on both sides. Of the copies of a replayed dead letter
    the one that is linked to it is a row, at most.
    """
    checked = 0
    broken: list[str] = []
    counts = Counter[str](lost=0, twice=0)
    found = broker.identities(topic.name for topic in LANDING)
    for name, identity in found.items():
        log_id = register_kafka_log(connection, identity.cluster_id, identity.topic_id, name)
        with audit.snapshot(connection):  # landing goes on: rows and marks of the same moment
            accounted = audit.accounted_offsets(connection, log_id, name)
            twice = audit.doubled(connection, log_id, name)
            marks = ends(connection, log_id)
        partitions = range(identity.partitions)
        on_topic: dict[int, set[int]] = {partition: set() for partition in partitions}
        copies: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
        for record in read_to_end(broker.cluster, name, *partitions):
            on_topic[record.partition].add(record.offset)
            if record.headers and (letter := id_in(record.headers, REPLAY_OF)):
                copies[letter].append((record.partition, record.offset))
        for partition in partitions:
            mark = marks.get(partition, 0)
            seen = {offset for offset in on_topic[partition] if offset < mark}
            landed, dead = accounted.get(partition, (set(), set()))
            kept = min(seen, default=mark)
            stored = {offset for offset in landed | dead if offset >= kept}
            checked += len(seen)
            place = f"{name}/{partition}"
            counts["lost"] += len(seen - stored)
            counts["twice"] += len(landed & dead)
            broken += [f"{place}/{offset} is lost" for offset in sorted(seen - stored)]
            broken += [f"{place}/{offset} is on no topic" for offset in sorted(stored - seen)]
            broken += [f"{place}/{offset} is landed and dead" for offset in sorted(landed & dead)]
        for letter, first in landed_as(connection, copies).items():
            rows = [(p, o) for p, o in copies[letter] if o in accounted.get(p, (set(), set()))[0]]
            if any((log_id, *row) != first for row in rows):
                counts["twice"] += len(rows)
                broken.append(f"{name}: dead letter {letter} was landed as {rows}, not as {first}")
        # The primary keys refuse a second row; somebody may have taken them away.
        counts["twice"] += len(twice)
        broken += [f"{name}/{partition}/{offset} is there twice" for partition, offset in twice]
    return Verdict(
        "every offset accounted", "records landed or dead-lettered once", checked, broken, counts
    )
