"""Quix Streams with its own PostgreSQL sink.

Tuned after its manual: `commit_every` decides how many messages a checkpoint (and so a batch of
the sink, per partition) holds ("Configuration": "Checkpointing"); no schema updates and no
metadata columns, since the table is there ("PostgreSQL Sink": `schema_auto_update`,
`include_metadata`). The sink takes a batch's columns from its first row: values of columns that
are null there are lost, which the result shows.
"""

import warnings
from typing import Any

import psycopg2.extras
from psycopg2.extensions import parse_dsn

from benchmarks.landing.peers import rows

warnings.simplefilter("ignore")

from quixstreams import Application, message_context  # noqa: E402
from quixstreams.sinks.community.postgresql import PostgreSQLSink  # noqa: E402

EVENTS_PER_CHECKPOINT = 12_000
"""2,000 a partition."""


def main() -> None:
    """Until killed."""
    psycopg2.extras.register_uuid()
    told = parse_dsn(rows.conninfo())
    app = Application(
        broker_address=rows.TOLD["bootstrap"],
        consumer_group=rows.TOLD["group"],
        auto_offset_reset="earliest",
        commit_every=EVENTS_PER_CHECKPOINT,
        commit_interval=1.0,
        auto_create_topics=False,
        use_changelog_topics=False,
        consumer_extra_config={"fetch.queue.backoff.ms": 10},
        loglevel="WARNING",
    )
    sink = PostgreSQLSink(
        host=told["host"],
        port=int(told["port"]),
        dbname=told["dbname"],
        user=told["user"],
        password=told["password"],
        table_name=rows.TOLD["table"],
        schema_name=rows.TOLD["schema"],
        schema_auto_update=False,
        include_metadata=False,
    )

    def columns(
        value: bytes | None, key: Any, timestamp_ms: int, headers: Any
    ) -> dict[str, Any] | None:
        record = message_context()
        row = rows.row_of(value, record.partition, record.offset, timestamp_ms)
        return None if row is None else dict(zip(rows.COLUMNS, row, strict=True))

    topic = app.topic(rows.TOLD["topic"], value_deserializer="bytes", key_deserializer="bytes")
    flow = app.dataframe(topic).apply(columns, metadata=True).filter(lambda row: row is not None)
    flow.sink(sink)
    app.run()


if __name__ == "__main__":
    main()
