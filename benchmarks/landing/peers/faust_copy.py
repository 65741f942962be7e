"""faust-streaming with a COPY of its own: an agent that takes 2,000 events at a time.

Tuned after its manual ("Configuration Reference"): a larger stream buffer, no web server, commits
less often than each event; "Streams": `take_events`, with the events, since the row needs the
record's partition and offset.
"""

import asyncio

import faust
import psycopg

from benchmarks.landing.peers import rows

SIZE = 2_000

app = faust.App(
    rows.TOLD["group"],
    broker=f"kafka://{rows.TOLD['bootstrap']}",
    web_enabled=False,
    topic_disable_leader=True,
    stream_buffer_maxsize=4 * SIZE,
    broker_commit_every=10 * SIZE,
    consumer_auto_offset_reset="earliest",
    datadir=rows.TOLD["directory"],
)
topic = app.topic(
    rows.TOLD["topic"],
    key_serializer="raw",
    value_serializer="raw",
    key_type=bytes,
    value_type=bytes,
)


@app.agent(topic)
async def land(events: faust.Stream) -> None:
    """One transaction per batch; COPY runs in a thread, so that fetching goes on meanwhile."""
    connection = await asyncio.to_thread(psycopg.connect, rows.conninfo())
    async for batch in events.take_events(SIZE, within=0.2):
        found = [
            rows.row_of(
                event.value,
                event.message.partition,
                event.message.offset,
                int(event.message.timestamp * 1000),
            )
            for event in batch
        ]
        await asyncio.to_thread(copy, connection, [row for row in found if row is not None])


def copy(connection: psycopg.Connection, found: list) -> None:
    """Write one batch."""
    with connection.cursor() as cursor, cursor.copy(rows.copy_statement()) as copying:
        copying.set_types(rows.TYPES)
        for row in found:
            copying.write_row(row)
    connection.commit()


if __name__ == "__main__":
    app.main()
