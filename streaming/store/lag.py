"""How far each reader is behind what is written, for people who look after the platform."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streaming.broker import TopicIdentity
from streaming.store.database import Connection
from streaming.store.intervals import ends


@dataclass(frozen=True)
class Lag:
    """`rows` offsets of `log` are written and not yet read by `reader`."""

    reader: str
    log: str
    rows: int


def lags(connection: Connection) -> list[Lag]:
    """Every reader on every log that it has ever read, the furthest behind first."""
    rows = connection.execute(
        "select r.reader, l.name, sum(e.next_offset - coalesce(m.next_offset, 0))::bigint"
        " from (select distinct reader, log_id from logs.marks) r"
        " join logs.logs l using (log_id) join logs.ends e using (log_id)"
        " left join logs.marks m on m.reader = r.reader and m.log_id = e.log_id"
        " and m.partition = e.partition"
        " group by r.reader, l.log_id, l.name order by 3 desc, 1, 2"
    )
    return [Lag(*row) for row in rows]


def landing_lags(
    connection: Connection,
    topics: Iterable[TopicIdentity],
    on_kafka: Mapping[tuple[str, int], int],
) -> list[Lag]:
    """What lies on the topics and is not landed; `on_kafka` are their next offsets."""
    found = []
    for topic in topics:
        row = connection.execute(
            "select log_id from logs.logs where cluster_id = %s and topic_id = %s",
            (topic.cluster_id, topic.topic_id),
        ).fetchone()
        landed = ends(connection, row[0]) if row else {}
        rows = sum(
            max(0, on_kafka[topic.name, partition] - landed.get(partition, 0))
            for partition in range(topic.partitions)
        )
        found.append(Lag("lander", topic.name, rows))
    return found


def outbox_lag(connection: Connection) -> Lag:
    """What is written down to be published and is not on Kafka yet."""
    row = connection.execute("select count(*) from outbox.entries").fetchone()
    assert row is not None
    return Lag("relay", "outbox.entries", row[0])
