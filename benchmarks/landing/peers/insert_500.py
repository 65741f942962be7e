"""The plain consumer: 500 records, one INSERT each, one commit, then the offsets.

`executemany` sends them in one pipeline (psycopg manual, "Pipeline mode"), which is as fast as
single INSERTs get.
"""

import psycopg
from confluent_kafka import Consumer

from benchmarks.landing.peers import rows

SIZE = 500


def main() -> None:
    """Until killed."""
    consumer = Consumer(
        {
            "bootstrap.servers": rows.TOLD["bootstrap"],
            "group.id": rows.TOLD["group"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "fetch.queue.backoff.ms": 10,
        }
    )
    consumer.subscribe([rows.TOLD["topic"]])
    statement = rows.insert_statement()
    with psycopg.connect(rows.conninfo()) as connection, connection.cursor() as cursor:
        while True:
            messages = [one for one in consumer.consume(SIZE, 0.1) if one.error() is None]
            found = [
                rows.row_of(one.value(), one.partition(), one.offset(), one.timestamp()[1])
                for one in messages
            ]
            if messages:
                cursor.executemany(statement, [row for row in found if row is not None])
                connection.commit()
                consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
