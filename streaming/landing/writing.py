"""Writes one sorted batch in the caller's transaction, and buries what PostgreSQL does not take."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from streaming.broker import Record, TopicIdentity
from streaming.codec import Rejected
from streaming.landing.batch import Batch
from streaming.landing.replays import links
from streaming.landing.sorting import Sort
from streaming.store import landing as stored
from streaming.store.database import Connection
from streaming.store.replays import link


def write(connection: Connection, sort: Sort, batch: Batch, at: Callable[[str], None]) -> None:
    """Rows, dead letters and their announcements. Raises Refused for a row that is not taken."""
    at("before_copy")
    for topic, laid_out in batch.laid_out.items():
        sort.tables[topic].copy_stream(connection, laid_out.copy)
    for topic, rows in batch.rows.items():
        sort.tables[topic].copy(connection, rows)
    write_further(connection, sort, batch)
    write_dead(connection, sort, batch)
    at("after_copy")
    stored.announce(connection, batch.topics)


def write_fitting(
    connection: Connection,
    sort: Sort,
    batch: Batch,
    records: Sequence[Record],
    logs: Mapping[str, int],
    identities: Mapping[str, TopicIdentity],
    now: datetime,
) -> list[str]:
    """The same, but exactly the rows that are not taken become dead letters; says why they did.

    `batch` holds all `records` as rows. The models should refuse such events before: this is for
    what they do not know, a constraint that somebody has added or a limit of PostgreSQL. A record
    never stops those behind it.
    """
    places = {(record.topic, record.partition, record.offset): record for record in records}
    refused: list[tuple[Record, Rejected]] = []
    for topic, rows in batch.rows.items():
        for row, reason in sort.tables[topic].copy_fitting(connection, rows):
            _, partition, offset, *_ = row
            refused.append((places[topic, partition, offset], Rejected("refused", reason)))
    lost = {(record.topic, record.partition, record.offset) for record, _ in refused}
    for topic, rows in batch.rows.items():
        batch.rows[topic] = [row for row in rows if (topic, row[1], row[2]) not in lost]
    gone = {(logs[topic], partition, offset) for topic, partition, offset in lost}
    batch.further = [row for row in batch.further if tuple(row[:3]) not in gone]
    write_further(connection, sort, batch)
    sort.bury(batch, refused, logs, identities, now)
    write_dead(connection, sort, batch)
    stored.announce(connection, batch.rows)
    return [why.reason for _, why in refused]


def write_further(connection: Connection, sort: Sort, batch: Batch) -> None:
    """What records say beyond the columns of their tables."""
    if batch.further:
        sort.further_fields.copy(connection, batch.further)


def write_dead(connection: Connection, sort: Sort, batch: Batch) -> None:
    """Dead letters, their announcements, and which of earlier ones were landed as what."""
    link(connection, links(batch.copies))
    if batch.dead:
        sort.dead_letters.copy(connection, batch.dead)
        stored.put_in_outbox(connection, "dead.letter.queue", batch.outbox)
